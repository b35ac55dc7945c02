/** The time by a clock that nobody sets, of which every wait, lease and age is reckoned. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds since some instant. The clock of the day is no such clock, nor are its nanoseconds. */
export const steadyMillis = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** The same, by the clock of the fiber. */
export const steadyMillisNow: Effect.Effect<number> = Effect.map(Clock.Clock, steadyMillis)
