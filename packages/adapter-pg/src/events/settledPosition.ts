/**
 * How far the event log is settled: up to that position no event can appear any more. A page of
 * selected events (of an order, of a type) does not show the gaps of the log, so it may not go
 * further.
 *
 * The store reads the last drawn position, and after it the transactions that have drawn one and
 * not ended. Once none of these is left, the log is settled up to that position; `PgEventLog` makes
 * the same argument for gaps. Earlier readings are remembered. So constant load does not keep a
 * reader waiting, and a long transaction holds back only positions drawn since it began. A log
 * without a gap is settled as far as it goes, even while transactions are under way.
 */
import * as Effect from "effect/Effect"
import type { Query, Row } from "../connection/Query.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import {
  type PositionSequence,
  readContiguous,
  readDrawers,
  readLastPosition,
  waitAMoment
} from "./statements/readDrawers.ts"

/** Runs queries in one round trip, one after another. */
export type Run = (
  queries: ReadonlyArray<Query>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>

/**
 * The transactions that have drawn a position and not ended; undefined on a replica, which cannot
 * know.
 */
export const drawersIn = (rows: ReadonlyArray<Row> = []): ReadonlySet<string> | undefined => {
  const [row] = rows
  if (row === undefined || row["is_replica"] === true) return undefined
  return new Set((row["drawers"] as string).split(",").filter((drawer) => drawer !== ""))
}

/** How often to look whether the transactions have ended that may still write. */
const drawersMillis = 25

/**
 * The last position so far, once every transaction has ended that drew one up to there: whatever is
 * committed later comes after it.
 */
export const settledHead = (
  schema: string,
  run: Run,
  sequence: PositionSequence = "event_positions"
): Effect.Effect<number, SqlFailure> => {
  const last = readLastPosition(schema, sequence)
  const drawers = readDrawers(schema, sequence)
  return Effect.gen(function* () {
    const [[position] = [], first] = yield* run([last(), drawers()])
    let open = drawersIn(first) ?? new Set<string>()
    while (open.size > 0) {
      yield* Effect.sleep(drawersMillis)
      const [rows] = yield* run([drawers()])
      const now = drawersIn(rows) ?? new Set<string>()
      open = new Set([...open].filter((drawer) => now.has(drawer)))
    }
    return position?.["position"] as number
  })
}

/** How many moments are remembered; beyond that, every other one is forgotten. */
const momentsMax = 100

/** How often a page waits 5 ms for transactions under way, before it ends in front of them. */
const waitsMax = 20

/** The last position drawn by a moment, and the transactions that could still write up to it. */
interface Moment {
  readonly position: number
  readonly drawers: ReadonlySet<string>
  /** How many reads had begun when it was seen: only later ones know who has ended since. */
  readonly begun: number
}

const positionIn = (rows: ReadonlyArray<Row> = []): number =>
  (rows[0]?.["position"] as number | undefined) ?? 0

const positionOf = (row: Row): number => row["position"] as number

/**
 * Rows of several queries as one page, in the order of positions. A query that gave `size` rows may
 * have more, so the page ends where the first of these ends.
 */
const merged = (results: ReadonlyArray<ReadonlyArray<Row>>, size: number): ReadonlyArray<Row> => {
  const ends = results.flatMap((rows) => (rows.length < size ? [] : rows.slice(-1).map(positionOf)))
  const end = Math.min(...ends)
  return results
    .flatMap((rows) => rows.filter((row) => positionOf(row) <= end))
    .sort((a, b) => positionOf(a) - positionOf(b))
}

/** What was seen of a log so far, and how far it is settled by that. */
const makeMoments = () => {
  let settled = 0
  let moments: ReadonlyArray<Moment> = []
  let begun = 0
  /** Readings that began before this one are of the log as it was before it was restored. */
  let since = 0
  return {
    /** The number of a reading that begins now. */
    begin: (): number => ++begun,
    /** Takes the last position, and the transactions that a reading saw after it. */
    observe: (position: number, now: ReadonlySet<string>, number: number): void => {
      if (number < since) return
      const left = [...moments, { position, drawers: now, begun }].map((moment) =>
        moment.begun >= number
          ? moment
          : { ...moment, drawers: new Set([...moment.drawers].filter((drawer) => now.has(drawer))) }
      )
      for (const { drawers, position } of left) {
        if (drawers.size === 0) settled = Math.max(settled, position)
      }
      const open = left.filter((moment) => moment.position > settled)
      moments = open.length > momentsMax ? open.filter((_, n) => n % 2 === 0) : open
    },
    settled: (): number => settled,
    /**
     * Forgets everything, and says so, when a reading found a last position before one that was settled when it
     * began: positions are never drawn again, so the log was restored to an earlier state.
     */
    noteRestored: (position: number, settledBefore: number, number: number): boolean => {
      const isRestored = position < settledBefore
      if (!isRestored || number < since) return isRestored
      settled = 0
      moments = []
      since = number
      return isRestored
    }
  }
}

/** How often the log is looked at for a position that is settled, before an earlier one does. */
const looksMax = 8

/**
 * How far the log of a schema is settled, at best up to the last position drawn when it is asked: after that, no
 * event can appear there any more. It waits up to 0.2 seconds for transactions under way. Of a log that
 * waits longer for one, it is where the next gap is.
 */
export const settledThrough = (schema: string, run: Run) => {
  const lastPosition = readLastPosition(schema)
  const drawersNow = readDrawers(schema)
  const contiguous = readContiguous(schema)
  const moments = makeMoments()
  return (after: number): Effect.Effect<number, SqlFailure> =>
    Effect.gen(function* () {
      let asked: number | undefined
      for (let looks = 1; ; looks++) {
        const number = moments.begin()
        const settledBefore = moments.settled()
        // In this order: the transactions that drew a position, after the last position.
        const [last, drawers] = yield* run([lastPosition(), drawersNow()])
        const position = positionIn(last)
        moments.noteRestored(position, settledBefore, number)
        asked ??= position
        const now = drawersIn(drawers)
        if (now !== undefined) moments.observe(position, now, number)
        if (moments.settled() >= asked) return moments.settled()
        if (looks === looksMax) break
        yield* Effect.sleep(drawersMillis)
      }
      if (moments.settled() > after) return moments.settled()
      const [rows] = yield* run([contiguous(after)])
      return positionIn(rows)
    })
}

/**
 * Pages that end where the log of a schema is settled; `run` (or `runNow`) runs queries in one round trip, and
 * `drawersNow` reads the transactions that could still write an event of the pages.
 */
export const settledPages = (schema: string, run: Run, drawersNow = readDrawers(schema)) => {
  const lastPosition = readLastPosition(schema)
  const contiguous = readContiguous(schema)
  const moments = makeMoments()

  /**
   * The rows of queries in the order of positions, each query up to `size` rows after a position, as
   * far as the log is settled.
   */
  return (
    after: number,
    size: number,
    queries: ReadonlyArray<Query>,
    runNow = run
  ): Effect.Effect<ReadonlyArray<Row>, SqlFailure> =>
    Effect.gen(function* () {
      let from = after
      for (let waits = 0; ; waits++) {
        from = Math.max(from, moments.settled())
        const number = moments.begin()
        const settledBefore = moments.settled()
        const waited = waits === 0 ? [] : [waitAMoment, contiguous(from)]
        // In this order: the transactions that drew a position, after the last position; the rows,
        // after both.
        const results = yield* runNow([...waited, lastPosition(), drawersNow(), ...queries])
        const [last, drawers, ...found] = results.slice(waited.length)
        const isRestored = moments.noteRestored(positionIn(last), settledBefore, number)
        const now = drawersIn(drawers)
        if (now !== undefined) moments.observe(positionIn(last), now, number)
        const withoutGap = waits === 0 || isRestored ? 0 : positionIn(results[1])
        from = Math.max(isRestored ? after : from, moments.settled(), withoutGap)
        const rows = merged(found, size)
        const shown = rows.filter((row) => positionOf(row) <= from)
        // What was drawn since is for a later page: under constant load there is always more.
        const isHeldBack = rows.some(
          (row) => positionOf(row) > from && positionOf(row) <= positionIn(last)
        )
        if (!isHeldBack || waits === waitsMax) return shown
      }
    })
}
