/**
 * What comes through the Promise door is untrusted: the arguments and options of every question are
 * read by its schema here, and every bad field is named as the caller wrote it, before a store sees
 * anything. The inputs of commands are read by the engine itself.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readOptions } from "../engine/RequestOptions.ts"
import {
  type QueryName,
  type QueryOf,
  queryOperations
} from "../inventory/messages/queryOperations.ts"
import * as InvalidInput from "../kernel/InvalidInput.ts"
import { plainInput } from "./plainValues.ts"

type Read<A> = Result.Result<A, InvalidInput.InvalidInput>

const refused = (path: string, message: string): Read<never> =>
  Result.fail({ _tag: "InvalidInput", issues: [{ path, message }] })

const fieldsOf = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S
): ((input: unknown) => Read<S["Type"]>) => {
  const read = InvalidInput.reader(schema)
  return (input) => read(plainInput(input))
}

/** A reader of options, without their signal. A cursor of null is one that is left out. */
const optionsOf = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const read = fieldsOf(schema)
  return (rest: unknown): Read<S["Type"]> => {
    const { cursor, ...others } = Object(rest) as { readonly cursor?: unknown }
    return inOptions(read(cursor === null ? others : rest))
  }
}

type Fields = Readonly<Record<string, Schema.Codec<unknown, unknown>>>

const picked = (fields: Fields, names: ReadonlyArray<string>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))

/** A question as a method asks it: `given` are its arguments, `rest` the options beside them. */
export interface Question<Name extends QueryName> {
  readonly method: string
  readonly name: Name
  readonly read: (given: unknown, rest: object) => Read<QueryOf<Name>>
}

/**
 * A question whose fields are spread over the arguments and the options of a method. The options
 * are all other fields of the question, unless they are named.
 */
export const question = <Name extends QueryName>(
  name: Name,
  argumentNames: ReadonlyArray<keyof QueryOf<Name> & string>,
  about: {
    /** The name of the method; that of the question unless it is given. */
    readonly method?: string
    readonly options?: ReadonlyArray<keyof QueryOf<Name> & string>
  } = {}
): Question<Name> => {
  const fields = queryOperations[name].input.fields as Fields
  const others = Object.keys(fields).filter((field) => !argumentNames.some((it) => it === field))
  const readGiven =
    argumentNames.length === 0
      ? () => Result.succeed({})
      : fieldsOf(Schema.Struct(picked(fields, argumentNames)))
  // The signal is taken out before; here it is only known, so that a refusal lists it.
  const signal = Schema.optionalKey(Schema.Never)
  const readRest = optionsOf(Schema.Struct({ ...picked(fields, about.options ?? others), signal }))
  return {
    method: about.method ?? name,
    name,
    read: (given, rest) => both(readGiven(given), readRest(rest)) as Read<QueryOf<Name>>
  }
}

/** Reads the options of a close. */
export const readCloseOptions = optionsOf(
  Schema.Struct({
    timeout: Schema.optionalKey(
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 }))
    )
  })
)

/** An argument and the options beside it, as one input; or every bad field of both. */
const both = <A extends object, B extends object>(
  argument: Read<A>,
  options: Read<B>
): Read<A & B> => {
  const issuesOf = (read: Read<object>) => (Result.isFailure(read) ? read.failure.issues : [])
  return Result.isSuccess(argument) && Result.isSuccess(options)
    ? Result.succeed({ ...options.success, ...argument.success })
    : Result.fail({ _tag: "InvalidInput", issues: [...issuesOf(argument), ...issuesOf(options)] })
}

/** A schema without fields would take any value. */
const readNothing = (rest: unknown): Read<object> => {
  const fields = Object.keys(Object(plainInput(rest)))
  const issues = fields.map((path) => ({ path, message: InvalidInput.unknownField(["signal"]) }))
  return issues.length === 0 ? Result.succeed({}) : Result.fail({ _tag: "InvalidInput", issues })
}

/** The options of a call, apart: what the engine is told, and the signal that ends the wait. */
export interface Told<About> {
  readonly about: About
  readonly signal: AbortSignal | undefined
}

const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value

/** Names the fields of a refusal as fields of the options. */
export const ofOptions = ({ issues }: InvalidInput.InvalidInput): InvalidInput.InvalidInput => ({
  _tag: "InvalidInput",
  issues: issues.map(({ message, path }) => ({
    path: path === "" ? "options" : `options.${path}`,
    message
  }))
})

const inOptions = <A>(read: Read<A>): Read<A> => Result.mapError(read, ofOptions)

const optionsBy =
  <About>(read: (input: unknown) => Read<About>) =>
  (options: unknown): Read<Told<About>> => {
    if (typeof options !== "object" || options === null) {
      return refused("options", "must be an object")
    }
    const { signal, ...rest } = options as { readonly signal?: unknown }
    if (signal !== undefined && !isSignal(signal)) {
      return refused("options.signal", "must be an AbortSignal")
    }
    return Result.map(inOptions(read(rest)), (about) => ({ about, signal }))
  }

/** Reads the options of a command. */
export const readRequestOptions = optionsBy((options) => readOptions(plainInput(options)))
/** Reads the options of a read that takes no others. */
export const readReadOptions = optionsBy(readNothing)
/** Takes the signal out of options that a read has more of; the rest is left to be read. */
export const takeSignal = optionsBy((rest): Read<object> => Result.succeed(rest as object))
