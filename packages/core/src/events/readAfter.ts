/** Reading on in a log after an event that was read before, and noticing when it is not there now. */
import * as Effect from "effect/Effect"
import type { EventId } from "../kernel/Identifier.ts"

/** The last event that was read: the witness that the log is still the same. */
export interface Witness {
  readonly position: number
  readonly eventId: EventId
}

/** Whether nothing but the witness itself, and what was before it, has been dropped. */
const isGoneUpTo = (error: { readonly _tag: string }, position: number): boolean =>
  error._tag === "PositionGone" && "horizon" in error && error.horizon === position

/**
 * The events after a witness, at most `limit`; undefined when another event, or none, is in its place.
 * They are read together with the witness, so that events of a log that was restored in between are
 * never taken for the ones that follow it.
 */
export const readAfter = <A, E extends { readonly _tag: string }>(
  read: (after: number, limit: number) => Effect.Effect<ReadonlyArray<A>, E>,
  { eventId, position }: Witness,
  limit: number,
  witnessOf: (event: A) => Witness
): Effect.Effect<ReadonlyArray<A> | undefined, E> =>
  Effect.matchEffect(read(position - 1, limit + 1), {
    onSuccess: ([first, ...page]) => {
      const found = first === undefined ? undefined : witnessOf(first)
      const isSame = found?.position === position && found.eventId === eventId
      return Effect.succeed(isSame ? page : undefined)
    },
    onFailure: (error) => (isGoneUpTo(error, position) ? read(position, limit) : Effect.fail(error))
  })
