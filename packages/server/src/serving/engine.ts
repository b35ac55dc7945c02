/**
 * The engines of one process: the tables of each context, the context over them, and what goes on by
 * itself. Stopping goes the other way: an engine commits and answers what it took, then the database
 * closes.
 */
import {
  layerCatalogStorage,
  layerStorage,
  type MigrationError,
  type PgSessions,
  type Retention
} from "@holdfast/adapter-pg/effect"
import {
  Catalog,
  CatalogReads,
  type CatalogServices,
  type StockStatus
} from "@holdfast/core/catalog"
import {
  Inventory,
  type InventoryServices,
  layerExpirySweeper,
  StockReads,
  type StoreError
} from "@holdfast/core/inventory"
import * as Layer from "effect/Layer"
import type { ServerLife } from "./ServerLife.ts"
import { layerSchemaUpkeep } from "./schemaUpkeep.ts"

/** How an engine runs. */
export interface EngineOptions {
  readonly schema: string
  readonly mayMigrate: boolean
  readonly retention: Retention | undefined
  readonly life: ServerLife
}

/** How the engine of the inventory runs. */
export interface InventoryEngineOptions extends EngineOptions {
  readonly lanes: number | undefined
  readonly sweepIntervalMillis: number
}

/** The inventory over open sessions. */
export const layerInventoryEngine = (
  options: InventoryEngineOptions
): Layer.Layer<InventoryServices, MigrationError | StoreError, PgSessions> => {
  const { lanes, schema, sweepIntervalMillis } = options
  const storage = layerStorage({ schema, lanes })
  const kept = Layer.provideMerge(
    layerSchemaUpkeep(StockReads, { ...options, context: "inventory" }),
    storage
  )
  const inventory = Layer.provideMerge(Inventory.layer(), kept)
  return Layer.provideMerge(layerExpirySweeper({ interval: sweepIntervalMillis }), inventory)
}

/** The catalog over open sessions. Its changes are few, so one lane is enough. */
export const layerCatalogEngine = <E, R>(
  options: EngineOptions,
  stock: Layer.Layer<StockStatus, E, R>
): Layer.Layer<CatalogServices, E | MigrationError | StoreError, R | PgSessions> => {
  const storage = layerCatalogStorage({ schema: options.schema, lanes: 1 })
  const kept = Layer.provideMerge(
    layerSchemaUpkeep(CatalogReads, { ...options, context: "catalog" }),
    storage
  )
  return Catalog.layer().pipe(Layer.provideMerge(kept), Layer.provideMerge(stock))
}
