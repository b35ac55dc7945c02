/**
 * The in-memory store of any context: one transaction at a time, and nothing outlives the process.
 * The executable specification of `BatchStore`.
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { AuditDraft } from "../../audit/AuditRecord.ts"
import type { BatchStore } from "../../engine/BatchStore.ts"

/** The rows of a context in memory. */
export interface MemoryRows<Scope, Loaded, Changes> {
  /** The clock, never behind what the rows of the scope have seen. */
  readonly now: (scope: Scope) => DateTime.Utc
  readonly load: (scope: Scope, now: DateTime.Utc) => Loaded
  /** Writes the changes, and the records of the audit log with their events. */
  readonly apply: (changes: Changes, now: DateTime.Utc, audit: ReadonlyArray<AuditDraft>) => void
}

/** Makes the store over rows. */
export const memoryBatchStore = <Scope, Loaded, Changes, Locked = never, Obstacle = never>(
  rows: MemoryRows<Scope, Loaded, Changes>
): BatchStore<Scope, Loaded, Changes, Locked, Obstacle> => ({
  lanes: 1,
  transact: (scope, decide) =>
    Effect.sync(() => {
      const now = rows.now(scope)
      const { answer, audit = [], changes } = decide(rows.load(scope, now))
      rows.apply(changes, now, audit)
      return answer
    })
})
