/**
 * Both ways between a message and the value of a schema, as JSON has it. What a schema and a message do
 * not agree on is told when the codec is made, so a service with a fault never starts.
 */
import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
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
import { clearFields } from "./clearFields.ts"
import { enumWords } from "./enumWords.ts"
import { fieldsOf, membersOf, objectsOf, type ShapeField, wordsOf } from "./schemaShapes.ts"

/** A value as JSON has it. */
export type Plain = { readonly [name: string]: unknown }

type Fields = { [name: string]: unknown }

/** Both ways between a message and a value. */
export interface MessageCodec {
  readonly fromMessage: (message: Message) => Plain
  readonly toMessage: (value: Plain) => Message
}

/** Both ways for one item: of a field, a list or a map. */
interface ItemCodec {
  readonly from: (value: unknown) => unknown
  readonly to: (value: unknown) => unknown
}

const same: ItemCodec = { from: (value) => value, to: (value) => value }

const integer: ItemCodec = { from: Number, to: (value) => BigInt(value as number) }

const instant: ItemCodec = {
  from: (value) => timestampDate(value as Timestamp).toISOString(),
  to: (value) => timestampFromDate(new Date(value as string))
}

const anyValue: ItemCodec = {
  from: (value) => toJson(ValueSchema, value as Value),
  to: (value) => fromJson(ValueSchema, value as JsonValue)
}

/** A refusal within an answer: its name, and its details as REST sends them. */
const refusal = (desc: DescMessage): ItemCodec => ({
  from: (value) => {
    const { details, reason } = value as { readonly reason: string; readonly details?: JsonObject }
    return { _tag: reason, ...details }
  },
  to: (value) => {
    const { _tag: reason, ...details } = value as Plain
    return create(desc, { reason, details } as Fields)
  }
})

const scalarKinds = new Map<ScalarType, string>([
  [ScalarType.STRING, "String"],
  [ScalarType.BOOL, "Boolean"],
  [ScalarType.INT64, "Number"],
  [ScalarType.DOUBLE, "Number"]
])

/** Makes codecs, each message once, and gathers what does not agree. */
class Making {
  readonly faults: Array<string> = []
  private readonly made = new Map<string, MessageCodec>()

  message(types: ReadonlyArray<SchemaAST.AST>, desc: DescMessage): ItemCodec {
    if (desc.name === "Refusal") return refusal(desc)
    const objects = types.map(objectsOf)
    if (objects.some((found) => found === undefined)) {
      this.faults.push(`${desc.typeName} stands for what is no object`)
      return same
    }
    const shape = fieldsOf(objects.flatMap((found) => found ?? []))
    const key = `${desc.typeName} ${shape.map(({ mayBeLeftOut, name }) => name + mayBeLeftOut)}`
    let codec = this.made.get(key)
    if (codec === undefined) {
      // A tree meets itself: the codec is known before its fields are.
      const later: { codec?: MessageCodec } = {}
      this.made.set(key, {
        fromMessage: (message) => later.codec?.fromMessage(message) ?? {},
        toMessage: (value) => later.codec?.toMessage(value) ?? create(desc)
      })
      codec = later.codec = this.object(shape, desc)
    }
    const { fromMessage, toMessage } = codec
    return {
      from: (value) => fromMessage(value as Message),
      to: (value) => toMessage(value as Plain)
    }
  }

  private item(types: ReadonlyArray<SchemaAST.AST>, desc: DescField, at: string): ItemCodec {
    if (desc.message !== undefined) {
      if (desc.message.typeName === TimestampSchema.typeName) return instant
      if (desc.message.typeName === ValueSchema.typeName) return anyValue
      // A field of this type is JSON already.
      if (desc.message.typeName === "google.protobuf.Struct") return same
      return this.message(types, desc.message)
    }
    if (desc.enum !== undefined) {
      const words = wordsOf(types)
      if (words === undefined) this.faults.push(`${at} is an enum, and the schema has no words`)
      const { faults, numberOf, wordOf } = enumWords(desc.enum, words ?? [])
      this.faults.push(...faults)
      return {
        from: (value) => wordOf.get(value as number) ?? `number ${value}`,
        to: (value) => numberOf.get(value as string) ?? 0
      }
    }
    const kinds = new Set(types.map(({ _tag }) => (_tag === "Literal" ? "String" : _tag)))
    const kind = scalarKinds.get(desc.scalar as ScalarType)
    if (kinds.size !== 1 || kind === undefined || !kinds.has(kind as never)) {
      this.faults.push(`${at} is ${kind}, and the schema has ${[...kinds].join(" or ")}`)
    }
    return desc.scalar === ScalarType.INT64 ? integer : same
  }

