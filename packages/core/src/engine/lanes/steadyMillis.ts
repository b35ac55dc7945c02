import type * as Clock from "effect/Clock"

/** Milliseconds since some instant, by a clock that nobody sets: for how long something takes or waits. */
export const steadyMillis = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / 1e6
