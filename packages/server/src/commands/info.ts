/**
 * `holdfast info`: what `serve` would run with, by the flags and variables of now, and which releases run it.
 * It opens nothing and asks nobody, and shows no secret.
 */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { answer, answeringOnce } from "../cli/answering.ts"
import { describePlace, placeOf } from "../cli/databaseSettings.ts"
import { withoutCredentials } from "../cli/log/redacting.ts"
import { flagNameOf, variableOf } from "../cli/settings.ts"
import { readOtel } from "../serving/telemetry/otelSettings.ts"
import { serveFlags } from "./serve.ts"

const secretWord = "(secret)"

/** A value as anybody may read it. */
export const shown = (value: unknown): unknown => {
  if (Redacted.isRedacted(value)) return secretWord
  if (value instanceof URL) return withoutCredentials(value.href)
  if (typeof value === "string") return withoutCredentials(value)
  if (typeof value === "bigint") return String(value)
  if (value instanceof Map) return shown(Object.fromEntries(value))
  if (Array.isArray(value) || value instanceof Set) return [...value].map(shown)
  if (typeof value === "object" && value !== null) {
    const { from, place, value: found } = value as Record<string, unknown>
    // A setting that was found somewhere, as `Found` has it.
    if (typeof place === "string" && (from === "flag" || from === "variable")) return shown(found)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(inner)]))
  }
  return value ?? null
}

/** The settings by the names of their flags: `limit-carts`, although the program calls it `carts`. */
const settingsShown = (
  input: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> => {
  const flags: Readonly<Record<string, unknown>> = serveFlags
  return Object.fromEntries(
    Object.entries(input)
      .map(([name, value]) => [flagNameOf(flags[name]) ?? name, shown(value)])
      .toSorted()
  )
}

/** Variables that are in force beside the flags; those that may hold a secret without it. */
const variablesShown = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(env)
      .filter(([name, value]) => /^(OTEL_|NODE_OPTIONS$)/.test(name) && value !== undefined)
      .map(([name, value]) => [
        name,
        /HEADERS|KEY|SECRET|PASSWORD|TOKEN/.test(name) ? secretWord : shown(value)
      ])
      .toSorted()
  )

const wordOf = (value: unknown): string => {
  if (value === null) return "-"
  return typeof value === "string" ? value : JSON.stringify(value)
}

const linesOf = (title: string, values: Readonly<Record<string, unknown>>) => {
  const width = Math.max(0, ...Object.keys(values).map(({ length }) => length))
  if (width === 0) return []
  return [
    title,
    ...Object.entries(values).map(([name, value]) => `  ${name.padEnd(width)}  ${wordOf(value)}`),
    ""
  ]
}

/** Prints what a server would run with. */
export const info = (version: string) =>
  Command.make("info", serveFlags, (input) =>
    answeringOnce(
      input,
      Effect.gen(function* () {
        const database = describePlace(yield* placeOf(input))
        const { arch, platform, version: node, versions: of } = process
        const versions = { holdfast: version, node, v8: of.v8, openssl: of.openssl }
        const about = { versions: { ...versions, platform: `${platform}-${arch}` }, database }
        const { json, ...settings } = settingsShown(input)
        const variables = variablesShown(process.env)
        const { logs, metrics, traces, warnings } = readOtel(process.env, version)
        const telemetry = Object.fromEntries(
          Object.entries({ logs, metrics, traces }).map(([name, signal]) => [
            name,
            signal === undefined ? null : shown(signal.url)
          ])
        )
        yield* answer(input, { ...about, settings, variables, telemetry, warnings }, [
          ...linesOf("versions", about.versions),
          ...linesOf("database", { place: database }),
          ...linesOf(
            `settings (each is a flag of serve, and a variable such as ${variableOf("port")}; times in ms, sizes in bytes; - is not given)`,
            settings
          ),
          ...linesOf("telemetry (where it is sent to; - is nowhere)", telemetry),
          ...linesOf("other variables", variables),
          ...warnings
        ])
      })
    )
  ).pipe(Command.withDescription("Show what serve would run with, without its secrets"))
