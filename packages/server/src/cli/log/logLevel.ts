/**
 * The least serious level that is logged, which a service may change while it runs: `SIGUSR2` turns the
 * details on, and off again.
 */
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import type * as Scope from "effect/Scope"

let current: LogLevel.LogLevel = "Info"

/** Sets the least serious level. */
export const setLogLevel = (level: LogLevel.LogLevel): void => {
  current = level
}

/** Whether lines of a level are logged now. */
export const isLogged = (level: LogLevel.LogLevel): boolean =>
  LogLevel.isGreaterThanOrEqualTo(level, current)

/** Listens to `SIGUSR2` until the scope closes: each one changes between details and none. */
export const changingLogLevel = (
  usual: LogLevel.LogLevel
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (process.platform === "win32") return
    const context = yield* Effect.context<never>()
    const quiet = usual === "Debug" ? "Info" : usual
    const listener = () => {
      const next = current === "Debug" ? quiet : "Debug"
      current = "Info"
      const said = Effect.annotateLogs(Effect.logInfo("the log level was changed"), {
        level: next.toLowerCase()
      })
      Effect.runForkWith(context)(said).addObserver(() => setLogLevel(next))
    }
    process.on("SIGUSR2", listener)
    yield* Effect.addFinalizer(() => Effect.sync(() => process.off("SIGUSR2", listener)))
  })
