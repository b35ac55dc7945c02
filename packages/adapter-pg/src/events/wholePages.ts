/**
 * Pages of a log that may have dropped its oldest events: a page that lacks some is refused. Each
 * event of a page has the incarnation of the log.
 */
import { PositionGone } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import type { Run } from "./settledPosition.ts"
import { readHorizon } from "./statements/readCursors.ts"

/**
 * Reads a page after a position by `read`, and fails when events after the position were dropped.
 * The horizon is read after the page, in the same round trip. It is raised in the transaction that
 * drops, so a page that lacks events is never taken for a whole one.
 */
export const wholePages = (schema: string, run: Run) => {
  const horizon = readHorizon(schema)
  return <A>(
    after: number,
    read: (run: Run) => Effect.Effect<ReadonlyArray<A>, SqlFailure>,
    inIncarnation: (event: A, incarnation: number) => A
  ): Effect.Effect<ReadonlyArray<A>, SqlFailure | PositionGone> =>
    Effect.suspend(() => {
      let dropped = 0
      let incarnation = 1
      const noting: Run = (queries) =>
        Effect.map(run([...queries, horizon()]), (results) => {
          const [log] = results.at(-1) ?? []
          dropped = (log?.["horizon"] as number | undefined) ?? 0
          incarnation = (log?.["incarnation"] as number | undefined) ?? 1
          return results.slice(0, -1)
        })
      return Effect.flatMap(read(noting), (page) =>
        after < dropped
          ? Effect.fail(new PositionGone({ after, horizon: dropped }))
          : Effect.succeed(page.map((event) => inIncarnation(event, incarnation)))
      )
    })
}
