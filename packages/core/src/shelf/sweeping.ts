/**
 * A slow sweep checks every option from time to time. It finds what no event shows: a place that was
 * closed while nobody followed, or events that were dropped. One process sweeps at a time, by the
 * lease of a cursor in the catalog's log. The cursor stands where the log ended at the last sweep.
 */
import * as Effect from "effect/Effect"
import type { Lease, TakeOptions } from "../events/Cursors.ts"
import { endOfLog, type FollowedLog } from "../events/EventLog.ts"
import { pauseMillis, wordsOf } from "../events/relay/Troubles.ts"
import { whileLeased } from "../events/relay/whileLeased.ts"

/** How often a process looks whether the sweep has come free. */
const standByMillis = 1_000

/** A cursor that a follower moves, in a log. */
export interface FollowersCursor {
  readonly log: FollowedLog
  readonly name: string
  readonly take: TakeOptions
}

/**
 * Takes a cursor; where events were dropped or the log was restored, it begins again at the end. For
 * who checks everything after that, nothing is lost by it.
 */
const takeAfresh = ({ log: { cursors }, name, take }: FollowersCursor) => {
  const again = Effect.andThen(
    Effect.catchTag(cursors.forget(name), "CursorUnknown", () => Effect.void),
    cursors.take(name, take)
  )
  return Effect.catchTags(cursors.take(name, take), {
    LogRestored: () => again,
    PositionGone: () => again
  })
}

/** Makes sure that a cursor is there and follows its log; who has it keeps it. */
const standing = (cursor: FollowersCursor) =>
  Effect.flatMap(takeAfresh(cursor), (lease) =>
    lease === null ? Effect.void : cursor.log.cursors.release(lease)
  )

/** Moves a cursor to the end of its log, so that it keeps no events from being dropped. */
const moveToEnd = Effect.fnUntraced(function* (log: FollowedLog, lease: Lease) {
  const end = yield* endOfLog(log)
  const [last] = end > lease.position ? yield* log.read(end - 1, 1) : []
  if (last === undefined) return
  const { eventId, position } = last
  yield* log.cursors.advance(lease, { position, eventId, deadLetters: [] })
})

/** How the sweep runs. */
export interface SweepOptions<E, R> {
  readonly sweep: FollowersCursor
  /** The cursors of the followers, which the sweep keeps in step with their logs. */
  readonly followers: ReadonlyArray<FollowersCursor>
  /** What who takes up the sweep checks first. */
  readonly first: Effect.Effect<void, E, R>
  /** What every other sweep checks. */
  readonly check: Effect.Effect<void, E, R>
  /** What else the one who sweeps does meanwhile; when it ends, a sweep begins again. */
  readonly meanwhile?: Effect.Effect<void, unknown, R> | undefined
  readonly pauseMillis: number
}

/**
 * Sweeps until it is interrupted. A sweep that fails is tried again after longer and longer pauses;
 * the first of several failures is logged as a warning.
 */
export const sweeping = <E, R>(options: SweepOptions<E, R>): Effect.Effect<never, never, R> => {
  const { followers, meanwhile = Effect.never, sweep } = options
  let failures = 0
  const once = (lease: Lease, check: Effect.Effect<void, E, R>) =>
    Effect.forEach(followers, standing, { discard: true }).pipe(
      Effect.andThen(check),
      Effect.andThen(moveToEnd(sweep.log, lease)),
      Effect.matchCauseEffect({
        onSuccess: () =>
          Effect.suspend(() => {
            const wasFailing = failures > 0
            failures = 0
            return Effect.andThen(
              wasFailing ? Effect.logInfo("all options were checked against stock") : Effect.void,
              Effect.sleep(options.pauseMillis)
            )
          }),
        onFailure: (cause) =>
          Effect.suspend(() => {
            const pause = Math.min(pauseMillis(failures), options.pauseMillis)
            const isFirst = failures === 0
            failures += 1
            return Effect.andThen(
              isFirst
                ? Effect.logWarning(
                    `options could not all be checked against stock, trying again: ${wordsOf(cause)}`
                  )
                : Effect.void,
              Effect.sleep(pause)
            )
          })
      })
    )
  return whileLeased(
    sweep.log.cursors,
    takeAfresh(sweep),
    sweep.take.leaseMillis,
    (lease) => {
      let isFirst = true
      const check = Effect.suspend(() => (isFirst ? options.first : options.check)).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            isFirst = false
          })
        )
      )
      return Effect.raceFirst(Effect.forever(once(lease, check)), meanwhile)
    },
    Effect.sleep(standByMillis)
  ).pipe(
    Effect.catchCause((cause) =>
      Effect.andThen(
        Effect.logDebug("the sweep could not be taken", cause),
        Effect.sleep(standByMillis)
      )
    ),
    Effect.forever
  )
}
