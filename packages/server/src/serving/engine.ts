/**
 * The engine of one process: the database, its tables, the inventory over them and the sweeper.
 * Stopping goes the other way: the engine commits and answers what it took, then the database
 * closes.
 */
import {
  layerStorage,
  type MigrationError,
  type PgSessions,
  type Retention
} from "@holdfast/adapter-pg/effect"
import {
  Inventory,
  type InventoryLog,
  layerExpirySweeper,
  type StockReads,
  type StoreError
} from "@holdfast/core/inventory"
import * as Layer from "effect/Layer"
import type { ServerLife } from "./ServerLife.ts"
import { layerSchemaUpkeep } from "./schemaUpkeep.ts"

/** How the engine runs. */
export interface EngineOptions {
  readonly schema: string
  readonly lanes: number | undefined
  readonly mayMigrate: boolean
  readonly sweepIntervalMillis: number
  readonly retention: Retention | undefined
  readonly life: ServerLife
}

/** The inventory over open sessions. */
export const layerEngine = (
  options: EngineOptions
): Layer.Layer<Inventory | StockReads | InventoryLog, MigrationError | StoreError, PgSessions> => {
  const { lanes, life, mayMigrate, retention, schema, sweepIntervalMillis } = options
  const storage = layerStorage({ schema, lanes })
  const kept = Layer.provideMerge(
    layerSchemaUpkeep({ schema, mayMigrate, retention, life }),
    storage
  )
  const inventory = Layer.provideMerge(Inventory.layer(), kept)
  return Layer.provideMerge(layerExpirySweeper({ interval: sweepIntervalMillis }), inventory)
}
