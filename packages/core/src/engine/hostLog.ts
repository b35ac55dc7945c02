/** The log of a host that knows no Effect, as a logger of Effect. */
import * as Cause from "effect/Cause"
import * as Logger from "effect/Logger"

/** Something that a host may want to know. */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  /** What went wrong, as text; undefined when nothing did. */
  readonly cause: string | undefined
}

const levels: Readonly<Record<string, LogEntry["level"]>> = {
  Fatal: "error",
  Error: "error",
  Warn: "warn",
  Info: "info"
}

/** A logger that hands each entry to the host. */
export const loggerTo = (log: (entry: LogEntry) => void): Logger.Logger<unknown, void> =>
  Logger.make(({ cause, logLevel, message }) =>
    log({
      level: levels[logLevel] ?? "debug",
      message: (Array.isArray(message) ? message : [message]).map(String).join(" "),
      cause: cause.reasons.length === 0 ? undefined : Cause.pretty(cause)
    })
  )
