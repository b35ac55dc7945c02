/**
 * The JSON Schema of an event, for who reads events. It has what a reader may rely on: the types of
 * the fields, which of them are always there, and the words that there are. It leaves out what the
 * inventory checks in what it is sent, such as patterns and bounds, so a bound may change. A later
 * release may add fields and words, and the schema allows both.
 */
import { CatalogEvent } from "@holdfast/core/catalog"
import { InventoryEvent } from "@holdfast/core/inventory"
import * as Schema from "effect/Schema"
import { type AnyEventType, type ContextName, everyContext } from "../events/contexts.ts"

/** A JSON Schema. Its keywords mean the same in draft-07, draft 2020-12 and AsyncAPI. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** A schema as the codec gives it. */
interface Given {
  readonly $ref?: string
  readonly description?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: ReadonlyArray<string | number>
  readonly anyOf?: ReadonlyArray<Given>
  readonly allOf?: ReadonlyArray<Given>
  readonly items?: Given
  readonly properties?: Readonly<Record<string, Given>>
  readonly required?: ReadonlyArray<string>
}

const wordsMayGrow = "A later release may have more words"

/** Known words, and any other text: a reader must get past a word that it does not know. */
const openWords = (words: ReadonlyArray<string | number>): JsonSchema => ({
  description: wordsMayGrow,
  anyOf: [{ enum: words }, { type: "string" }]
})

const makeReader = (definitions: Readonly<Record<string, Given>>) => {
  const read = (given: Given): JsonSchema => {
    const made = shapeOf(given)
    const described = [given.description, made["description"]].filter((it) => it !== undefined)
    return described.length === 0 ? made : { ...made, description: described.join(". ") }
  }
  const shapeOf = (given: Given): JsonSchema => {
    if (given.$ref !== undefined) {
      const name = given.$ref.slice("#/$defs/".length)
      const shape = read(definitions[name] as Given)
      return shape["type"] === "object" ? { title: name, ...shape } : shape
    }
    if (given.anyOf !== undefined) return { anyOf: given.anyOf.map(read) }
    if (given.enum !== undefined) {
      const [word] = given.enum
      return given.enum.length === 1 ? { type: given.type, const: word } : openWords(given.enum)
    }
    switch (given.type) {
      case "object":
        return {
          type: "object",
          properties: Object.fromEntries(
            Object.entries(given.properties ?? {}).map(([name, field]) => [name, read(field)])
          ),
          required: given.required ?? [],
          additionalProperties: true
        }
      case "array":
        return { type: "array", items: read(given.items as Given) }
      case "integer":
        return { type: "integer", format: "int64" }
      case "string":
        return given.format === undefined
          ? { type: "string" }
          : { type: "string", format: given.format }
      case "number":
      case "boolean":
      case "null":
        return { type: given.type }
      default:
        throw new Error(`an event has a field that no reader could check: ${JSON.stringify(given)}`)
    }
  }
  return read
}

interface Member extends Schema.Constraint {
  readonly fields: { readonly eventType: { readonly literal: AnyEventType } }
}

const membersOf = (event: unknown) => (event as { readonly members: ReadonlyArray<Member> }).members

const members: { readonly [Name in ContextName]: ReadonlyArray<Member> } = {
  inventory: membersOf(InventoryEvent),
  catalog: membersOf(CatalogEvent)
}

/** What a reader of a value may rely on. */
export const readerSchemaOf = (schema: Schema.Constraint): JsonSchema => {
  const document = Schema.toJsonSchemaDocument(schema)
  return makeReader(document.definitions as Readonly<Record<string, Given>>)(
    document.schema as Given
  )
}

const ofEvent = (member: Member): JsonSchema => {
  const schema = readerSchemaOf(member)
  const { payload } = schema["properties"] as { readonly payload: JsonSchema }
  return { title: member.fields.eventType.literal, description: payload["description"], ...schema }
}

/** The schema of the envelope of each event type of these contexts, and of what it carries. */
export const readerSchemas = (
  contexts: ReadonlyArray<ContextName> = everyContext
): Readonly<Record<AnyEventType, JsonSchema>> =>
  Object.fromEntries(
    contexts
      .flatMap((context) => members[context])
      .map((member) => [member.fields.eventType.literal, ofEvent(member)])
  ) as Record<AnyEventType, JsonSchema>