  /** How one field is read into a value, and written into a message. */
  private field({ mayBeLeftOut, name, types }: ShapeField, desc: DescField) {
    const at = `${desc.parent.typeName}.${desc.name}`
    const { localName } = desc
    if (desc.fieldKind === "list") {
      const items = types.flatMap((type) =>
        type._tag === "Arrays" ? type.rest.flatMap(membersOf) : []
      )
      if (items.length === 0) this.faults.push(`${at} is a list, and the schema has none`)
      const { from, to } = this.item(items, desc, at)
      return {
        read: (message: Fields, value: Fields) => {
          const list = message[localName] as ReadonlyArray<unknown>
          if (list.length > 0 || !mayBeLeftOut) value[name] = list.map(from)
        },
        write: (value: Plain, message: Fields) => {
          const list = value[name]
          if (Array.isArray(list)) message[localName] = list.map(to)
        }
      }
    }
    if (desc.fieldKind === "map") {
      const values = types.flatMap((type) =>
        type._tag === "Objects" ? type.indexSignatures.flatMap(({ type }) => membersOf(type)) : []
      )
      if (values.length === 0) this.faults.push(`${at} is a map, and the schema has none`)
      const { from, to } = this.item(values, desc, at)
      const each = (entries: object, through: (value: unknown) => unknown) =>
        Object.fromEntries(
          Object.entries(entries).flatMap(([key, one]) =>
            one === null ? [] : [[key, through(one)]]
          )
        )
      return {
        read: (message: Fields, value: Fields) => {
          const entries = message[localName] as object
          if (Object.keys(entries).length > 0 || !mayBeLeftOut) value[name] = each(entries, from)
        },
        write: (value: Plain, message: Fields) => {
          const entries = value[name]
          if (typeof entries === "object" && entries !== null)
            message[localName] = each(entries, to)
        }
      }
    }
    const { from, to } = this.item(types, desc, at)
    const isUnset = (value: unknown): boolean =>
      value === undefined || (desc.enum !== undefined && value === 0)
    return {
      read: (message: Fields, value: Fields) => {
        const one = message[localName]
        if (!isUnset(one)) value[name] = from(one)
      },
      write: (value: Plain, message: Fields) => {
        const one = value[name]
        if (one !== undefined && one !== null) message[localName] = to(one)
      }
    }
  }

  private object(shape: ReadonlyArray<ShapeField>, desc: DescMessage): MessageCodec {
    const fields = new Map(desc.fields.map((field) => [field.localName, field]))
    const clear = fields.get("clear")
    const parts = shape.flatMap((field) => {
      const localName = field.name === "_tag" ? "outcome" : field.name
      const found = fields.get(localName)
      fields.delete(localName)
      if (found === undefined) {
        this.faults.push(`${desc.typeName} has no field for ${field.name}`)
        return []
      }
      const mayBeNothing = field.mayBeLeftOut || field.mayBeNull
      if (
        mayBeNothing &&
        (found.fieldKind === "scalar" || found.fieldKind === "enum") &&
        !found.proto.proto3Optional
      ) {
        this.faults.push(`${desc.typeName}.${found.name} must be optional`)
      }
      return [this.field(field, found)]
    })
    fields.delete("clear")
    this.faults.push(
      ...[...fields.keys()].map((name) => `${desc.typeName}.${name} is in no schema`)
    )
    return {
      fromMessage: (message) => {
        const value: Fields = {}
        for (const { read } of parts) read(message as unknown as Fields, value)
        return clear === undefined
          ? value
          : clearFields(
              value,
              (message as unknown as { clear: ReadonlyArray<string> }).clear,
              shape
            )
      },
      toMessage: (value) => {
        const message: Fields = {}
        for (const { write } of parts) write(value, message)
        return create(desc, message)
      }
    }
  }
}

/** A codec, and what does not agree; the codec is only good when nothing is. */
export const messageCodec = (
  ast: SchemaAST.AST,
  desc: DescMessage
): { readonly codec: MessageCodec; readonly faults: ReadonlyArray<string> } => {
  const making = new Making()
  const { from, to } = making.message([ast], desc)
  const codec: MessageCodec = {
    fromMessage: (message) => from(message) as Plain,
    toMessage: (value) => to(value) as Message
  }
  return { codec, faults: making.faults }
}
