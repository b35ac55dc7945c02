/** Work that should not be cut off in the middle. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/**
 * Runs work that gets some time to end by itself when its caller is interrupted. What was published
 * a moment before a stop is then written down, and is not published again.
 */
export const withGrace = <A, E, R>(
  work: Effect.Effect<A, E, R>,
  millis: number
): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Effect.forkDetach(Effect.interruptible(work), { startImmediately: true }),
      (fiber) =>
        Effect.onInterrupt(restore(Fiber.join(fiber)), () =>
          Effect.andThen(Effect.timeoutOption(Fiber.await(fiber), millis), Fiber.interrupt(fiber))
        )
    )
  )
