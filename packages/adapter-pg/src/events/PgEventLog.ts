/**
 * The event log in order, without a hole. A position is drawn before its transaction commits, so a
 * lower one may appear later. A reader that remembers only the highest one seen would lose it. Here
 * a page ends at the first gap as long as a transaction could still fill it. These are the
 * transactions that had drawn a position, and had not ended, after the gap was seen. Rows that are
 * read after all of them have ended show what they committed. A position that is still missing was
 * rolled back.
 *
 * Other transactions do not hold the log back, however long they run. Neither does a transaction
 * that draws a position later.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import {
  type AnyEvent,
  aggregateTypeOf,
  type LoggedEvent,
  type ReadLog
} from "@holdfast/core/engine"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { type SqlFailure, toStoreError } from "../connection/SqlFailure.ts"
import { drawersIn, type Run } from "./settledPosition.ts"
import { readDrawers } from "./statements/readDrawers.ts"
import { readEvents } from "./statements/readEvents.ts"

/** Gaps that are remembered at once. The oldest is forgotten first; the next poll notes it again. */
const gapsMax = 10_000

/** A row as an event, its payload read by the codec of its context. */
export const toLogged =
  <Event extends AnyEvent>(payloadOf: (text: string, eventType: string) => unknown) =>
  (row: Row): LoggedEvent<Event> => ({
    position: row["position"] as number,
    event: {
      eventId: row["event_id"],
      eventType: row["event_type"],
      aggregateId: row["aggregate_id"],
      aggregateType: aggregateTypeOf(row["event_type"] as string),
      version: row["version"],
      timestamp: DateTime.makeUnsafe(row["instant"] as number),
      commandId: row["command_id"],
      correlationId: row["correlation_id"],
      traceparent: row["traceparent"],
      payload: payloadOf(row["payload"] as string, row["event_type"] as string)
    } as unknown as Event
  })

/** A run of missing positions between two rows; the first may be the one that was read before. */
interface Gap {
  readonly after: number
  readonly before: number
  /** The events around it; the one before it is unknown where the page begins. */
  readonly events: readonly [string | undefined, string]
}

const gapsIn = (after: number, rows: ReadonlyArray<Row>): ReadonlyArray<Gap> => {
  const gaps: Array<Gap> = []
  let last = after
  let lastId: string | undefined
  for (const row of rows) {
    const position = row["position"] as number
    const eventId = row["event_id"] as string
    if (position !== last + 1) {
      gaps.push({ after: last, before: position, events: [lastId, eventId] })
    }
    last = position
    lastId = eventId
  }
  return gaps
}

/** A gap that was seen, and who could still fill it. */
interface SeenGap extends Gap {
  readonly drawers: ReadonlySet<string>
}

/** Whether two may be one event: where a page begins, nobody knows which one is before it. */
const maybeSame = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one === other

/** Reads the whole log of one schema; `run` runs queries in one round trip, or `runNow` does. */
export const wholeLogOver = <Event>(schema: string, run: Run, toEvent: (row: Row) => Event) => {
  const read = readEvents(schema)
  const drawersNow = readDrawers(schema)
  /** Each gap by the position before it. */
  const seen = new Map<number, SeenGap>()

  /**
   * A gap never grows while rows stay. A longer gap at the same place is a new one: a partition was
   * dropped. So is one between other events: the log was restored, and its positions are used again.
   */
  const known = (gap: Gap, rows: ReadonlyArray<Row>): SeenGap | undefined => {
    const found = seen.get(gap.after)
    if (found === undefined || gap.before > found.before) return undefined
    const [before, after] = gap.events
    const end =
      gap.before === found.before
        ? after
        : rows.find((row) => row["position"] === found.before)?.["event_id"]
    return maybeSame(found.events[0], before) && end === found.events[1] ? found : undefined
  }
  const openIn = (after: number, rows: ReadonlyArray<Row>): ReadonlyArray<Gap> =>
    gapsIn(after, rows).filter((gap) => known(gap, rows)?.drawers.size !== 0)

  /** Notes which of the transactions that could fill a gap at first are still there. */
  const note = (gap: Gap, now: ReadonlySet<string>, rows: ReadonlyArray<Row>) => {
    const first = known(gap, rows)
    const [before = first?.events[0], after] = gap.events
    const left = [...(first?.drawers ?? now)].filter((one) => now.has(one))
    const oldest = seen.keys().next().value
    if (seen.size >= gapsMax && oldest !== undefined) seen.delete(oldest)
    seen.set(gap.after, { ...gap, events: [before, after], drawers: new Set(left) })
  }

  /** The rows before the first gap that may still be filled. */
  const settled = (after: number, rows: ReadonlyArray<Row>): ReadonlyArray<Event> => {
    const [open] = openIn(after, rows)
    const prefix =
      open === undefined ? rows : rows.filter((row) => (row["position"] as number) <= open.after)
    return prefix.map(toEvent)
  }

  return (
    after: number,
    limit: number,
    runNow = run
  ): Effect.Effect<ReadonlyArray<Event>, SqlFailure> =>
    Effect.gen(function* () {
      const [rows = []] = yield* runNow([read(after, limit)])
      const open = openIn(after, rows)
      if (open.length === 0) return rows.map(toEvent)
      // In this order: the drawers after the gaps were seen, and the rows after the drawers.
      const [drawers = [], again = []] = yield* runNow([drawersNow(), read(after, limit)])
      const now = drawersIn(drawers)
      if (now !== undefined) for (const gap of open) note(gap, now, rows)
      return settled(after, again)
    })
}

/** The log of a context over a pool; `payloadOf` reads the text of a payload. */
export const makeEventLog = <Event extends AnyEvent>(
  schema: string,
  payloadOf: (text: string, eventType: string) => unknown
): Effect.Effect<ReadLog<Event>, never, PgPool.PgPool> =>
  Effect.map(PgPool.PgPool, (pool) => {
    const read = wholeLogOver(schema, runQueries(pool), toLogged<Event>(payloadOf))
    return (after, limit) => Effect.mapError(read(after, limit), toStoreError)
  })
