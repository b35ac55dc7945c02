/**
 * The log: one line an event, on standard error, so that standard output is the command's answer
 * alone. JSON for machines, plain words for a terminal. A database URL that got into a message
 * loses its user and password here.
 */
import * as Cause from "effect/Cause"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { inFlags } from "./flagWords.ts"
import { oneOf, setting } from "./settings.ts"

const format = setting(
  "log-format",
  {
    metavar: "<json|pretty>",
    description: "Log lines as JSON or as words (default: words on a terminal, else JSON)",
    read: oneOf("json", "pretty")
  },
  undefined
)

const level = setting(
  "log-level",
  {
    metavar: "<level>",
    description: "Least serious lines to log: debug, info, warn, error or none (default: info)",
    read: oneOf("debug", "info", "warn", "error", "none")
  },
  "info"
)

/** The settings of the log. */
export const logFlags = { logFormat: format, logLevel: level }

/** The settings of the log, as read. */
export interface LogInput {
  readonly logFormat: "json" | "pretty" | undefined
  readonly logLevel: "debug" | "info" | "warn" | "error" | "none"
}

const levels = {
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error",
  none: "None"
} as const

/**
 * A text without the credentials of any URL in it, or of any `user:password@host` without one. The
 * words user and password themselves stand in our own examples.
 */
export const withoutCredentials = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)(?!user:password@)[^\s/"'@]*@/gi, "$1…@")
    .replace(/(?<![^\s"',])(?!user:password@)[^\s/"'@,:]+:(?!\/\/)[^\s"'@]+@/g, "…@")

/** A text for the person at the command line: it names flags, and no secret. */
export const forPeople = (text: string): string => inFlags(withoutCredentials(text))

const wordsOf = (message: unknown): string =>
  (Array.isArray(message) ? message : [message])
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
    .join(" ")

/** The messages of a failure and of what caused it, without a stack. */
const chainOf = (error: unknown): string => {
  const messages: Array<string> = []
  let current: unknown = error
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { _tag, cause, message, reason } = current as Record<string, unknown>
    const text = typeof message === "string" && message !== "" ? message : _tag
    if (typeof text === "string" && messages.at(-1) !== text) messages.push(text)
    current = typeof reason === "object" && reason !== null ? reason : cause
  }
  return messages.length === 0 ? String(error) : messages.join(": ")
}

/**
 * Why something went wrong. A failure is expected, and its messages say all there is to say. A defect
 * is a bug of ours, and comes with its stack.
 */
const why = (cause: Cause.Cause<unknown>): string | undefined => {
  if (cause.reasons.length === 0) return undefined
  if (Cause.hasInterruptsOnly(cause)) return "interrupted"
  return Cause.hasDies(cause)
    ? Cause.pretty(cause)
    : cause.reasons
        .filter(Cause.isFailReason)
        .map(({ error }) => chainOf(error))
        .join("; ")
}

const write = (line: string) => {
  process.stderr.write(`${forPeople(line)}\n`)
}

const json = Logger.make<unknown, void>(({ cause, date, fiber, logLevel, message }) => {
  const reason = why(cause)
  write(
    JSON.stringify({
      timestamp: date.toISOString(),
      level: logLevel.toUpperCase(),
      message: wordsOf(message),
      ...fiber.getRef(References.CurrentLogAnnotations),
      ...(reason === undefined ? {} : { cause: reason })
    })
  )
})

const pretty = Logger.make<unknown, void>(({ cause, date, fiber, logLevel, message }) => {
  const details = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`
  )
  const time = date.toISOString().slice(11, 19)
  const line = [time, logLevel.toUpperCase().padEnd(5), wordsOf(message), ...details].join(" ")
  const reason = why(cause)
  write(reason === undefined ? line : `${line}\n  ${reason.replaceAll("\n", "\n  ")}`)
})

/** Whether lines are JSON. By default they are not on a terminal, where a person reads them. */
export const isJson = (input: Pick<LogInput, "logFormat">): boolean =>
  (input.logFormat ?? (process.stderr.isTTY ? "pretty" : "json")) === "json"

/** The log of a command. */
export const layerLog = (input: LogInput): Layer.Layer<never> =>
  Logger.layer([isJson(input) ? json : pretty])

/** The least serious level that is logged. */
export const minimumLevel = (input: LogInput) => levels[input.logLevel]
