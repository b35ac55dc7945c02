/**
 * Drops what is old: partitions of the event log, months of the tables that grow by time, and imports.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type Session, withSession } from "../connection/Session.ts"
import { orStoreError } from "../connection/SqlFailure.ts"
import { pruneImports } from "../exchange/statements/pruneImports.ts"
import { begin, commit, millisOf } from "../transaction/batchTrips.ts"
import type { ContextTables } from "./ContextTables.ts"
import { type PrunedEvents, pruneEvents } from "./pruneEvents.ts"
import { type PrunedMonths, pruneMonths } from "./pruneMonths.ts"
import { type KeepRecord, keepingRecords } from "./pruning.ts"
import { checkedSchemaName } from "./schemaName.ts"

/** How long rows are kept: all rows for good when it names none. */
export interface Retention {
  /** Events are dropped after so many days, at least 1, once every cursor has passed them. */
  readonly eventsDays?: number | undefined
  /** After so many days, not fewer, they are dropped even when a cursor has not passed them. */
  readonly unreadEventsDays?: number | undefined
  /** How many whole months of the ledger are kept beside the current one, at least 1. */
  readonly movementsMonths?: number | undefined
  /** Imports of which nothing was heard for so many days go with their problems, at least 1. */
  readonly importsDays?: number | undefined
}

/** How `pruneTables` goes about it. */
export interface PruneOptions {
  /** Whether it only says what would be dropped. */
  readonly isDryRun?: boolean | undefined
  /** The clock by which rows are old: the database's own unless given. For tests. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
}

/** What was dropped, or would be; null for what was not asked for. */
export interface Pruned {
  readonly events: PrunedEvents | null
  readonly months: ReadonlyArray<PrunedMonths & { readonly table: string }>
  /** How many imports. */
  readonly imports: number | null
}

/** Before the first import. */
const beforeImports = "00000000-0000-0000-0000-000000000000"

/** Removes old imports, page by page, and counts them. */
const pruneOldImports = Effect.fnUntraced(function* (
  session: Session,
  schema: string,
  days: number,
  {
    isDryRun,
    keepRecord,
    nowMillis
  }: {
    readonly isDryRun: boolean
    readonly keepRecord: KeepRecord
    readonly nowMillis: number | null
  }
) {
  const page = pruneImports(schema, isDryRun)
  let count = 0
  let after = beforeImports
  while (true) {
    const [, [row] = []] = yield* session.run([begin, page(after, nowMillis, days)])
    const removed = row?.["count"] as number
    if (removed > 0 && !isDryRun) {
      yield* keepRecord(session, { operation: "PruneImports", targets: [`OLDER:${days}d`] })
    }
    yield* session.run([commit])
    count += removed
    const last = row?.["last"] as string | null
    if (last === null) return count
    after = last
  }
})

/** Drops what is older than a retention. Writers wait for it 100 ms at a time, if at all. */
export const pruneTables = Effect.fnUntraced(function* (
  tables: ContextTables,
  schemaName: string,
  retention: Retention,
  options: PruneOptions = {}
) {
  const schema = yield* checkedSchemaName(schemaName)
  const pool = yield* PgPool.PgPool
  const nowMillis = yield* millisOf(options.now)
  const isDryRun = options.isDryRun === true
  const { eventsDays, importsDays, movementsMonths, unreadEventsDays } = retention
  const lend = withSession(pool)
  const keepRecord = yield* keepingRecords(schema, nowMillis)
  const pruning = Effect.gen(function* () {
    const events =
      eventsDays === undefined
        ? null
        : yield* lend((session) =>
            pruneEvents(session, schema, {
              days: eventsDays,
              unreadDays: unreadEventsDays,
              ...{ isDryRun, keepRecord, nowMillis }
            })
          )
    const months: Array<Pruned["months"][number]> = []
    if (movementsMonths !== undefined) {
      for (const table of tables.monthly) {
        const pruned = yield* lend((session) =>
          pruneMonths(session, schema, {
            ...{ table, months: movementsMonths, isDryRun },
            ...{ keepRecord, nowMillis }
          })
        )
        months.push({ table: table.table, ...pruned })
      }
    }
    const imports =
      importsDays === undefined
        ? null
        : yield* lend((session) =>
            pruneOldImports(session, schema, importsDays, { isDryRun, keepRecord, nowMillis })
          )
    return { events, months, imports } satisfies Pruned
  })
  return yield* Effect.mapError(pruning, orStoreError)
})
