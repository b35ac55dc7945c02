/** Where a follower begins that wants only what comes next. */
import * as Effect from "effect/Effect"
import type { StoreError } from "../kernel/StoreError.ts"
import type { EventLog } from "./EventLog.ts"
import type { PositionGone } from "./PositionGone.ts"

/** How many positions before the head may still be written by transactions under way. */
const lookBack = 1_000

/**
 * The last position that a follower can read by now. A transaction that is under way may still
 * write an event before the head of the log. A follower that begins here gets that event too, if it
 * is among the last 1,000 positions.
 */
export const endOfLog = (
  log: Pick<EventLog, "head" | "read">
): Effect.Effect<number, StoreError | PositionGone> => {
  const lastAfter = (position: number) =>
    Effect.map(log.read(position, lookBack), (page) => page.at(-1)?.position ?? position)
  return Effect.flatMap(log.head, (head) =>
    Effect.catchTag(lastAfter(Math.max(0, head - lookBack)), "PositionGone", ({ horizon }) =>
      lastAfter(horizon)
    )
  )
}
