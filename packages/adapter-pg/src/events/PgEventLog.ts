/**
 * The event log in order, without a hole. A position is drawn before its transaction commits, so a
 * lower one may appear later; whoever remembers only the highest one seen would lose it. Here a
 * page ends at the first gap, until nobody is left who could fill it: the transactions that had
 * drawn a position, and not ended, after the gap was seen. Rows that are read after all of them have
 * ended show what they committed; what is still missing was rolled back.
 *
 * Others do not hold the log back, however long they run; nor does one that draws afterwards.
 */
import type { EventsFilter, InventoryEvent, LoggedEvent } from "@holdfast/core/effect"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { drawersIn, type Run, settledPages } from "./settledPosition.ts"
import { readDrawers } from "./statements/readDrawers.ts"
import { readEvents } from "./statements/readEvents.ts"
import {
  readEventsOfOrder,
  readEventsOfSku,
  readEventsOfType
} from "./statements/readFilteredEvents.ts"

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

/** How many events of one SKU are read at once to find those of a type. */
const pageMax = 1_000

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

/** A gap that was seen: how far it reached, and who could still fill it. */
interface SeenGap {
  readonly before: number
  readonly drawers: ReadonlySet<string>
}

/** Reads the whole log of one schema; `run` runs queries in one round trip. */
const wholeLogOver = (schema: string, run: Run) => {
  const read = readEvents(schema)
  const drawersNow = readDrawers(schema)
  /** Each gap by the position before it. */
  const seen = new Map<number, SeenGap>()

  /** Gaps never grow while rows stay. A longer gap is another one, of a dropped partition. */
  const known = (gap: Gap): SeenGap | undefined => {
    const found = seen.get(gap.after)
    return found === undefined || gap.before > found.before ? undefined : found
  }
  const isOpen = (gap: Gap) => known(gap)?.drawers.size !== 0

  /** Takes note of who, of those that could fill a gap when it was first seen, is still there. */
  const note = (gap: Gap, now: ReadonlySet<string>) => {
    const first = known(gap)?.drawers
    const drawers = first === undefined ? now : new Set([...first].filter((one) => now.has(one)))
    const oldest = seen.keys().next().value
    if (seen.size >= gapsMax && oldest !== undefined) seen.delete(oldest)
    seen.set(gap.after, { before: gap.before, drawers })
  }

  /** The rows before the first gap that may still be filled. */
  const settled = (after: number, rows: ReadonlyArray<Row>): ReadonlyArray<LoggedEvent> => {
    const open = gapsIn(after, rows).find(isOpen)
    const prefix =
      open === undefined ? rows : rows.filter((row) => (row["position"] as number) <= open.after)
    return prefix.map(toEvent)
  }

  return (after: number, limit: number): Effect.Effect<ReadonlyArray<LoggedEvent>, SqlFailure> =>
    Effect.gen(function* () {
      const [rows = []] = yield* run([read(after, limit)])
      const open = gapsIn(after, rows).filter(isOpen)
      if (open.length === 0) return rows.map(toEvent)
      // In this order: the drawers after the gaps were seen, and the rows after the drawers.
      const [drawers = [], again = []] = yield* run([drawersNow(), read(after, limit)])
      const now = drawersIn(drawers)
      if (now !== undefined) for (const gap of open) note(gap, now)
      return settled(after, again)
    })
}

/**
 * Reads the log of one schema, whole or by a filter. Events of one SKU need no check for gaps:
 * their positions are drawn while the SKU is locked, so what becomes visible later comes later.
 */
export const eventLogOver = (schema: string, run: Run) => {
  const wholeLog = wholeLogOver(schema, run)
  const settled = settledPages(schema, run)
  const ofSku = readEventsOfSku(schema)
  const ofOrder = readEventsOfOrder(schema)
  const ofType = readEventsOfType(schema)
  /** A type is looked for page by page: no index has a SKU's events of one type. */
  const rowsOfSku = Effect.fnUntraced(function* (
    after: number,
    limit: number,
    skuId: string,
    type: string | undefined
  ) {
    const size = type === undefined ? limit : pageMax
    const found: Array<Row> = []
    let from = after
    while (true) {
      const [rows = []] = yield* run([ofSku(from, size, skuId)])
      found.push(...rows.filter((row) => type === undefined || row["event_type"] === type))
      if (found.length >= limit || rows.length < size) return found.slice(0, limit)
      from = rows.at(-1)?.["position"] as number
    }
  })

  const rowsOf = (after: number, limit: number, filter: EventsFilter) => {
    if (filter.orderId !== undefined) return settled(after, ofOrder(after, limit, filter))
    if (filter.skuId === undefined) return settled(after, ofType(after, limit, filter))
    return rowsOfSku(after, limit, filter.skuId, filter.type)
  }
  return (
    after: number,
    limit: number,
    filter: EventsFilter = {}
  ): Effect.Effect<ReadonlyArray<LoggedEvent>, SqlFailure> =>
    Object.values(filter).every((part) => part === undefined)
      ? wholeLog(after, limit)
      : Effect.map(rowsOf(after, limit, filter), (rows) => rows.map(toEvent))
}
