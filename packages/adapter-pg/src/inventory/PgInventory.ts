/** The inventory over its tables. They must exist. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { InventoryLog, StockReads, StockStore } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { silenceMillisOf } from "../connection/Session.ts"
import { makePgKeptLog } from "../events/PgKeptLog.ts"
import { makeSchemaGate } from "../schema/schemaCheck.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import { connectionShares } from "../transaction/connectionShares.ts"
import { makeUnitOfWork } from "../transaction/UnitOfWork.ts"
import { gatedLog, gatedReads, gatedStore } from "./gatedInventory.ts"
import { inventoryTables, schemaDefault } from "./inventoryTables.ts"
import { makePgStockReads } from "./PgStockReads.ts"
import { stockStatements } from "./stockStatements.ts"

/** How the tables are used. */
export interface PgInventoryOptions {
  /** The database schema that holds the tables: `inventory` unless given. */
  readonly schema?: string | undefined
  /**
   * Batches that may run side by side: unless given, 3, but three fewer than the connections when
   * those are fewer than 6, and at least 1. PGlite has 1.
   */
  readonly lanes?: number | undefined
  /** How long a batch may be tried, in milliseconds: 10,000 unless given. */
  readonly deadlineMillis?: number | undefined
  /** The clock of decisions and reads: the database's own unless given. For tests. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
}

/**
 * Keeps stock in the tables. Until the tables have the version of this engine, every call is
 * refused with `Unavailable` and the reason. `connectionShares` says how lanes and reads share the
 * connections.
 */
export const layerStorage = (
  options: PgInventoryOptions = {}
): Layer.Layer<StockStore | StockReads | InventoryLog, MigrationError, PgPool.PgPool> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(options.schema ?? schemaDefault)
      const pool = yield* PgPool.PgPool
      const { deadlineMillis, now } = options
      const {
        lanes,
        reads: readsMax,
        waiters
      } = connectionShares(pool.config.maxConnections ?? 10, options.lanes)
      const seats = Semaphore.makeUnsafe(readsMax)
      const work = { schema, lanes, waiters, deadlineMillis, now }
      const store = yield* makeUnitOfWork(stockStatements(schema), work)
      const reads = yield* makePgStockReads({ schema, deadlineMillis, now, seats })
      const gate = makeSchemaGate(pool, schema, inventoryTables.migrations, {
        silenceMillisMax: silenceMillisOf(deadlineMillis)
      })
      const log = yield* makePgKeptLog({ context: "inventory", schema, now })
      return Context.make(StockStore, gatedStore(gate, store)).pipe(
        Context.add(StockReads, gatedReads(gate, reads)),
        Context.add(InventoryLog, gatedLog(gate, log))
      )
    })
  )
