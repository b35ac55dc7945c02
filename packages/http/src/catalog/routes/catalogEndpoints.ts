/**
 * The endpoints of the catalog, for an engine that has one. Without a catalog there are none, and
 * their paths are like any other path that does not exist.
 */
import {
  Catalog,
  CatalogCopies,
  CatalogLog,
  CatalogQueries,
  CatalogReads,
  type CatalogServices,
  StockStatus
} from "@holdfast/core/catalog"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { layerAccess } from "../../access/layerAccess.ts"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { layerStrictReading } from "../../kit/strictReading.ts"
import { layerAttributeRoutes } from "./attributeRoutes.ts"
import { layerCategoryRoutes } from "./categoryRoutes.ts"
import { layerOptionRoutes, layerProductRoutes } from "./productRoutes.ts"
import { layerProductReportRoutes } from "./reportRoutes.ts"

/** The catalog of the engine, if it has one. */
export const catalogOfEngine: Effect.Effect<Option.Option<Context.Context<CatalogServices>>> =
  Effect.gen(function* () {
    return Option.all({
      catalog: yield* Effect.serviceOption(Catalog),
      reads: yield* Effect.serviceOption(CatalogReads),
      log: yield* Effect.serviceOption(CatalogLog),
      stock: yield* Effect.serviceOption(StockStatus)
    })
  }).pipe(
    Effect.map(
      Option.map(({ catalog, log, reads, stock }) =>
        Context.make(Catalog, catalog).pipe(
          Context.add(CatalogReads, reads),
          Context.add(CatalogLog, log),
          Context.add(StockStatus, stock)
        )
      )
    ),
    Effect.zipWith(Effect.serviceOption(CatalogCopies), (services, copies) =>
      Option.map(services, Context.addOrOmit(CatalogCopies, copies))
    )
  )

/** The endpoints of a catalog. */
export const layerCatalogEndpoints = (services: Context.Context<CatalogServices>) =>
  HttpApiBuilder.layer(RoutedCatalogApi).pipe(
    Layer.provide([
      layerProductRoutes,
      layerOptionRoutes,
      layerCategoryRoutes,
      layerAttributeRoutes,
      layerProductReportRoutes
    ]),
    Layer.provide(CatalogQueries.layer),
    Layer.provide(Layer.succeedContext(services)),
    Layer.provide([layerStrictReading, layerAccess])
  )
