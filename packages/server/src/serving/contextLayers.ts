/**
 * What a process serves, put together: the engines of its contexts, the REST API over them, and what
 * joins them. The other context may be in the same process, in another one, or nowhere.
 */
import type { MigrationError, PgSessions, Retention } from "@holdfast/adapter-pg/effect"
import { type CatalogServices, StockStatus } from "@holdfast/core/catalog"
import type { InventoryServices, StoreError } from "@holdfast/core/inventory"
import { FollowedInventory, layerSoldOut, layerStockStatus } from "@holdfast/core/shelf"
import {
  type HttpOptions,
  layerCatalogServer,
  layerRemoteInventory,
  layerServer
} from "@holdfast/http"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpServer } from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { OtherUrls, Schemas, Service } from "../cli/contextSettings.ts"
import { layerCatalogEngine, layerInventoryEngine } from "./engine.ts"
import { ownerHere } from "./relaying.ts"
import { ServedContexts, servedCatalog, servedInventory } from "./ServedContexts.ts"
import type { ServerLife } from "./ServerLife.ts"

/** What is served, and how its engines run. */
export interface ContextsInput extends Schemas, OtherUrls {
  readonly service: Service
  readonly lanes: number | undefined
  readonly migrate: boolean
  readonly sweepInterval: number
  readonly retention: Retention | undefined
}

type Failure = MigrationError | StoreError

/** The parts of a server that depend on what is served. */
export interface ContextLayers {
  readonly served: Layer.Layer<ServedContexts, Failure, PgSessions>
  readonly routes: Layer.Layer<never, Failure, PgSessions | HttpServer>
  /** Lets options follow the stock of their SKUs, where both can be reached. */
  readonly follower: Layer.Layer<never, Failure, PgSessions>
  /** The inventory, where it is here. */
  readonly inventory: Layer.Layer<InventoryServices, Failure, PgSessions> | undefined
}

const follower = layerSoldOut({ owner: ownerHere() })

const inventoryAlone = (
  inventory: Layer.Layer<InventoryServices, Failure, PgSessions>,
  options: HttpOptions
): ContextLayers => ({
  inventory,
  served: Layer.provide(Layer.effect(ServedContexts, Effect.all([servedInventory])), inventory),
  routes: Layer.provide(layerServer(options), inventory),
  follower: Layer.empty
})

/** The catalog alone: the inventory is in another process, or there is none. */
const catalogAlone = (
  engineOver: <E, R>(
    stock: Layer.Layer<StockStatus, E, R>
  ) => Layer.Layer<CatalogServices, E | Failure, R | PgSessions>,
  { inventoryUrl: baseUrl }: OtherUrls,
  options: HttpOptions
): ContextLayers => {
  const remote =
    baseUrl === undefined
      ? undefined
      : Layer.provide(layerRemoteInventory({ baseUrl }), FetchHttpClient.layer)
  const catalog = engineOver<never, never>(remote ?? StockStatus.layerNone)
  return {
    inventory: undefined,
    served: Layer.provide(Layer.effect(ServedContexts, Effect.all([servedCatalog])), catalog),
    routes: Layer.provide(layerCatalogServer(options), catalog),
    follower:
      remote === undefined ? Layer.empty : Layer.provide(follower, Layer.merge(remote, catalog))
  }
}

/** The parts of a server, for what it serves. */
export const contextLayers = (
  input: ContextsInput,
  life: ServerLife,
  options: HttpOptions
): ContextLayers => {
  const { catalogSchema, migrate: mayMigrate, retention, schema, service } = input
  const inventory = layerInventoryEngine({
    ...{ schema, mayMigrate, retention, life },
    lanes: input.lanes,
    sweepIntervalMillis: input.sweepInterval
  })
  const catalogOver = <E, R>(stock: Layer.Layer<StockStatus, E, R>) =>
    layerCatalogEngine({ schema: catalogSchema, mayMigrate, retention, life }, stock)
  if (service === "inventory") return inventoryAlone(inventory, options)
  if (service === "product") return catalogAlone(catalogOver, input, options)
  const both = Layer.merge(inventory, catalogOver(Layer.provide(layerStockStatus(), inventory)))
  const contexts = Effect.all([servedInventory, servedCatalog])
  return {
    inventory,
    served: Layer.provide(Layer.effect(ServedContexts, contexts), both),
    routes: Layer.provide(layerServer(options), both),
    follower: Layer.provide(follower, Layer.provideMerge(FollowedInventory.layerLocal, both))
  }
}
