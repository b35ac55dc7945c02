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

/** The inventory. */
export interface ServedInventory {
  readonly commands: Inventory["Service"]
  readonly queries: InventoryQueries["Service"]
  readonly reads: StockReads["Service"]
  readonly log: InventoryLog["Service"]
}

/** The catalog. */
export interface ServedCatalog {
  readonly commands: Catalog["Service"]
  readonly queries: CatalogQueries["Service"]
  readonly reads: CatalogReads["Service"]
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
  Effect.map(
    Effect.provide(Effect.service(InventoryQueries), InventoryQueries.layer),
    (queries): ServedInventory => ({
      queries,
      commands: Context.get(engine, Inventory),
      reads: Context.get(engine, StockReads),
      log: Context.get(engine, InventoryLog)
    })
  ).pipe(Effect.provideContext(engine))

/** The catalog of an engine. */
export const servedCatalog = (
  engine: Context.Context<CatalogServices>
): Effect.Effect<ServedCatalog> =>
  Effect.map(
    Effect.provide(Effect.service(CatalogQueries), CatalogQueries.layer),
    (queries): ServedCatalog => ({
      queries,
      commands: Context.get(engine, Catalog),
      reads: Context.get(engine, CatalogReads),
      stock: Context.get(engine, StockStatus),
      log: Context.get(engine, CatalogLog)
    })
  ).pipe(Effect.provideContext(engine))
