import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { endOfLog, type KeptEvent } from "../../src/events/EventLog.ts"
import { PositionGone } from "../../src/events/PositionGone.ts"

/** A log that can be read up to `readable`, although positions up to `head` are drawn. */
const logOf = ({ head, horizon = 0, readable }: Record<string, number>) => ({
  head: Effect.succeed(head as number),
  read: (after: number, limit: number) =>
    after < (horizon as number)
      ? Effect.fail(new PositionGone({ after, horizon: horizon as number }))
      : Effect.succeed(
          Array.from({ length: Math.min(limit, (readable as number) - after) }, (_, index) => ({
            position: after + index + 1
          })) as unknown as ReadonlyArray<KeptEvent>
        )
})

it.effect.each([
  ["an empty log", { head: 0, readable: 0 }, 0],
  ["a log without a gap", { head: 5, readable: 5 }, 5],
  ["a long log", { head: 123_456, readable: 123_456 }, 123_456],
  ["a log with a transaction under way", { head: 5_000, readable: 4_990 }, 4_990],
  ["a log whose events were all dropped", { head: 70, horizon: 70, readable: 70 }, 70],
  ["a log of which some events were dropped", { head: 75, horizon: 70, readable: 73 }, 73]
] as const)("finds the end of %s", ([, log, end]) =>
  Effect.map(endOfLog(logOf(log)), (position) => expect(position).toBe(end))
)
