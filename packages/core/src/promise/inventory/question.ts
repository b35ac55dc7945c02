/**
 * How a question of the inventory is spread over the arguments and the options of a method. Both are
 * read by the schema of the question, and every bad field is named as the caller wrote it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type QueryName,
  type QueryOf,
  queryOperations
} from "../../inventory/messages/queryOperations.ts"
import { fieldsOf, inOptions, type Read } from "../engine/readOptions.ts"

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
  // The signal has been taken out before. It is named here so that a refusal lists it as known.
  const signal = Schema.optionalKey(Schema.Never)
  const readRest = optionsOf(Schema.Struct({ ...picked(fields, about.options ?? others), signal }))
  return {
    method: about.method ?? name,
    name,
    read: (given, rest) => both(readGiven(given), readRest(rest)) as Read<QueryOf<Name>>
  }
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
