/**
 * Both ways between a message and the value of a schema, as JSON has it. What a schema and a message do
 * not agree on is named when the codec is made, so a service with a fault never starts.
 */
import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  type Message
} from "@bufbuild/protobuf"
import type * as SchemaAST from "effect/SchemaAST"
import { clearFields } from "./clearFields.ts"
import { completeFields } from "./completeFields.ts"
import { enumWords } from "./enumWords.ts"
import { type ItemCodec, isKnown, knownCodec, refusalCodec, same } from "./itemCodecs.ts"
import { fieldsOf, membersOf, objectsOf, type ShapeField, wordsOf } from "./schemaShapes.ts"

/** A value as JSON has it. */
export type Plain = { readonly [name: string]: unknown }

type Fields = { [name: string]: unknown }

/** Both ways between a message and a value. */
export interface MessageCodec {
  readonly fromMessage: (message: Message) => Plain
  readonly toMessage: (value: Plain) => Message
}

const areSame = (one: ReadonlyArray<unknown>, other: ReadonlyArray<unknown>): boolean =>
  one.length === other.length && one.every((item, n) => item === other[n])

/** Makes codecs, each message once, and gathers what does not agree. */
class Making {
  readonly faults: Array<string> = []
  private readonly made: Array<{
    readonly desc: DescMessage
    readonly objects: ReadonlyArray<SchemaAST.Objects>
    readonly codec: ItemCodec
  }> = []

  message(types: ReadonlyArray<SchemaAST.AST>, desc: DescMessage): ItemCodec {
    if (desc.name === "Refusal") return refusalCodec(desc)
    const found = types.map(objectsOf)
    if (found.some((objects) => objects === undefined)) {
      this.faults.push(`${desc.typeName} stands for what is no object`)
      return same
    }
    const objects = found.flatMap((one) => one ?? [])
    const known = this.made.find((one) => one.desc === desc && areSame(one.objects, objects))
    if (known !== undefined) return known.codec
    // A tree meets itself: the codec is known before its fields are.
    let made: MessageCodec | undefined
    const codec: ItemCodec = {
      from: (value) => made?.fromMessage(value as Message),
      to: (value) => made?.toMessage(value as Plain)
    }
    this.made.push({ desc, objects, codec })
    made = this.object(objects, desc)
    return codec
  }

  private item(types: ReadonlyArray<SchemaAST.AST>, desc: DescField, at: string): ItemCodec {
    if (isKnown(desc)) {
      const { codec, faults } = knownCodec(types, desc, at)
      this.faults.push(...faults)
      return codec
    }
    if (desc.message !== undefined) return this.message(types, desc.message)
    const words = wordsOf(types)
    if (words === undefined) this.faults.push(`${at} is an enum, and the schema has no words`)
    const { faults, numberOf, wordOf } = enumWords(desc.enum as DescEnum, words ?? [])
    this.faults.push(...faults)
    return {
      from: (value) => wordOf.get(value as number) ?? `number ${value}`,
      to: (value) => numberOf.get(value as string) ?? 0
    }
  }

  /** How one field is read into a value, and written into a message. */
  private field({ name, types }: ShapeField, desc: DescField) {
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
          if (list.length > 0) value[name] = list.map(from)
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
          if (Object.keys(entries).length > 0) value[name] = each(entries, from)
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

  private object(objects: ReadonlyArray<SchemaAST.Objects>, desc: DescMessage): MessageCodec {
    const shape = fieldsOf(objects)
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
        completeFields(value, objects)
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
