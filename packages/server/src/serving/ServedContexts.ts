/** SERVICE. The contexts that a process serves, for the parts that treat all of them alike. */
import {
  CatalogLog,
  CatalogQueries,
  CatalogReads,
  type CatalogServices
} from "@holdfast/core/catalog"
import type { EventLog } from "@holdfast/core/events"
import {
  InventoryLog,
  InventoryQueries,
  type InventoryServices,
  StockReads,
  type StoreError
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { DashboardList } from "../dashboard/DashboardLists.ts"
import { mostMissed, mostWanted } from "../dashboard/shopLists.ts"
import { type DemoProduct, loadDemoProducts } from "../demo/demoProducts.ts"
import { type DemoSku, loadDemoStock } from "../demo/demoStock.ts"

/** What there is to try. */
export interface Demo {
  readonly skus: ReadonlyArray<DemoSku>
  readonly products: ReadonlyArray<DemoProduct>
}

/** Nothing to try. */
export const noDemo: Demo = { skus: [], products: [] }

/** One context. */
export interface ServedContext {
  readonly log: EventLog
  /** Fails when its tables cannot be used. */
  readonly ping: Effect.Effect<void, StoreError>
  /** Makes its part of the demo, when it is not there yet. */
  readonly loadDemo: Effect.Effect<Partial<Demo>, unknown>
  /** What the dashboard lists of it. */
  readonly list: DashboardList
}

/** The contexts that a process serves. */
export class ServedContexts extends Context.Service<ServedContexts, ReadonlyArray<ServedContext>>()(
  "holdfast/serving/ServedContexts"
) {}

/** The inventory as one of them. */
export const servedInventory: Effect.Effect<ServedContext, never, InventoryServices> = Effect.gen(
  function* () {
    const services = yield* Effect.context<InventoryServices>()
    const loaded = Effect.map(loadDemoStock, (skus) => ({ skus }))
    return {
      log: Context.get(services, InventoryLog),
      ping: Context.get(services, StockReads).ping,
      loadDemo: Effect.provideContext(loaded, services),
      list: yield* Effect.provide(mostMissed, InventoryQueries.layer)
    }
  }
)

/** The catalog as one of them. */
export const servedCatalog: Effect.Effect<ServedContext, never, CatalogServices> = Effect.gen(
  function* () {
    const services = yield* Effect.context<CatalogServices>()
    const loaded = Effect.map(loadDemoProducts, (products) => ({ products }))
    return {
      log: Context.get(services, CatalogLog),
      ping: Context.get(services, CatalogReads).ping,
      loadDemo: Effect.provideContext(loaded, services),
      list: yield* Effect.provide(mostWanted, CatalogQueries.layer)
    }
  }
)
