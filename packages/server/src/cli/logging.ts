/**
 * The log: one line an event, on standard error, so that standard output is the command's answer
 * alone. JSON for machines, of our own or of the Elastic Common Schema, and words for a terminal. A
 * database URL that got into a message loses its user and password on its way.
 */
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { type LogForm, writerOf } from "./log/logForms.ts"
import { isLogged, setLogLevel } from "./log/logLevel.ts"
import { logLineOf } from "./log/logLines.ts"
import { type LogOutput, logOutputTo } from "./log/logOutput.ts"
import { thisService } from "./log/service.ts"
import { oneOf, setting } from "./settings.ts"

const format = setting(
  "log-format",
  {
    metavar: "<json|ecs|pretty>",
    description:
      "Log lines as JSON, as JSON of the Elastic Common Schema, or as words (default: words on a terminal, else JSON)",
    read: oneOf("json", "ecs", "pretty")
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
  readonly logFormat: LogForm | undefined
  readonly logLevel: "debug" | "info" | "warn" | "error" | "none"
}

const levels = {
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error",
  none: "None"
} as const

const formOf = ({ logFormat }: Pick<LogInput, "logFormat">): LogForm =>
  logFormat ?? (process.stderr.isTTY ? "pretty" : "json")

/** Whether lines are for machines. By default they are not on a terminal, where a person reads them. */
export const isJson = (input: Pick<LogInput, "logFormat">): boolean => formOf(input) !== "pretty"

/** One output for the process, however many commands it runs. */
let output: LogOutput | undefined

/** The log of a command. */
export const layerLog = (input: LogInput): Layer.Layer<never> => {
  const write = writerOf(formOf(input), thisService())
  setLogLevel(minimumLevel(input))
  const told = (dropped: number) =>
    write({
      ...{
        date: new Date(),
        level: "warn",
        message: "lines of log were dropped, since nobody read them"
      },
      ...{ cause: undefined, traceId: undefined, spanId: undefined, details: { dropped } }
    })
  const to = (output ??= logOutputTo(process.stderr, told))
  return Logger.layer([
    Logger.make<unknown, void>((line) => {
      if (isLogged(line.logLevel)) to.write(write(logLineOf(line)))
    })
  ])
}

/** The least serious level that is logged. */
export const minimumLevel = (input: LogInput) => levels[input.logLevel]
