/**
 * The signals that ask a process to end. The first one asks, and what runs is wound up in good
 * order; a second one ends the process at once.
 */
import { constants } from "node:os"
import * as Effect from "effect/Effect"

/** The signals that are listened to. */
export type StopSignal = "SIGINT" | "SIGTERM"

const signals: ReadonlyArray<StopSignal> = ["SIGINT", "SIGTERM"]

/** The exit code that shells give to a process which a signal ended. */
export const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal]

/** Waits for the first signal. From then on, the next one ends the process at once. */
export const stopSignal: Effect.Effect<StopSignal> = Effect.callback((resume) => {
  const listeners = signals.map((signal) => {
    const listener = () => {
      for (const [name, other] of listeners) process.removeListener(name, other)
      for (const name of signals) process.once(name, () => process.exit(exitCodeOf(name)))
      resume(Effect.succeed(signal))
    }
    process.on(signal, listener)
    return [signal, listener] as const
  })
  return Effect.sync(() => {
    for (const [signal, listener] of listeners) process.removeListener(signal, listener)
  })
})
