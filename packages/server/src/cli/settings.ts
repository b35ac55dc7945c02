/**
 * Settings: each is a flag of the command and a `HOLDFAST_*` variable, read by one and the same
 * reader, and the flag wins. A secret may also stand in a file that a third variable names. An empty
 * variable counts as none, unless it is a secret. A value that cannot be read is a usage error that
 * names where it came from; a secret is never repeated.
 */
import * as Config from "effect/Config"
import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { textIn } from "./fileTexts.ts"

/** Reads a value, or says what it must be. */
export type Reader<A> = (text: string) => { readonly value: A } | { readonly mustBe: string }

/** What a setting is called, what it says in the help, and how its text is read. */
export interface SettingOptions<A> {
  readonly metavar: string
  readonly description: string
  readonly read: Reader<A>
}

/** Where a value was found. A flag wins over a variable. */
export interface Found<A> {
  readonly value: A
  readonly from: "flag" | "variable"
  /** The flag, or the variable; of a secret in a file also the file. */
  readonly place: string
}

/** The variable of a flag: `--max-connections` is `HOLDFAST_MAX_CONNECTIONS`. */
export const variableOf = (flag: string): string =>
  `HOLDFAST_${flag.toUpperCase().replaceAll("-", "_")}`

/** A flag as messages name it: `--tls-key (or HOLDFAST_TLS_KEY)`. */
export const namedFlag = (flag: string): string => `--${flag} (or ${variableOf(flag)})`

/** The variable of a file that holds a secret: `--database` is in `HOLDFAST_DATABASE_FILE`. */
export const fileVariableOf = (flag: string): string => `${variableOf(flag)}_FILE`

const usageError = (message: string) =>
  Effect.fail(new CliError.UserError({ cause: message, userMessage: message }))

const fromVariable = (name: string): Effect.Effect<string | undefined> =>
  Effect.map(
    Effect.orElseSucceed(Config.option(Config.String(name)), () => Option.none<string>()),
    (text) => Option.getOrUndefined(Option.filter(text, (value) => value !== ""))
  )

const read = <A>(reader: Reader<A>, place: string, text: string, isSecret = false) => {
  const result = reader(text)
  return "value" in result
    ? Effect.succeed(result.value)
    : usageError(
        `${place} must be ${result.mustBe}${isSecret ? "" : `, not ${JSON.stringify(text)}`}`
      )
}

/** A setting that may be missing, with the place where it was found. */
export const found = <A>(
  name: string,
  options: SettingOptions<A>
): Flag.Flag<Found<A> | undefined> =>
  Flag.String(name).pipe(
    Flag.withMetavar(options.metavar),
    Flag.withDescription(`${options.description} [${variableOf(name)}]`),
    Flag.optional,
    Flag.mapEffect((flag) =>
      Effect.gen(function* () {
        if (Option.isSome(flag)) {
          const value = yield* read(options.read, `--${name}`, flag.value)
          return { value, from: "flag" as const, place: `--${name}` }
        }
        const place = variableOf(name)
        const text = yield* fromVariable(place)
        if (text === undefined) return undefined
        const value = yield* read(options.read, place, text)
        return { value, from: "variable" as const, place }
      })
    )
  )

/** A setting with a default. */
export const setting = <A, const B>(
  name: string,
  options: SettingOptions<A>,
  whenMissing: B
): Flag.Flag<A | B> =>
  Flag.map(found(name, options), (value) => (value === undefined ? whenMissing : value.value))

/** What a flag is called on the command line, such as `limit-carts`; undefined for what is no flag. */
export const flagNameOf = (flag: unknown): string | undefined => {
  if (typeof flag !== "object" || flag === null) return undefined
  const { _tag, name, param } = flag as Record<string, unknown>
  return _tag === "Single" && typeof name === "string" ? name : flagNameOf(param)
}

/** A setting that must be given. */
export const required = <A>(name: string, options: SettingOptions<A>): Flag.Flag<A> =>
  Flag.mapEffect(found(name, options), (value) =>
    value === undefined
      ? usageError(`--${name} is missing; give --${name} ${options.metavar}`)
      : Effect.succeed(value.value)
  )

/** A secret in a file, as its own variable names it; undefined without that variable. */
const fromFile = (
  name: string
): Effect.Effect<
  { readonly value: string; readonly place: string } | undefined,
  CliError.UserError
> =>
  Effect.gen(function* () {
    const variable = fileVariableOf(name)
    const file = yield* fromVariable(variable)
    if (file === undefined) return undefined
    const text = yield* Effect.catch(textIn(file), (why) =>
      usageError(`${variable} names ${file}, which cannot be read: ${why}`)
    )
    // Editors and `echo` end a file with a line break; no secret ends with one.
    const value = text.replace(/(\r?\n)+$/, "")
    if (value === "") return yield* usageError(`${variable} names ${file}, which is empty`)
    return { value, place: `${variable} names ${file}` }
  })

