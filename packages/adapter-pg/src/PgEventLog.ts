/**
 * The event log in order, without a hole. A position is drawn before its transaction commits, so a
 * lower one may appear later; whoever remembers only the highest one seen would lose it. Here a
 * page ends at the first gap, until the gap is known to be a rollback: a transaction id drawn
 * after the gap was seen is older than everything that still runs, and the position is missing.
 */
import type { InventoryEvent, LoggedEvent } from "@holdfast/core/effect"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Query, Row } from "./Query.ts"
import type { SqlFailure } from "./SqlFailure.ts"
import { drawTransactionId, readEvents } from "./statements/readEvents.ts"

type Run = (
  queries: ReadonlyArray<Query>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>

/** Gaps that are remembered at once; the oldest is forgotten first, and is then seen anew. */
const gapsMax = 1_000

const revived: { readonly [key: string]: (value: number | string) => DateTime.Utc } = {
  expiresAt: DateTime.makeUnsafe,
  occurredAt: DateTime.makeUnsafe,
  createdAt: DateTime.makeUnsafe,
  archivedAt: DateTime.makeUnsafe
}

const payloadOf = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => {
    const revive = typeof value === "string" ? revived[key] : undefined
    return revive === undefined ? value : revive(value as string)
  })

const toEvent = (row: Row): LoggedEvent => ({
  position: row["position"] as number,
  event: {
    eventId: row["event_id"],
    eventType: row["event_type"],
    aggregateId: row["aggregate_id"],
    version: row["version"],
    timestamp: DateTime.makeUnsafe(row["instant"] as number),
    commandId: row["command_id"],
    correlationId: row["correlation_id"],
    traceparent: row["traceparent"],
    payload: payloadOf(row["payload"] as string)
  } as InventoryEvent
})

/** Reads the log of one schema; `run` runs queries in one round trip. */
export const eventLogOver = (schema: string, run: Run) => {
  const read = readEvents(schema)
  /** Each gap by the position before it, and a transaction id drawn after it was seen. */
  const gaps = new Map<number, number>()

  /** The rows up to the first gap that may still be filled, and that gap. */
  const settled = (after: number, rows: ReadonlyArray<Row>) => {
    let last = after
    for (const [index, row] of rows.entries()) {
      const position = row["position"] as number
      const drawn = gaps.get(last)
      const isFinal = drawn !== undefined && (row["oldest_running"] as number) > drawn
      if (position !== last + 1 && !isFinal) {
        return { rows: rows.slice(0, index), gapAfter: last, isNew: drawn === undefined }
      }
      last = position
    }
    return { rows, gapAfter: undefined, isNew: false }
  }

  const remember = (gapAfter: number, transactionId: number) => {
    const oldest = gaps.keys().next().value
    if (gaps.size >= gapsMax && oldest !== undefined) gaps.delete(oldest)
    gaps.set(gapAfter, transactionId)
  }

  return (after: number, limit: number): Effect.Effect<ReadonlyArray<LoggedEvent>, SqlFailure> =>
    Effect.gen(function* () {
      const [rows = []] = yield* run([read(after, limit)])
      const first = settled(after, rows)
      if (first.gapAfter === undefined || !first.isNew) return first.rows.map(toEvent)
      const [drawn = []] = yield* run([drawTransactionId()])
      remember(first.gapAfter, drawn[0]?.["id"] as number)
      const [again = []] = yield* run([read(after, limit)])
      return settled(after, again).rows.map(toEvent)
    })
}
