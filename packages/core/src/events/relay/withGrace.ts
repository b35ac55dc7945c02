/** Work that should not be cut off in the middle. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"

/** Says to work that it may begin nothing more. */
export class StopSignal {
  private readonly latch = Latch.makeUnsafe(false)
  isGiven = false

  readonly give: Effect.Effect<void> = Effect.sync(() => {
    this.isGiven = true
    this.latch.openUnsafe()
  })

  /** Waits for the signal. */
  readonly given: Effect.Effect<void> = this.latch.await
}

/**
 * Runs work that gets some time to end by itself when its caller is interrupted. The signal is given
 * first, so that the work begins nothing more. What was published a moment before a stop is then written down,
 * and is not published again.
 */
export const withGrace = <A, E, R>(
  work: Effect.Effect<A, E, R>,
  stop: StopSignal,
  millis: number
): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Effect.forkDetach(Effect.interruptible(work), { startImmediately: true }),
      (fiber) =>
        Effect.onInterrupt(restore(Fiber.join(fiber)), () =>
          stop.give.pipe(
            Effect.andThen(Effect.timeoutOption(Fiber.await(fiber), millis)),
            Effect.andThen(Effect.sync(() => fiber.interruptUnsafe()))
          )
        )
    )
  )

/**
 * Waits for an effect, for so long at most, and then lets it go on by itself. A store that does not
 * answer cannot be interrupted.
 */
export const awaitAtMost = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  millis: number
): Effect.Effect<A | undefined, E, R> =>
  Effect.contextWith((context: Context.Context<R>) =>
    Effect.flatMap(Effect.forkDetach(effect, { startImmediately: true }), (fiber) =>
      Effect.callback<A | undefined, E>((resume) => {
        const timer = Effect.runForkWith(context)(Effect.sleep(millis))
        const removeTimer = timer.addObserver((exit) => {
          if (Exit.isSuccess(exit)) resume(Effect.succeed(undefined))
        })
        const removeWork = fiber.addObserver((exit) => {
          removeTimer()
          timer.interruptUnsafe()
          resume(exit)
        })
        return Effect.sync(() => {
          removeWork()
          timer.interruptUnsafe()
        })
      })
    )
  )
