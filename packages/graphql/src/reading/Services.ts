/** The services of core that the API answers with: an inventory, a catalog, or both. */
import {
  Catalog,
  CatalogLog,
  CatalogQueries,
  CatalogReads,
  type CatalogServices,
  StockStatus
} from "@holdfast/core/catalog"
import {
  Inventory,
  InventoryLog,
  InventoryQueries,
  type InventoryServices,
  StockReads
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { gatheredCatalog, gatheredReads } from "./gathered.ts"

/** The inventory. */
export interface ServedInventory {
  readonly commands: Inventory["Service"]
  /** Asked over reads that a request gathers. */
  readonly queries: InventoryQueries["Service"]
  /** The reads of the store. */
  readonly stored: StockReads["Service"]
  readonly log: InventoryLog["Service"]
}

/** The catalog. */
export interface ServedCatalog {
  readonly commands: Catalog["Service"]
  /** Asked over reads that a request gathers. */
  readonly queries: CatalogQueries["Service"]
  /** The reads of the store. */
  readonly stored: CatalogReads["Service"]
  readonly stock: StockStatus["Service"]
  readonly log: CatalogLog["Service"]
}

/** What is served. */
export interface Services {
  readonly inventory: ServedInventory | undefined
  readonly catalog: ServedCatalog | undefined
}

/** The inventory of an engine. */
export const servedInventory = (
  engine: Context.Context<InventoryServices>
): Effect.Effect<ServedInventory> =>
  Effect.gen(function* () {
    const stored = Context.get(engine, StockReads)
    const reads = Layer.succeed(StockReads, gatheredReads(stored))
    return {
      stored,
      queries: yield* Effect.provide(
        Effect.service(InventoryQueries),
        Layer.provide(InventoryQueries.layer, reads)
      ),
      commands: Context.get(engine, Inventory),
      log: Context.get(engine, InventoryLog)
    }
  })

/** The catalog of an engine. */
export const servedCatalog = (
  engine: Context.Context<CatalogServices>
): Effect.Effect<ServedCatalog> =>
  Effect.gen(function* () {
    const stored = Context.get(engine, CatalogReads)
    const stock = Context.get(engine, StockStatus)
    const reads = Layer.succeed(CatalogReads, gatheredCatalog(stored))
    return {
      ...{ stock, stored },
      queries: yield* Effect.provide(
        Effect.service(CatalogQueries),
        Layer.provide(CatalogQueries.layer, [reads, Layer.succeed(StockStatus, stock)])
      ),
      commands: Context.get(engine, Catalog),
      log: Context.get(engine, CatalogLog)
    }
  })
