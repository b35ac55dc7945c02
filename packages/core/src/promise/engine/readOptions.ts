/**
 * What comes through a Promise door is untrusted: the options of every call are read by their
 * schemas here, and every bad field is named as the caller wrote it, before a store sees anything.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { MinVersions } from "../../caching/MinVersions.ts"
import { RequestOptions } from "../../engine/RequestOptions.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import { plainInput } from "./plainValues.ts"

/** An input that was read, or every bad field of it. */
export type Read<A> = Result.Result<A, InvalidInput.InvalidInput>

const refused = (path: string, message: string): Read<never> =>
  Result.fail({ _tag: "InvalidInput", issues: [{ path, message }] })

/** A reader of plain values. */
export const fieldsOf = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S
): ((input: unknown) => Read<S["Type"]>) => {
  const read = InvalidInput.reader(schema)
  return (input) => read(plainInput(input))
}

/** Names the fields of a refusal as fields of the options. */
export const ofOptions = ({ issues }: InvalidInput.InvalidInput): InvalidInput.InvalidInput => ({
  _tag: "InvalidInput",
  issues: issues.map(({ message, path }) => ({
    path: path === "" ? "options" : `options.${path}`,
    message
  }))
})

/** What was read as options. */
export const inOptions = <A>(read: Read<A>): Read<A> => Result.mapError(read, ofOptions)

const closeOptions = fieldsOf(
  Schema.Struct({
    timeout: Schema.optionalKey(
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 }))
    )
  })
)

/** Reads the options of a close. */
export const readCloseOptions = (options: unknown) => inOptions(closeOptions(options))

/** A schema without fields would take any value. */
const readNothing = (rest: unknown): Read<object> => {
  const fields = Object.keys(Object(plainInput(rest)))
  const issues = fields.map((path) => ({ path, message: InvalidInput.unknownField(["signal"]) }))
  return issues.length === 0 ? Result.succeed({}) : Result.fail({ _tag: "InvalidInput", issues })
}

/**
 * The options of a call: those for the engine (`about`), the signal that ends the wait, and the versions
 * that the answer must have at least.
 */
export interface CallOptions<About> {
  readonly about: About
  readonly signal: AbortSignal | undefined
  readonly minVersions?: MinVersions | undefined
}

const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value

const optionsBy =
  <About>(read: (input: unknown) => Read<About>) =>
  (options: unknown): Read<CallOptions<About>> => {
    if (typeof options !== "object" || options === null) {
      return refused("options", "must be an object")
    }
    const { signal, ...rest } = options as { readonly signal?: unknown }
    if (signal !== undefined && !isSignal(signal)) {
      return refused("options.signal", "must be an AbortSignal")
    }
    return Result.map(inOptions(read(rest)), (about) => ({ about, signal }))
  }

// The signal has been taken out before. It is named here so that a refusal lists it as known.
const requestOptions = Schema.Struct({
  ...RequestOptions.fields,
  signal: Schema.optionalKey(Schema.Never)
})
/** Reads the options of a command. */
export const readRequestOptions = optionsBy(fieldsOf(requestOptions))
/** Reads the options of a read that takes no others. */
export const readReadOptions = optionsBy(readNothing)
/** Takes the signal out of the options of a read that has others. The rest is read later. */
export const takeSignal = optionsBy((rest): Read<object> => Result.succeed(rest as object))

const versionName = /^(?:sku|product|category|location):[^]{1,255}$/u

const namedVersions = fieldsOf(
  Schema.Struct({
    minVersions: Schema.optionalKey(
      Schema.Record(
        Schema.String.check(
          Schema.isPattern(versionName, {
            message: "must be sku:ID, product:ID, category:ID or location:ID"
          })
        ),
        Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
      )
    )
  })
)

/** Takes what every question may have out of its options: the signal, and the versions it demands. */
export const takeDemands = (options: unknown): Read<CallOptions<object>> =>
  Result.flatMap(takeSignal(options), ({ about, signal }) => {
    const { minVersions: given, ...rest } = about as { readonly minVersions?: unknown }
    if (given === undefined) return Result.succeed({ about: rest, signal })
    return Result.map(inOptions(namedVersions({ minVersions: given })), ({ minVersions = {} }) => ({
      about: rest,
      signal,
      minVersions: new Map(Object.entries(minVersions))
    }))
  })
