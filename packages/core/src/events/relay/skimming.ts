/**
 * A log that is followed at a pace: a round reads what happened since the last one, of each SKU once, and
 * then rests for longer than it has worked. So under load a round is of many events, and following takes
 * a small share of the time; without load what happens is followed at once.
 */
import * as Effect from "effect/Effect"
import { steadyMillisNow } from "../../metrics/steadyMillis.ts"
import type { FollowedLog, LeftOut } from "../EventLog.ts"

/** How long a follower rests. */
export interface Rests {
  /** How much longer than a round the rest after it is: 20. */
  readonly restFactor?: number | undefined
  /** The longest rest, in milliseconds, and so about the time by which a follower is late: 1,000. */
  readonly restMillisMax?: number | undefined
}

/** The most events that one round passes over. */
const skimmedMax = 100_000

/** The pace of one follower. */
export interface Pace {
  /** Does a part of a round, whose time is counted. */
  readonly work: <A, E, R>(part: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Waits until the rest after the last round is over. */
  readonly rest: Effect.Effect<void>
}

/** Makes a pace. */
export const makePace = ({ restFactor = 20, restMillisMax = 1_000 }: Rests = {}): Pace => {
  let worked = 0
  let restedAt = 0
  return {
    work: (part) =>
      Effect.flatMap(steadyMillisNow, (from) =>
        Effect.ensuring(
          part,
          Effect.map(steadyMillisNow, (to) => {
            worked += to - from
            restedAt = to + Math.min(restMillisMax, worked * restFactor)
          })
        )
      ),
    rest: Effect.gen(function* () {
      while (true) {
        const left = restedAt - (yield* steadyMillisNow)
        if (left <= 0) break
        yield* Effect.sleep(left)
      }
      worked = 0
    })
  }
}

/** How a log is skimmed. */
export interface Skimming {
  readonly pace: Pace
  /** How many events its follower asks for. */
  readonly size: number
  readonly leftOut?: LeftOut | undefined
}

/**
 * A log whose pages are read at a pace and skimmed, where it can be. Who reads few events, to find one,
 * gets them whole and at once.
 */
export const skimming = <Log extends Pick<FollowedLog, "read" | "skim">>(
  log: Log,
  { leftOut, pace, size }: Skimming
): Log => ({
  ...log,
  read: (after, limit) => {
    if (limit < size) return log.read(after, limit)
    const page =
      log.skim === undefined ? log.read(after, limit) : log.skim(after, skimmedMax, leftOut)
    return Effect.andThen(pace.rest, pace.work(page))
  }
})
