/**
 * The endpoints of the catalog, for an engine that has one. Without a catalog there are none, and
 * their paths are like any other path that does not exist.
 */
import { Catalog, CatalogQueries, CatalogReads, StockStatus } from "@holdfast/core/catalog"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { layerStrictReading } from "../../kit/strictReading.ts"
import { layerAttributeRoutes } from "./attributeRoutes.ts"
import { layerCategoryRoutes } from "./categoryRoutes.ts"
import { layerOptionRoutes, layerProductRoutes } from "./productRoutes.ts"

/** What the endpoints of the catalog need. */
type Needed = Catalog | CatalogReads | StockStatus

/** The catalog of the engine, if it has one. */
export const catalogOfEngine: Effect.Effect<Option.Option<Context.Context<Needed>>> = Effect.gen(
  function* () {
    return Option.all({
      catalog: yield* Effect.serviceOption(Catalog),
      reads: yield* Effect.serviceOption(CatalogReads),
      stock: yield* Effect.serviceOption(StockStatus)
    })
  }
).pipe(
  Effect.map(
    Option.map(({ catalog, reads, stock }) =>
      Context.make(Catalog, catalog).pipe(
        Context.add(CatalogReads, reads),
        Context.add(StockStatus, stock)
      )
    )
  )
)

/** The endpoints of a catalog. */
export const layerCatalogEndpoints = (services: Context.Context<Needed>) =>
  HttpApiBuilder.layer(RoutedCatalogApi).pipe(
    Layer.provide([
      layerProductRoutes,
      layerOptionRoutes,
      layerCategoryRoutes,
      layerAttributeRoutes
    ]),
    Layer.provide(CatalogQueries.layer),
    Layer.provide(Layer.succeedContext(services)),
    Layer.provide(layerStrictReading)
  )
