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
import { makeUnitOfWork } from "../transaction/UnitOfWork.ts"
import { gatedLog, gatedReads, gatedStore } from "./gatedInventory.ts"
import { inventoryTables, schemaDefault } from "./inventoryTables.ts"
import { makePgStockReads } from "./PgStockReads.ts"
import { stockStatements } from "./stockStatements.ts"

/** How the tables are used. */
export interface PgInventoryOptions {
  /** The database schema that holds the tables: `inventory` unless given. */
  readonly schema?: string | undefined
  /** Batches that may run side by side: 3, and 1 on PGlite, unless given. */
  readonly lanes?: number | undefined
  /** How long a batch may be tried, in milliseconds: 10,000 unless given. */
  readonly deadlineMillis?: number | undefined
  /** The clock of decisions and reads: the database's own unless given. For tests. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
}

/**
 * Keeps stock in the tables. Until the tables have the version of this engine, every call is
 * refused with `Unavailable` and the reason. Reads leave the connections of the lanes free.
 */
export const layerStorage = (
  options: PgInventoryOptions = {}
): Layer.Layer<StockStore | StockReads | InventoryLog, MigrationError, PgPool.PgPool> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(options.schema ?? schemaDefault)
      const pool = yield* PgPool.PgPool
      const connections = pool.config.maxConnections ?? 10
      const lanes = Math.max(1, Math.min(options.lanes ?? 3, connections - 1))
      const { deadlineMillis, now } = options
      // Each lane finds a connection, and upkeep finds one more, however many reads there are.
      // Batches that wait for a lock may hold half of the other connections, four at most.
      const spare = Math.max(0, connections - lanes - 1)
      const waiters = Math.max(1, Math.min(4, Math.floor(spare / 2)))
      const seats = Semaphore.makeUnsafe(Math.max(1, spare - waiters))
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
