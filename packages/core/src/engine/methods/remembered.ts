/**
 * Something that many ask at once, such as whether a store answers, is asked once for all of them, and its
 * answer is good for a moment. What was begun goes on when the one who asked first is gone.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

/**
 * The same work, done at most once in so many milliseconds after it has ended, well or not. The time is that of
 * a clock which nobody sets.
 */
export const rememberedFor = <A, E>(
  work: Effect.Effect<A, E>,
  millis: number
): Effect.Effect<A, E> => {
  const nanos = BigInt(millis) * 1_000_000n
  let underWay: Fiber.Fiber<A, E> | undefined
  let last: { readonly exit: Exit.Exit<A, E>; readonly at: bigint } | undefined
  return Effect.withFiber((asker) => {
    if (underWay !== undefined) return Fiber.join(underWay)
    const clock = asker.getRef(Clock.Clock)
    if (last !== undefined && clock.monotonicTimeNanosUnsafe() - last.at < nanos) return last.exit
    // In one step: between the start and the note of it, another asker would begin once more.
    const fiber = Effect.runForkWith(asker.context)(work)
    underWay = fiber
    fiber.addObserver((exit) => {
      underWay = undefined
      const isAnswer = Exit.isSuccess(exit) || !Cause.hasInterruptsOnly(exit.cause)
      last = isAnswer ? { exit, at: clock.monotonicTimeNanosUnsafe() } : undefined
    })
    return Fiber.join(fiber)
  })
}
