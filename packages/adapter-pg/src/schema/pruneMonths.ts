/**
 * Drops old months of a table that grows by time. First the rows are made that carry what they add
 * up to into the month that is kept, then the months go, in one transaction. So a reader that sums up
 * the table sees the months or what stands for them, and never both.
 */
import { pruneMonthsOperation, recordedDrops, targetsOfMonths } from "@holdfast/core/audit"
import * as Effect from "effect/Effect"
import { toRecord } from "../audit/auditRows.ts"
import { readAudit, readLedgerStart } from "../audit/statements/readAudit.ts"
import type { Session } from "../connection/Session.ts"
import { commit, rollback } from "../transaction/batchTrips.ts"
import type { MonthlyTable } from "./ContextTables.ts"
import { monthStart } from "./partitions.ts"
import { dropFrom, type KeepRecord, partitionsOf, patiently } from "./pruning.ts"
import { beginPruning, findInDefault, lockPartitions } from "./statements/prunePartitions.ts"

/** What was dropped of a table with months, or would be. */
export interface PrunedMonths {
  readonly dropped: ReadonlyArray<string>
  /** The instant at which the table begins now; null when nothing was dropped. */
  readonly from: Date | null
  /** How many rows carry forward what was dropped; 0 when nothing was dropped yet. */
  readonly carried: number
  /** Why months that are old enough are kept; null when none are. */
  readonly kept: string | null
}

/** The month of a partition; undefined for the DEFAULT one. */
const monthOf = (table: string, name: string): Date | undefined => {
  const [, year, month] = new RegExp(`^${table}_(\\d{4})_(\\d{2})$`).exec(name) ?? []
  return year === undefined ? undefined : new Date(`${year}-${month}-01T00:00:00Z`)
}

const nothing: PrunedMonths = { dropped: [], from: null, carried: 0, kept: null }

/** How months are dropped. */
export interface PruneMonthsOptions {
  readonly table: MonthlyTable
  /** How many whole months are kept beside the current one, at least 1. */
  readonly months: number
  readonly isDryRun: boolean
  /** The clock of a test. */
  readonly nowMillis: number | null
  readonly keepRecord: KeepRecord
}

/** Where the ledger begins, in epoch milliseconds, if that is later than the audit log says; null if not. */
const unrecordedStart = Effect.fnUntraced(function* (session: Session, schema: string) {
  const [[row] = [], records = []] = yield* session.run([
    readLedgerStart(schema)(),
    readAudit(schema)({ operation: pruneMonthsOperation, limit: 1 })
  ])
  const start = (row?.["kept_from"] as number | null | undefined) ?? null
  const recorded = recordedDrops(records.map(toRecord)).movementsMillis
  return start !== null && start > (recorded ?? Number.NEGATIVE_INFINITY) ? start : null
})

/** Drops the months that are old enough, in a session of its own. */
export const pruneMonths = Effect.fnUntraced(function* (
  session: Session,
  schema: string,
  {
    isDryRun,
    keepRecord,
    months,
    nowMillis,
    table: { carryForward, column, table }
  }: PruneMonthsOptions
) {
  if (carryForward === undefined) return nothing
  yield* session.run(beginPruning)
  if (!isDryRun) yield* patiently(session, session.run([lockPartitions(schema)]))
  const known = yield* partitionsOf(session, schema, table, isDryRun)
  const all = known.names.flatMap((name) => {
    const month = monthOf(table, name)
    return month === undefined ? [] : [{ name, month }]
  })
  const cutoff = monthStart(nowMillis ?? known.nowMillis, -months)
  const dropped = all.filter(({ month }) => month < cutoff).map(({ name }) => name)
  const from = all.find(({ month }) => month >= cutoff)?.month
  if (dropped.length === 0 || from === undefined) {
    const start = isDryRun ? null : yield* unrecordedStart(session, schema)
    if (start !== null) {
      // A release that kept no records has dropped what was before.
      yield* keepRecord(session, {
        operation: pruneMonthsOperation,
        targets: targetsOfMonths(table, new Date(start))
      })
    }
    yield* session.run([start === null ? rollback : commit])
    return nothing
  }
  const until = from.getTime()
  const [inDefault = []] = yield* session.run([findInDefault(schema, table, column, until)])
  if (inDefault.length > 0 || isDryRun) {
    yield* session.run([rollback])
    return inDefault.length > 0
      ? { ...nothing, kept: `rows of before ${from.toISOString()} are in ${table}_default` }
      : { ...nothing, dropped, from }
  }
  const [[row] = []] = yield* session.run([carryForward(schema, until)])
  yield* patiently(session, dropFrom(session, schema, table, dropped))
  yield* keepRecord(session, {
    operation: pruneMonthsOperation,
    targets: targetsOfMonths(table, from)
  })
  yield* session.run([commit])
  const carried = (row?.["count"] as number | undefined) ?? 0
  return { dropped, from, carried, kept: null } satisfies PrunedMonths
})
