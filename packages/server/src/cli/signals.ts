/**
 * The signals that ask a process to end. The first one lets running work finish in good order. A
 * later one ends the process at once, unless somebody waits for it.
 */
import { constants } from "node:os"
import * as Effect from "effect/Effect"

/** The signals that are listened to. */
export type StopSignal = "SIGINT" | "SIGTERM"

const signals: ReadonlyArray<StopSignal> = ["SIGINT", "SIGTERM"]

/** The exit code that shells give to a process which a signal ended. */
export const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal]

const endAtOnce = (signal: NodeJS.Signals): void => {
  process.exit(exitCodeOf(signal as StopSignal))
}

const listenWith = (listener: NodeJS.SignalsListener): void => {
  for (const signal of signals) process.on(signal, listener)
}

const unlisten = (listener: NodeJS.SignalsListener): void => {
  for (const signal of signals) process.removeListener(signal, listener)
}

let hasHeard = false

/** Waits for a signal. After the first, another ends the process at once unless it is awaited. */
export const stopSignal: Effect.Effect<StopSignal> = Effect.callback((resume) => {
  const leave = () => {
    unlisten(listener)
    if (hasHeard) listenWith(endAtOnce)
  }
  const listener = (signal: NodeJS.Signals) => {
    hasHeard = true
    leave()
    resume(Effect.succeed(signal as StopSignal))
  }
  unlisten(endAtOnce)
  listenWith(listener)
  return Effect.sync(leave)
})
