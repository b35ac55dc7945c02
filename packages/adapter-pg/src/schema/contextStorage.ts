/** What the storage of every context is opened with: its connections, its gate and its log. */
import * as PgPool from "@effect/sql-pg/PgPool"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { silenceMillisOf } from "../connection/Session.ts"
import { makePgKeptLog } from "../events/PgKeptLog.ts"
import { connectionShares } from "../transaction/connectionShares.ts"
import type { ContextTables } from "./ContextTables.ts"
import { makeSchemaGate } from "./schemaCheck.ts"
import { checkedSchemaName } from "./schemaName.ts"

/** How the tables of a context are used. */
export interface StorageOptions {
  /** The database schema that holds the tables: that of the context unless given. */
  readonly schema?: string | undefined
  /**
   * Batches that may run side by side; how many do, follows the load. Unless given, 3, but three fewer
   * than the connections when those are fewer than 6, and at least 1. PGlite has 1.
   */
  readonly lanes?: number | undefined
  /** How long a batch may be tried, in milliseconds: 10,000 unless given. */
  readonly deadlineMillis?: number | undefined
  /** The clock of decisions and reads: the database's own unless given. For tests. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
}

/**
 * Opens the storage of a context: the options of its store and of its reads, which share the
 * connections as `connectionShares` says, the gate in front of its tables, and its log.
 */
export const openStorage = Effect.fnUntraced(function* (
  context: string,
  tables: ContextTables,
  schemaDefault: string,
  options: StorageOptions
) {
  const schema = yield* checkedSchemaName(options.schema ?? schemaDefault)
  const pool = yield* PgPool.PgPool
  const { deadlineMillis, now } = options
  const hasLedger = tables.monthly.some(({ table }) => table === "stock_movements")
  const shares = connectionShares(pool.config.maxConnections ?? 10, options.lanes)
  const { lanes, waiters } = shares
  const seats = Semaphore.makeUnsafe(shares.reads)
  return {
    schema,
    store: { context, schema, lanes, waiters, deadlineMillis, now },
    reads: { schema, deadlineMillis, now, seats },
    gate: makeSchemaGate(pool, schema, tables.migrations, {
      silenceMillisMax: silenceMillisOf(deadlineMillis)
    }),
    log: yield* makePgKeptLog({ context, schema, hasLedger, now })
  }
})
