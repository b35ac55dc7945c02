/**
 * How a question is spread over the arguments and the options of a method. Both are read by the
 * schema of the question, and every bad field is named as the caller wrote it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { fieldsOf, inOptions, type Read } from "./readOptions.ts"

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

/** How the question of one method is read: `given` are its arguments, `rest` the options beside them. */
export type ReadQuestion<Query> = (given: unknown, rest: object) => Read<Query>

/**
 * Reads a question whose fields are spread over the arguments and the options of a method. The
 * options are all other fields of the question, unless they are named.
 */
export const questionReader = <Query>(
  fields: object,
  argumentNames: ReadonlyArray<string>,
  optionNames?: ReadonlyArray<string>
): ReadQuestion<Query> => {
  const known = fields as Fields
  const others = Object.keys(known).filter((field) => !argumentNames.includes(field))
  const readGiven =
    argumentNames.length === 0
      ? () => Result.succeed({})
      : fieldsOf(Schema.Struct(picked(known, argumentNames)))
  // These have been taken out before. They are named here so that a refusal lists them as known.
  const taken = {
    signal: Schema.optionalKey(Schema.Never),
    minVersions: Schema.optionalKey(Schema.Never)
  }
  const readRest = optionsOf(Schema.Struct({ ...picked(known, optionNames ?? others), ...taken }))
  return (given, rest) => both(readGiven(given), readRest(rest)) as Read<Query>
}

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
