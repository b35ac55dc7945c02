/** A clock whose time of day a test sets, while its monotonic time goes on as that of `TestClock`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The clock of the fiber, and what sets its time of day apart by so many milliseconds. */
export const settableDay = Effect.map(Clock.Clock, (usual) => {
  let apart = 0
  const clock: Clock.Clock = Object.assign(Object.create(usual), {
    currentTimeMillisUnsafe: () => usual.currentTimeMillisUnsafe() + apart,
    currentTimeNanosUnsafe: () => usual.currentTimeNanosUnsafe() + BigInt(apart) * 1_000_000n,
    currentTimeMillis: Effect.map(usual.currentTimeMillis, (millis) => millis + apart),
    currentTimeNanos: Effect.map(
      usual.currentTimeNanos,
      (nanos) => nanos + BigInt(apart) * 1_000_000n
    )
  })
  const set = (millis: number) => {
    apart = millis
  }
  return { clock, set }
})
