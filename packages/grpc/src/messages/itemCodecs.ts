/** Both ways between the values of single fields, and those of JSON. What cannot be read is given on as it cannot be: the schema then names the field. */
import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  ScalarType,
  toJson
} from "@bufbuild/protobuf"
import {
  type Timestamp,
  TimestampSchema,
  timestampDate,
  timestampFromDate,
  type Value,
  ValueSchema
} from "@bufbuild/protobuf/wkt"
import type * as SchemaAST from "effect/SchemaAST"

type AST = SchemaAST.AST

/** Both ways for one item: of a field, a list or a map. */
export interface ItemCodec {
  readonly from: (value: unknown) => unknown
  readonly to: (value: unknown) => unknown
}

/** What is the same on both sides. */
export const same: ItemCodec = { from: (value) => value, to: (value) => value }

/** Whole numbers: what JavaScript cannot count exactly stays out of the bounds of every schema. */
const integer: ItemCodec = { from: Number, to: (value) => BigInt(value as number) }

const instant: ItemCodec = {
  from: (value) => {
    const date = timestampDate(value as Timestamp)
    return Number.isNaN(date.getTime()) ? "no instant" : date.toISOString()
  },
  to: (value) => timestampFromDate(new Date(value as string))
}

const anyValue: ItemCodec = {
  from: (value) => {
    const { kind } = value as Value
    if (kind.case === "numberValue") return kind.value
    try {
      return toJson(ValueSchema, value as Value)
    } catch {
      return undefined
    }
  },
  to: (value) => fromJson(ValueSchema, value as JsonValue)
}

/** A refusal within an answer: its name, and its details as REST sends them. */
export const refusalCodec = (desc: DescMessage): ItemCodec => ({
  from: (value) => {
    const { details, reason } = value as { readonly reason: string; readonly details?: JsonObject }
    return { ...details, _tag: reason }
  },
  to: (value) => {
    const { _tag: reason, ...details } = value as { readonly [name: string]: unknown }
    return create(desc, { reason, details } as { [name: string]: unknown })
  }
})

interface Check {
  readonly annotations?: { readonly representation?: { readonly id?: string } } | undefined
  readonly checks?: ReadonlyArray<Check>
}

const isWhole = ({ annotations, checks = [] }: Check): boolean =>
  annotations?.representation?.id === "effect/schema/isInt" || checks.some(isWhole)

/** What a schema takes, in the words of messages. */
const kindOf = (type: AST): string => {
  switch (type._tag) {
    case "String":
    case "Literal":
      return "string"
    case "Boolean":
      return "bool"
    case "Number":
      return ((type.checks ?? []) as ReadonlyArray<Check>).some(isWhole) ? "int64" : "double"
    case "Declaration":
      return (type as Check).annotations?.representation?.id === "effect/schema/DateTimeUtc"
        ? TimestampSchema.typeName
        : "something else"
    case "Objects":
      return type.indexSignatures.length > 0 ? "google.protobuf.Struct" : "a message"
    case "Unknown":
      return "anything"
    default:
      return type._tag
  }
}

const scalars = new Map<ScalarType, string>([
  [ScalarType.STRING, "string"],
  [ScalarType.BOOL, "bool"],
  [ScalarType.INT64, "int64"],
  [ScalarType.DOUBLE, "double"]
])

/** The codec of a field that is no message of ours and no enum, and what does not agree. */
export const knownCodec = (
  types: ReadonlyArray<AST>,
  desc: DescField,
  at: string
): { readonly codec: ItemCodec; readonly faults: ReadonlyArray<string> } => {
  const stands = desc.message?.typeName ?? scalars.get(desc.scalar as ScalarType) ?? "unknown"
  if (stands === ValueSchema.typeName) return { codec: anyValue, faults: [] }
  const kinds = [...new Set(types.map(kindOf))]
  const [kind] = kinds
  const agrees =
    kinds.length === 1 &&
    (kind === stands || (kind === "anything" && stands === "google.protobuf.Struct"))
  const codec = stands === TimestampSchema.typeName ? instant : stands === "int64" ? integer : same
  return {
    codec,
    faults: agrees ? [] : [`${at} is ${stands}, and the schema has ${kinds.join(" or ")}`]
  }
}

/** Whether a field is read and written as a whole by `knownCodec`. */
export const isKnown = ({ enum: words, message }: DescField): boolean =>
  words === undefined && (message === undefined || message.typeName.startsWith("google.protobuf."))
