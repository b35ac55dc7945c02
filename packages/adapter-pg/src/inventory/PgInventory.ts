/** The inventory over its tables. They must exist. */
import type { PgPool } from "@effect/sql-pg/PgPool"
import { InventoryLog, StockReads, StockStore } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { openStorage, type StorageOptions } from "../schema/contextStorage.ts"
import { gatedLog, gatedReads, gatedStore } from "../schema/gated.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { makeUnitOfWork } from "../transaction/UnitOfWork.ts"
import { inventoryTables, schemaDefault } from "./inventoryTables.ts"
import { makePgStockReads } from "./PgStockReads.ts"
import { stockStatements } from "./stockStatements.ts"

/** How the tables are used. The schema is `inventory` unless given. */
export interface PgInventoryOptions extends StorageOptions {}

/**
 * Keeps stock in the tables. Until the tables have the version of this engine, every call is
 * refused with `Unavailable` and the reason. `connectionShares` says how lanes and reads share the
 * connections.
 */
export const layerStorage = (
  options: PgInventoryOptions = {}
): Layer.Layer<StockStore | StockReads | InventoryLog, MigrationError, PgPool> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const opened = yield* openStorage("inventory", inventoryTables, schemaDefault, options)
      const { gate, schema } = opened
      const store = yield* makeUnitOfWork(stockStatements(schema), opened.store)
      const reads = yield* makePgStockReads(opened.reads)
      return Context.make(StockStore, gatedStore(gate, store)).pipe(
        Context.add(StockReads, gatedReads(gate, reads)),
        Context.add(InventoryLog, gatedLog(gate, opened.log))
      )
    })
  )
