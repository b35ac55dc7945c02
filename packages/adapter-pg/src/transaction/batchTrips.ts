/**
 * The round trips of a batch, whatever its context: one that locks and loads, one that writes. The
 * caller adds begin and commit, because a host's transaction has its own. Nothing here waits or
 * retries.
 */
import type { AuditDraft } from "@holdfast/core/audit"
import type { BatchChanges } from "@holdfast/core/engine"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { insertSenders } from "../audit/statements/writeAudit.ts"
import { type Query, query } from "../connection/Query.ts"
import { insertEvents, insertRecordedEvents } from "../events/statements/insertEvents.ts"
import type { BatchStatements, RoundTrip } from "./BatchStatements.ts"
import { findBatch } from "./statements/findBatch.ts"
import { insertBatch } from "./statements/insertBatch.ts"
import { insertReceipts } from "./statements/insertReceipts.ts"

/** Begins a transaction. */
export const begin = query("begin")

/** Ends a transaction and keeps what it wrote. */
export const commit = query("commit")

/** Ends a transaction and leaves nothing of it. */
export const rollback = query("rollback")

/** The given clock in epoch milliseconds; null asks the database for its own. */
export const millisOf = (
  now: Effect.Effect<DateTime.Utc> | undefined
): Effect.Effect<number | null> =>
  now === undefined ? Effect.succeed(null) : Effect.map(now, (at) => at.epochMilliseconds)

/** A batch that was found committed, and the `now` of the try that committed it. */
export interface Committed {
  readonly decidedAtMillis: number
}

/** The trip after a BEGIN, in one round trip. */
export const begun = <A>({ queries, read }: RoundTrip<A>): RoundTrip<A> => ({
  queries: [begin, ...queries],
  read: (results) => read(results.slice(1))
})

/** How a batch is locked. */
export interface LockOptions {
  /** Whether it was sent before, so that it may have taken effect. */
  readonly isRepeated: boolean
  /** The batch fails at a lock that others hold for longer than this. */
  readonly lockMillisMax?: number | undefined
}

/** The round trips of the batches of a context, over the tables of one schema. */
export const batchTrips = <
  Scope extends { readonly batchId: string },
  Loaded extends { readonly now: DateTime.Utc },
  Changes extends BatchChanges,
  Locked,
  Obstacle
>(
  schema: string,
  statements: BatchStatements<Scope, Loaded, Changes, Locked, Obstacle>
) => {
  const batchOf = findBatch(schema)
  const write = {
    batch: insertBatch(schema),
    events: insertEvents(schema),
    recordedEvents: insertRecordedEvents(schema),
    senders: insertSenders(schema),
    receipts: insertReceipts(schema)
  }
  const opensRun = statements.opensRun ?? (({ events }: Changes) => events.map(() => true))
  const payloadsOf =
    statements.payloadsOf ??
    ((events: Changes["events"]) => events.map(({ payload }) => JSON.stringify(payload)))

  /** Events with their records, or alone. */
  const eventsWritten = (
    changes: Changes,
    nowMillis: number,
    drafts: ReadonlyArray<AuditDraft>
  ): ReadonlyArray<Query> => {
    const { events } = changes
    if (events.length === 0) return []
    const inserted = {
      events,
      opensRun: opensRun(changes, nowMillis),
      payloads: payloadsOf(events),
      nowMillis
    }
    if (drafts.length === 0) return [write.events(inserted)]
    const sent = drafts.filter(({ sender }) => sender !== null)
    return [
      write.recordedEvents(inserted, drafts),
      ...(sent.length === 0 ? [] : [write.senders(sent)])
    ]
  }

  return {
    /** Locks and loads. A batch that was sent before first asks whether it took effect. */
    lockAndLoad: (
      scope: Scope,
      nowMillis: number | null,
      { isRepeated, lockMillisMax }: LockOptions
    ): RoundTrip<Loaded | Committed> => {
      const head = [
        ...statements.lock(scope, lockMillisMax),
        ...(isRepeated ? [batchOf(scope.batchId)] : [])
      ]
      const { queries, read } = statements.load(scope, nowMillis)
      return {
        queries: [...head, ...queries],
        read: (results) => {
          const found = isRepeated ? results[head.length - 1]?.[0] : undefined
          return found === undefined
            ? read(results.slice(head.length))
            : { decidedAtMillis: found["decided_at"] as number }
        }
      }
    },

    /** Writes what a batch decided. */
    writing: (
      scope: Scope,
      changes: Changes,
      now: DateTime.Utc,
      audit: ReadonlyArray<AuditDraft> = []
    ): ReadonlyArray<Query> => {
      const millis = now.epochMilliseconds
      const { receipts } = changes
      return [
        write.batch(scope.batchId, millis),
        ...statements.write(changes, millis),
        ...eventsWritten(changes, millis, audit),
        ...(receipts.length === 0 ? [] : [write.receipts(receipts, millis)])
      ]
    }
  }
}
