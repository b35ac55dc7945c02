/**
 * What the audit log says of history that was dropped since it was old: `PruneEvents` names the position up to
 * which the log of events is gone, and `PruneMonths` the instant before which a table is. Pure.
 */
import type { AuditRecord } from "./AuditRecord.ts"

/** The operation of the record that events were dropped with. */
export const pruneEventsOperation = "PruneEvents"

/** The operation of the record that months of a table were dropped with. */
export const pruneMonthsOperation = "PruneMonths"

/** Up to where records say that history was dropped; null where none says so. */
export interface RecordedDrops {
  /** The last position of the log of events. */
  readonly position: number | null
  /** The instant before which there are no movements, in epoch milliseconds. */
  readonly movementsMillis: number | null
}

/** What a record of dropped events is about. */
export const targetsOfEvents = (position: number): ReadonlyArray<string> => [
  "LOG:EVENTS",
  `POSITION:${position}`
]

/** What a record of dropped months is about. */
export const targetsOfMonths = (table: string, from: Date): ReadonlyArray<string> => [
  `TABLE:${table}`,
  `FROM:${from.toISOString()}`
]

type Said = Pick<AuditRecord, "operation" | "outcome" | "targets">

const valuesOf = (records: ReadonlyArray<Said>, operation: string, word: string) =>
  records
    .filter((record) => record.outcome === "DONE" && record.operation === operation)
    .flatMap(({ targets }) => targets.filter((target) => target.startsWith(word)))
    .map((target) => target.slice(word.length))

const most = (values: ReadonlyArray<number>): number | null => {
  const known = values.filter(Number.isFinite)
  return known.length === 0 ? null : Math.max(...known)
}

/** What records say; others among them say nothing. */
export const recordedDrops = (records: ReadonlyArray<Said>): RecordedDrops => ({
  position: most(valuesOf(records, pruneEventsOperation, "POSITION:").map(Number)),
  movementsMillis: most(valuesOf(records, pruneMonthsOperation, "FROM:").map(Date.parse))
})
