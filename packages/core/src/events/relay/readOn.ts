/** Reading on in a log, and noticing when it is not the log that was read before. */
import * as Effect from "effect/Effect"
import type { EventId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type Lease, LogRestored } from "../Cursors.ts"
import type { FollowedLog, KeptEvent } from "../EventLog.ts"
import type { PositionGone } from "../PositionGone.ts"
import { readAfter, type Witness } from "../readAfter.ts"
import type { Troubles } from "./Troubles.ts"

/** The events after a witness, at most `limit`. */
const readOn = (
  log: FollowedLog,
  cursor: string,
  witness: Witness,
  limit: number
): Effect.Effect<ReadonlyArray<KeptEvent>, StoreError | PositionGone | LogRestored> =>
  Effect.flatMap(
    readAfter(log.read, witness, limit, (event) => event),
    (page) =>
      page === undefined
        ? Effect.flatMap(log.head, (head) =>
            Effect.fail(new LogRestored({ cursor, position: witness.position, head }))
          )
        : Effect.succeed(page)
  )

const isRestored = (error: { readonly _tag: string }): error is LogRestored =>
  error._tag === "LogRestored"

/** What one relay has published, as a witness that the log is still the same. */
export const makePublished = (log: FollowedLog, cursor: string) => {
  let last: Witness | undefined
  // An event that was dropped meanwhile says nothing.
  const stillThere = Effect.suspend(() =>
    last === undefined
      ? Effect.void
      : Effect.catchTag(readOn(log, cursor, last, 1), "PositionGone", () => Effect.void)
  )
  return {
    note: (event: KeptEvent): void => {
      last = event
    },
    /**
     * Takes the cursor. Where somebody has noticed a restore already, a person decides how the cursor goes
     * on, and what this relay has seen before says nothing about the log from then on.
     */
    taking: <A, E extends { readonly _tag: string }>(take: Effect.Effect<A, E>) =>
      Effect.tapError(take, (error) =>
        Effect.sync(() => {
          if (isRestored(error)) last = undefined
        })
      ),
    /**
     * Runs work under a lease as long as the log is the one that was read before. When it is not,
     * the cursor is given back for a person to look at.
     */
    guard: <A, E extends { readonly _tag: string }>(
      lease: Lease,
      work: Effect.Effect<A, E | LogRestored>
    ) =>
      Effect.tapError(Effect.andThen(stillThere, work), (error) =>
        isRestored(error)
          ? // A lease of before the restore suspends nothing: the next one notices it again.
            Effect.map(log.cursors.suspend(lease, error.position), (isSuspended) => {
              if (isSuspended) last = undefined
            })
          : Effect.void
      )
  }
}

/** Reads the next events of a log after a place in it, as soon as there are any. */
export const pagesOf = (
  log: FollowedLog,
  troubles: Troubles,
  about: { readonly cursor: string; readonly eventsMax: number; readonly pollMillis: number }
) =>
  Effect.fnUntraced(function* (
    after: { readonly position: number; readonly eventId: EventId | null },
    appended: Effect.Effect<void>
  ) {
    const { cursor, eventsMax, pollMillis } = about
    const { eventId, position } = after
    const read =
      eventId === null
        ? log.read(position, eventsMax)
        : readOn(log, cursor, { position, eventId }, eventsMax)
    while (true) {
      const page = yield* read
      yield* troubles.end("log")
      if (page.length > 0) return page
      yield* Effect.timeoutOption(appended, pollMillis)
    }
  })
