/** Work under the lease of a cursor. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Cursors, Lease } from "./Cursors.ts"

/** Lengthens the lease, until it is lost or nobody knows whether it still holds. */
const keep = Effect.fnUntraced(function* (cursors: Cursors, lease: Lease, leaseMillis: number) {
  let heldUntil = (yield* Clock.currentTimeMillis) + leaseMillis
  while (true) {
    yield* Effect.sleep(leaseMillis / 3)
    const now = yield* Clock.currentTimeMillis
    if (now >= heldUntil) return
    // A store that does not answer says nothing about the lease, which holds until its time is over.
    const renewed = Option.flatten(
      yield* Effect.option(Effect.timeoutOption(cursors.renew(lease, leaseMillis), heldUntil - now))
    )
    if (Option.isNone(renewed)) continue
    if (!renewed.value) return
    heldUntil = now + leaseMillis
  }
})

/**
 * Runs work for as long as the lease holds, then gives the cursor back. When the lease is lost, the
 * work is interrupted.
 */
export const whileHeld = <A, E, R>(
  cursors: Cursors,
  lease: Lease,
  leaseMillis: number,
  work: Effect.Effect<A, E, R>
): Effect.Effect<A | void, E, R> =>
  Effect.ensuring(
    Effect.raceFirst(work, keep(cursors, lease, leaseMillis)),
    Effect.ignore(cursors.release(lease))
  )
