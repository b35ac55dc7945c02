/** Work under the lease of a cursor. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { steadyMillisNow } from "../../metrics/steadyMillis.ts"
import type { Cursors, Lease } from "../Cursors.ts"
import { awaitAtMost } from "./withGrace.ts"

/** How long giving a cursor back may take; its lease then runs out by itself. */
const releaseMillisMax = 1_000

/**
 * Lengthens a lease that was asked for at an instant, until it is lost or nobody knows whether it
 * still holds.
 */
const keep = Effect.fnUntraced(function* (
  cursors: Cursors,
  lease: Lease,
  leaseMillis: number,
  askedAt: number
) {
  let heldUntil = askedAt + leaseMillis
  while (true) {
    const before = yield* steadyMillisNow
    yield* Effect.sleep(Math.min(leaseMillis / 3, Math.max(0, heldUntil - before)))
    const now = yield* steadyMillisNow
    if (now >= heldUntil) return
    // A store that does not answer says nothing about the lease, which holds until its time is over.
    const renewal = Effect.orElseSucceed(cursors.renew(lease, leaseMillis), () => undefined)
    const isRenewed = yield* awaitAtMost(renewal, heldUntil - now)
    if (isRenewed === false) return
    if (isRenewed === true) heldUntil = now + leaseMillis
  }
})

const giveBack = (cursors: Cursors, lease: Lease) =>
  Effect.ignore(awaitAtMost(cursors.release(lease), releaseMillisMax))

/**
 * Takes a cursor and runs work for as long as the lease holds, then gives the cursor back. When the
 * lease is lost, the work is interrupted. Without a lease, `otherwise` runs.
 */
export const whileLeased = <A, B, E, F, R, S>(
  cursors: Cursors,
  take: Effect.Effect<Lease | null, F>,
  leaseMillis: number,
  work: (lease: Lease) => Effect.Effect<A, E, R>,
  otherwise: Effect.Effect<B, never, S>
): Effect.Effect<A | B | void, E | F, R | S> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const askedAt = yield* steadyMillisNow
      const taking = yield* Effect.forkDetach(take, { startImmediately: true })
      // A cursor that is taken while nobody waits for it any more is given back.
      const lease = yield* Effect.onInterrupt(restore(Fiber.join(taking)), () =>
        Effect.ignore(
          awaitAtMost(
            Effect.flatMap(Fiber.join(taking), (late) =>
              late === null ? Effect.void : giveBack(cursors, late)
            ),
            releaseMillisMax
          )
        )
      )
      if (lease === null) return yield* restore(otherwise)
      return yield* Effect.ensuring(
        restore(Effect.raceFirst(work(lease), keep(cursors, lease, leaseMillis, askedAt))),
        giveBack(cursors, lease)
      )
    })
  )
