/**
 * What is broken for a reader of events between two versions of the AsyncAPI document. Two readers
 * count: one that was made from the previous version and reads what is written now, and one that is
 * made from the new version and reads what was kept before, since a log and a topic are read from
 * their beginning. `docs/EVENTS.md` says in words what follows.
 */
import type { JsonSchema } from "../../src/asyncapi/readerSchema.ts"

// biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
type Any = any

/** Keywords that say nothing about what is valid. */
const remarks = new Set(["title", "description", "examples", "$schema", "$id"])
const judged = new Set([
  "type",
  "format",
  "const",
  "anyOf",
  "enum",
  "properties",
  "required",
  "additionalProperties",
  "items"
])

/** What a value of one JSON type may be. */
interface Kind {
  readonly format: string | undefined
  /** The words that a text may be; `isOpen` when it may be any other too. */
  readonly words: ReadonlyArray<string>
  readonly isOpen: boolean
  readonly schema: Any
}

const kindOf = (schema: Any): Kind => {
  const words = schema.const === undefined ? schema.enum : [schema.const]
  return { format: schema.format, words: words ?? [], isOpen: words === undefined, schema }
}

const typeOf = (schema: Any, at: string): string => {
  for (const keyword of Object.keys(schema)) {
    if (!remarks.has(keyword) && !judged.has(keyword)) {
      throw new Error(`${at} has ${keyword}, which this comparison does not know yet`)
    }
  }
  if (schema.type === undefined && schema.enum === undefined) {
    throw new Error(`${at} may be anything, which this comparison does not know yet`)
  }
  return schema.type ?? "string"
}

/** The alternatives of a schema, also of an alternative that has some itself. */
const partsOf = (schema: Any): ReadonlyArray<Any> =>
  schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(partsOf)

/** What a value may be, by the type of JSON. Words are a part of text. */
const kindsOf = (schema: Any, at: string): ReadonlyMap<string, Kind> => {
  const kinds = new Map<string, Kind>()
  for (const part of partsOf(schema)) {
    const type = typeOf(part, at)
    const kind = kindOf(part)
    const known = kinds.get(type)
    if (known !== undefined && (type !== "string" || known.format !== kind.format)) {
      throw new Error(`${at} may be ${type} in two ways, which this comparison does not know yet`)
    }
    kinds.set(type, {
      ...kind,
      words: [...(known?.words ?? []), ...kind.words],
      isOpen: kind.isOpen || known?.isOpen === true
    })
  }
  return kinds
}

const valueBreaks = (before: Kind, after: Kind, at: string): ReadonlyArray<string> => {
  const gone = before.words.filter((word) => !after.words.includes(word))
  const added = after.words.filter((word) => !before.words.includes(word))
  const breaks = gone.map((word) => `${at}: has the word ${word} no more`)
  if (before.format !== after.format) {
    breaks.push(`${at}: has the format ${after.format}, and had ${before.format}`)
  }
  if (before.isOpen && !after.isOpen) breaks.push(`${at}: may not be any text any more`)
  if (!before.isOpen && after.isOpen) breaks.push(`${at}: may be any text now`)
  if (!before.isOpen) breaks.push(...added.map((word) => `${at}: may be the word ${word} now`))
  return breaks
}

const objectBreaks = (before: Any, after: Any, at: string): ReadonlyArray<string> => {
  const needed = new Set<string>(before.required ?? [])
  const given = new Set<string>(after.required ?? [])
  const breaks: Array<string> = []
  if (after.additionalProperties === false) breaks.push(`${at}: takes no later fields any more`)
  for (const [name, field] of Object.entries<Any>(before.properties ?? {})) {
    const now = after.properties?.[name]
    const place = `${at}.${name}`
    if (now === undefined) {
      breaks.push(`${place}: is gone`)
      continue
    }
    if (needed.has(name) && !given.has(name)) breaks.push(`${place}: may be left out now`)
    if (!needed.has(name) && given.has(name)) {
      breaks.push(`${place}: is required now, and kept events may lack it`)
    }
    breaks.push(...schemaBreaks(field, now, place))
  }
  for (const name of given) {
    if (before.properties?.[name] === undefined) {
      breaks.push(`${at}.${name}: is new and required, and kept events lack it`)
    }
  }
  return breaks
}

const partBreaks = (kind: string, was: Any, is: Any, at: string): ReadonlyArray<string> => {
  if (kind === "object") return objectBreaks(was, is, at)
  return kind === "array" ? schemaBreaks(was.items, is.items, `${at}[]`) : []
}

/** What is broken between two schemas of one value. */
export const schemaBreaks = (
  previous: JsonSchema,
  next: JsonSchema,
  at: string
): ReadonlyArray<string> => {
  const before = kindsOf(previous, at)
  const after = kindsOf(next, at)
  const breaks: Array<string> = []
  for (const kind of after.keys()) if (!before.has(kind)) breaks.push(`${at}: may be ${kind} now`)
  for (const [kind, was] of before) {
    const is = after.get(kind)
    if (is === undefined) breaks.push(`${at}: may be ${kind} no more`)
    else breaks.push(...valueBreaks(was, is, at), ...partBreaks(kind, was.schema, is.schema, at))
  }
  return breaks
}

const messageBreaks = (
  [previous, before]: readonly [Any, Any],
  [next, after]: readonly [Any, Any],
  at: string
): ReadonlyArray<string> => {
  const breaks: Array<string> = []
  if (before.contentType !== after.contentType) {
    breaks.push(`${at}: is ${after.contentType}, and was ${before.contentType}`)
  }
  for (const part of ["headers", "payload"]) {
    if (before[part] === undefined) continue
    const [was, is] = [resolved(previous, before[part]), resolved(next, after[part])]
    if (is === undefined) breaks.push(`${at}: has no ${part} any more`)
    else breaks.push(...schemaBreaks(was, is, `${at} ${part}`))
  }
  return breaks
}

const resolved = (document: Any, held: Any): Any =>
  held?.$ref === undefined
    ? held
    : held.$ref
        .slice(2)
        .split("/")
        .reduce((within: Any, step: string) => within?.[step], document)

/** What is broken for a reader of events, one sentence each; none when nothing is. */
export const breaksBetween = (previous: Any, next: Any): ReadonlyArray<string> => {
  const breaks: Array<string> = []
  for (const [id, before] of Object.entries<Any>(previous.channels)) {
    const after = next.channels[id]
    if (after === undefined) {
      breaks.push(`channel ${id}: is gone`)
      continue
    }
    if (before.address !== after.address) {
      breaks.push(`channel ${id}: is at ${after.address}, and was at ${before.address}`)
    }
    for (const [type, message] of Object.entries<Any>(before.messages)) {
      const now = resolved(next, after.messages[type])
      const at = `channel ${id} ${type}`
      if (now === undefined) breaks.push(`${at}: is gone`)
      else breaks.push(...messageBreaks([previous, resolved(previous, message)], [next, now], at))
    }
  }
  return breaks
}