/**
 * A secret that may be missing. Nothing prints it. An empty variable counts as found, so that a
 * forgotten value does not silently select another database. Given twice by variables, as itself and
 * as a file, it is refused.
 */
export const secret = (
  name: string,
  options: Omit<SettingOptions<string>, "read">
): Flag.Flag<Found<Redacted.Redacted> | undefined> =>
  Flag.Redacted(name).pipe(
    Flag.withMetavar(options.metavar),
    Flag.withDescription(
      `${options.description} [${variableOf(name)}] or a file [${fileVariableOf(name)}]`
    ),
    Flag.optional,
    Flag.mapEffect((flag) =>
      Effect.gen(function* () {
        if (Option.isSome(flag)) {
          return { value: flag.value, from: "flag" as const, place: `--${name}` }
        }
        const variable = variableOf(name)
        const text =
          (yield* fromVariable(variable)) ?? (process.env[variable] === "" ? "" : undefined)
        const inFile = yield* fromFile(name)
        if ((text ?? "") !== "" && inFile !== undefined) {
          return yield* usageError(
            `${variable} and ${fileVariableOf(name)} are both set; which one is meant?`
          )
        }
        const { place = variable, value = text } = inFile ?? {}
        if (value === undefined) return undefined
        return { value: Redacted.make(value), from: "variable" as const, place }
      })
    )
  )

const truths: { readonly [text: string]: boolean } = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false
}

const readBoolean: Reader<boolean> = (text) => {
  const value = truths[text.toLowerCase()]
  return value === undefined ? { mustBe: "true or false" } : { value }
}

/** A switch: `--name`, `--no-name`, or the variable with true or false. */
export const toggle = (
  name: string,
  description: string,
  whenMissing: boolean
): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(
    Flag.withDescription(`${description} [${variableOf(name)}]`),
    Flag.optional,
    Flag.mapEffect((flag) =>
      Effect.gen(function* () {
        if (Option.isSome(flag)) return flag.value
        const text = yield* fromVariable(variableOf(name))
        return text === undefined ? whenMissing : yield* read(readBoolean, variableOf(name), text)
      })
    )
  )

/** Reads a whole number within bounds. */
export const wholeNumber =
  (minimum: number, maximum: number): Reader<number> =>
  (text) => {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= minimum && value <= maximum
      ? { value }
      : { mustBe: `a whole number from ${minimum} to ${maximum}` }
  }

/** Reads one of a few words. */
export const oneOf =
  <const Words extends ReadonlyArray<string>>(...words: Words): Reader<Words[number]> =>
  (text) =>
    words.includes(text) ? { value: text } : { mustBe: `one of ${words.join(", ")}` }

/** Reads any text. */
export const anyText: Reader<string> = (text) => ({ value: text })

/** Reads what a schema takes, of a text or of values that are separated by commas. */
export const readBy =
  <A>(schema: Schema.Codec<A, unknown>, mustBe: string): Reader<A> =>
  (text) => {
    const parts = text.split(",").map((part) => part.trim())
    const value = Schema.decodeUnknownOption(schema)(text)
    const list = Option.isSome(value) ? value : Schema.decodeUnknownOption(schema)(parts)
    return Option.isSome(list) ? { value: list.value } : { mustBe }
  }

const scales: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Reads a length of time such as `500ms`, `30s` or `2m`, within bounds; answers milliseconds. */
export const durationMillis =
  (minimum: string, maximum: string): Reader<number> =>
  (text) => {
    const value = millisOf(text)
    return value !== undefined &&
      value >= (millisOf(minimum) ?? 0) &&
      value <= (millisOf(maximum) ?? Number.POSITIVE_INFINITY)
      ? { value }
      : { mustBe: `a length of time from ${minimum} to ${maximum}, such as 500ms, 30s or 2m` }
  }

const millisOf = (text: string): number | undefined => {
  const [, count, unit = ""] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (scales[unit] ?? Number.NaN)
}

/** Reads a count of days or months such as `90d` or `24months`, within bounds. */
export const span =
  (unit: "d" | "months", minimum: number, maximum: number): Reader<number> =>
  (text) => {
    const [, count] = new RegExp(`^(\\d{1,9})${unit}$`).exec(text) ?? []
    const value = Number(count)
    return value >= minimum && value <= maximum
      ? { value }
      : { mustBe: `from ${minimum}${unit} to ${maximum}${unit}` }
  }

const sizes: { readonly [unit: string]: number } = { B: 1, KiB: 1_024, MiB: 1_048_576 }

/** Reads a size such as `64KiB` or `1MiB`, at most 64 MiB; answers bytes. */
export const byteSize: Reader<number> = (text) => {
  const [, count, unit = "B"] = /^(\d{1,9})(B|KiB|MiB)?$/.exec(text) ?? []
  const value = Number(count) * (sizes[unit] ?? Number.NaN)
  return value >= 1_024 && value <= 67_108_864
    ? { value }
    : { mustBe: "a size from 1KiB to 64MiB, such as 64KiB or 1MiB" }
}
