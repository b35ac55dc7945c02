/**
 * The event log in order, without a hole. A position is drawn before its transaction commits, so a
 * lower one may appear later; whoever remembers only the highest one seen would lose it. Here a
 * page ends at the first gap, until the gap is known to be a rollback: a transaction id drawn
 * after the gap was seen is older than everything that still runs, and the position is missing.
 *
 * It rests on each writer having its transaction id before it draws a position (the row of its
 * batch is written first). The price: a transaction that stays open, of whomever on the same
 * server, holds back what follows a gap that was seen during its life, until it ends.
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
const gapsMax = 10_000

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

/** A run of missing positions between two rows. */
interface Gap {
  readonly after: number
  readonly before: number
}

const gapsIn = (after: number, rows: ReadonlyArray<Row>): ReadonlyArray<Gap> => {
  const gaps: Array<Gap> = []
  let last = after
  for (const row of rows) {
    const position = row["position"] as number
    if (position !== last + 1) gaps.push({ after: last, before: position })
    last = position
  }
  return gaps
}

/** Reads the log of one schema; `run` runs queries in one round trip. */
export const eventLogOver = (schema: string, run: Run) => {
  const read = readEvents(schema)
  /** Each gap by the position before it: the one after it, and an id drawn after it was seen. */
  const seen = new Map<number, { readonly before: number; readonly transactionId: number }>()

  /** Gaps never grow while rows stay; when a partition is dropped, what is longer is another gap. */
  const idOf = (gap: Gap): number | undefined => {
    const known = seen.get(gap.after)
    return known === undefined || gap.before > known.before ? undefined : known.transactionId
  }

  /** The rows before the first gap that may still be filled. */
  const settled = (after: number, rows: ReadonlyArray<Row>): ReadonlyArray<LoggedEvent> => {
    const oldestRunning = rows[0]?.["oldest_running"] as number | undefined
    const open = gapsIn(after, rows).find((gap) => {
      const id = idOf(gap)
      return id === undefined || oldestRunning === undefined || oldestRunning <= id
    })
    const prefix =
      open === undefined ? rows : rows.filter((row) => (row["position"] as number) <= open.after)
    return prefix.map(toEvent)
  }

  const remember = (gap: Gap, transactionId: number) => {
    const oldest = seen.keys().next().value
    if (seen.size >= gapsMax && oldest !== undefined) seen.delete(oldest)
    seen.set(gap.after, { before: gap.before, transactionId })
  }

  return (after: number, limit: number): Effect.Effect<ReadonlyArray<LoggedEvent>, SqlFailure> =>
    Effect.gen(function* () {
      const [rows = []] = yield* run([read(after, limit)])
      // One id, drawn after all of them were seen, will do for every gap of the page.
      const fresh = gapsIn(after, rows).filter((gap) => idOf(gap) === undefined)
      if (fresh.length === 0) return settled(after, rows)
      const [drawn = []] = yield* run([drawTransactionId()])
      for (const gap of fresh) remember(gap, drawn[0]?.["id"] as number)
      const [again = []] = yield* run([read(after, limit)])
      return settled(after, again)
    })
}
