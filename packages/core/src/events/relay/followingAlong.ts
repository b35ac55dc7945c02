/**
 * A log that is followed without a cursor of its own, such as one that is read over a network: from
 * its end, for as long as the follower runs. Who follows it so checks everything at the beginning.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { FollowedLog, KeptEvent } from "../EventLog.ts"
import { endOfLog } from "../EventLog.ts"
import { logPages } from "../logStream.ts"
import type { PositionGone } from "../PositionGone.ts"
import { pauseMillis } from "./Troubles.ts"

/** Tries again while a store fails, after longer and longer pauses. */
const patiently = <A, E extends { readonly _tag: string }, R>(
  work: Effect.Effect<A, E | StoreError, R>,
  failures = 0
): Effect.Effect<A, Exclude<E, StoreError>, R> =>
  Effect.catch(work, (error) =>
    error._tag === "StoreError"
      ? Effect.andThen(
          Effect.sleep(pauseMillis(failures)),
          Effect.suspend(() => patiently(work, failures + 1))
        )
      : Effect.fail(error as Exclude<E, StoreError>)
  )

/**
 * Handles what is added to a log from now on, page by page; a page that fails is handled again. `began`
 * runs once it is known where that is: nothing that is added later is missed. Ends with a failure when
 * events were dropped that it had not read, or when the log was restored.
 */
export const followingAlong = <R>(
  { head, read, watch }: Pick<FollowedLog, "head" | "read" | "watch">,
  handle: (events: ReadonlyArray<KeptEvent>) => Effect.Effect<void, StoreError, R>,
  size: number,
  began: Effect.Effect<void> = Effect.void
): Effect.Effect<void, PositionGone | StoreError, R> => {
  const readPatiently: FollowedLog["read"] = (after, limit) => patiently(read(after, limit))
  const end = patiently(endOfLog({ head: patiently(head), read: readPatiently }))
  return Effect.flatMap(
    Effect.tap(end, () => began),
    (after) =>
      Stream.runForEach(
        logPages({ read: readPatiently, watch }, { after, follow: true, size }),
        (page) => patiently(handle(page))
      )
  )
}
