/**
 * How far the event log is settled: up to that position nothing can appear any more. A page of
 * some events only (of an order, of a type) shows no gaps of the log, so it may not go further.
 *
 * The last position that was drawn is read, and after it who has drawn one and not ended. Once none
 * of those is left, all up to that position is settled: the rest of the argument is that of the gaps
 * in `PgEventLog`. What was seen is remembered, so that constant load does not outrun a reader, and
 * somebody's long transaction holds back only what was drawn since it began. A log without a gap is
 * settled as far as it goes, whoever is under way.
 */
import * as Effect from "effect/Effect"
import type { Query, Row } from "./Query.ts"
import type { SqlFailure } from "./SqlFailure.ts"
import {
  readContiguous,
  readDrawers,
  readLastPosition,
  waitAMoment
} from "./statements/readDrawers.ts"

/** Runs queries in one round trip, one after another. */
export type Run = (
  queries: ReadonlyArray<Query>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>

/** The transactions that have drawn a position and not ended; undefined where nobody knows. */
export const drawersIn = (rows: ReadonlyArray<Row> = []): ReadonlySet<string> | undefined => {
  const [row] = rows
  if (row === undefined || row["is_replica"] === true) return undefined
  return new Set((row["drawers"] as string).split(",").filter((drawer) => drawer !== ""))
}

/** Moments that are remembered at once; of more, every other is forgotten. */
const momentsMax = 100

/** Times that a page waits for transactions under way, 5 ms each, before it ends in front of them. */
const waitsMax = 20

/** A moment: the last position drawn by then, and who could still write up to it. */
interface Moment {
  readonly position: number
  readonly drawers: ReadonlySet<string>
  /** How many reads had begun when it was seen: only later ones know who has ended since. */
  readonly begun: number
}

const positionIn = (rows: ReadonlyArray<Row> = []): number =>
  (rows[0]?.["position"] as number | undefined) ?? 0

/** Pages that end where the log of a schema is settled; `run` runs queries in one round trip. */
export const settledPages = (schema: string, run: Run) => {
  const lastPosition = readLastPosition(schema)
  const drawersNow = readDrawers(schema)
  const contiguous = readContiguous(schema)
  let settled = 0
  let moments: ReadonlyArray<Moment> = []
  let begun = 0

  const observe = (position: number, now: ReadonlySet<string>, number: number) => {
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
  }

  /** The rows of a query, as far as the log is settled after a position. */
  return (after: number, query: Query): Effect.Effect<ReadonlyArray<Row>, SqlFailure> =>
    Effect.gen(function* () {
      let from = after
      for (let waits = 0; ; waits++) {
        from = Math.max(from, settled)
        const number = ++begun
        const waited = waits === 0 ? [] : [waitAMoment, contiguous(from)]
        // In this order: who has drawn after the last position, and the rows after both.
        const results = yield* run([...waited, lastPosition(), drawersNow(), query])
        const [last, drawers, rows = []] = results.slice(waited.length)
        const now = drawersIn(drawers)
        if (now !== undefined) observe(positionIn(last), now, number)
        from = Math.max(from, settled, waits === 0 ? 0 : positionIn(results[1]))
        const shown = rows.filter((row) => (row["position"] as number) <= from)
        if (shown.length === rows.length || waits === waitsMax) return shown
      }
    })
}
