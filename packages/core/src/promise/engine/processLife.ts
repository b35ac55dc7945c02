/**
 * What holds a process of Node.js alive, and what does not. An open door alone does not: a script
 * that forgets to close it ends by itself. A call that is under way does, since its caller waits
 * for the answer. On other platforms timers do not hold the process, and all of this has no effect.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The longest time that a timer can wait. */
const timerMillisMax = 2_147_483_647

/** Holds the process alive until the answer is called. */
export const holdProcess = (): (() => void) => {
  const timer = setInterval(() => undefined, timerMillisMax)
  return () => clearInterval(timer)
}

/** Holds the process alive until the promise ends. */
export const whileHeld = async <A>(promise: Promise<A>): Promise<A> => {
  const letEnd = holdProcess()
  try {
    return await promise
  } finally {
    letEnd()
  }
}

const letProcessEnd = (timer: unknown): void => {
  ;(timer as { readonly unref?: () => void }).unref?.()
}

const sleep = (millis: number): Effect.Effect<void> => {
  if (millis <= 0) return Effect.yieldNow
  if (!Number.isFinite(millis)) return Effect.never
  return Effect.callback((resume) => {
    const rest = millis - timerMillisMax
    const timer = setTimeout(
      () => resume(rest > 0 ? sleep(rest) : Effect.void),
      Math.min(millis, timerMillisMax)
    )
    letProcessEnd(timer)
    return Effect.sync(() => clearTimeout(timer))
  })
}

/** The usual clock, but a fiber that sleeps by it does not hold the process alive. */
export const layerIdleClock: Layer.Layer<never> = Layer.effectContext(
  Effect.map(Clock.Clock, (clock) => {
    const idle: Clock.Clock = Object.assign(Object.create(clock), {
      sleep: (duration: Duration.Duration) => sleep(Duration.toMillis(duration))
    })
    return Context.make(Clock.Clock, idle)
  })
)
