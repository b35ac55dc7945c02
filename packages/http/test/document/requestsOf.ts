/**
 * Random requests from an OpenAPI document, as a tool makes them that has only the document. Every
 * value fits its schema. The same seed makes the same requests.
 */

/** A JSON Schema, with the keywords that the document uses. */
export type JsonSchema = { readonly [keyword: string]: never | unknown }

/** One operation of the document. */
export interface Operation {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly in: "path" | "query" | "header"
    readonly required: boolean
    readonly schema: JsonSchema
  }>
  readonly body: JsonSchema | undefined
  /** Whether its answer goes on until the client leaves. */
  readonly isStream: boolean
}

/** A request, before it is put on the wire. */
export interface Made {
  readonly params: Record<string, unknown>
  readonly query: Record<string, unknown>
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** Random numbers from 0 to 1, by a seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
type Any = any

const verbs = ["get", "post", "put", "patch", "delete"] as const

/** The operations of a document. */
export const operationsOf = (document: Any): ReadonlyArray<Operation> =>
  Object.entries<Any>(document.paths).flatMap(([path, item]) =>
    verbs.flatMap((verb) =>
      item[verb] === undefined
        ? []
        : [
            {
              operationId: item[verb].operationId,
              method: verb.toUpperCase(),
              path,
              parameters: item[verb].parameters,
              body: item[verb].requestBody?.content["application/json"].schema,
              isStream: item[verb].responses["200"]?.content["text/event-stream"] !== undefined
            }
          ]
    )
  )

const patterns = new Map<string, RegExp>()
const matches = (pattern: string, text: string): boolean => {
  const known = patterns.get(pattern) ?? new RegExp(pattern, "u")
  patterns.set(pattern, known)
  return known.test(text)
}

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value

/** Makes values that fit the schemas of one document. */
export class Maker {
  private readonly document: Any
  private readonly random: () => number
  /** Values for a field or parameter of a name, used where they fit. */
  private readonly known: Readonly<Record<string, ReadonlyArray<unknown>>>

  constructor(
    document: Any,
    seed: number,
    known: Readonly<Record<string, ReadonlyArray<unknown>>> = {}
  ) {
    this.document = document
    this.random = randomOf(seed)
    this.known = known
  }

  /** A whole number from `minimum` to `maximum`. */
  between(minimum: number, maximum: number): number {
    return minimum + Math.floor(this.random() * (maximum - minimum + 1))
  }

  /** One of several. */
  one<A>(of: ReadonlyArray<A>): A {
    return of[this.between(0, of.length - 1)] as A
  }

  /** A request that fits the document's description of an operation. */
  request({ body, parameters }: Operation): Made {
    const made: Made = {
      params: {},
      query: {},
      headers: {},
      body: body === undefined ? undefined : this.value(body)
    }
    const places = { path: made.params, query: made.query, header: made.headers } as Any
    for (const { in: place, name, required, schema } of parameters) {
      if (required || this.random() < 0.5) places[place][name] = this.named(name, schema)
    }
    return made
  }

  private named(name: string, schema: JsonSchema): unknown {
    const known = (this.known[name] ?? []).filter((value) => this.fits(schema, value))
    return known.length > 0 && this.random() < 0.6 ? this.one(known) : this.value(schema)
  }

  /** A value that fits a schema. */
  value(schema: JsonSchema): unknown {
    for (let attempt = 0; attempt < 400; attempt++) {
      const value = this.attempt(schema)
      if (this.fits(schema, value)) return value
    }
    throw new Error(`nothing was found that fits ${JSON.stringify(schema)}`)
  }

  private attempt(schema: Any): unknown {
    if (schema.$ref !== undefined) return this.attempt(this.resolve(schema.$ref))
    if (schema.const !== undefined) return schema.const
    if (schema.enum !== undefined) return this.one(schema.enum)
    const listed = schema.allOf?.find((part: Any) => part.enum !== undefined)
    if (listed !== undefined) return this.one(listed.enum)
    if (schema.anyOf !== undefined && schema.type === undefined) {
      return this.value(this.one(schema.anyOf))
    }
    switch (schema.type) {
      case "null":
        return null
      case "boolean":
        return this.random() < 0.5
      case "integer":
      case "number":
        return this.number(schema)
      case "string":
        return this.text()
      case "array": {
        const bounds = [schema, ...(schema.allOf ?? [])]
        const minimum = Math.max(...bounds.map((it) => it.minItems ?? 0))
        const items = Array.from({ length: this.between(minimum, minimum + 3) }, () =>
          this.value(schema.items)
        )
        if (!bounds.some((it) => it.uniqueItems)) return items
        return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
      }
      default: {
        const required = new Set(schema.required ?? [])
        const fields = Object.entries<Any>(schema.properties ?? {})
        const made = fields
          .filter(([name]) => required.has(name) || this.random() < 0.4)
          .map(([name, field]) => [name, this.named(name, field)])
        const bounds: ReadonlyArray<Any> = [schema, ...(schema.allOf ?? [])]
        const missing = Math.max(...bounds.map((it) => it.minProperties ?? 0)) - made.length
        const more = Array.from({ length: Math.max(0, missing) }, (_, n) => [`field${n}`, n])
        return Object.fromEntries([...made, ...more])
      }
    }
  }

  private number({ maximum = 1e6, minimum = -1e6, multipleOf = 1, type }: Any): number {
    const near = this.one([minimum, maximum, Math.max(minimum, Math.min(maximum, 1))])
    const steps = Math.round(this.between(minimum, maximum) / multipleOf)
    const value = this.one([near, this.between(minimum, Math.min(maximum, 20)), steps * multipleOf])
    return type === "integer" ? Math.trunc(value) : Number(value.toFixed(3))
  }

  private text(): string {
    const hex = (length: number) =>
      Array.from({ length }, () => this.between(0, 15).toString(16)).join("")
    const digits = (length: number) => Array.from({ length }, () => this.between(0, 9)).join("")
    const characters = (alphabet: string, length: number) => {
      const all = [...alphabet]
      return Array.from({ length }, () => this.one(all)).join("")
    }
    const length = this.one([0, 1, 2, 9, 36, 100, 255])
    return this.one([
      () => String(this.between(0, 1_000_000)),
      () => `https://${hex(4)}.example/${hex(4)}`,
      () => `whsec_${hex(40)}`,
      () => `hfc_${hex(22)}`,
      () => `"${this.between(1, 9)}"`,
      () => `${this.one(["SKU", "ORDER", "PRODUCT"])}:${hex(6)}`,
      () => `sku:${hex(4)}=${this.between(0, 9)},product:${hex(8)}=${this.between(0, 999)}`,
      () => this.one(["ko", "pt-BR", "zh-Hant-TW"]),
      () => `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
      () => `20${digits(2)}-0${this.between(1, 9)}-1${digits(1)}T1${digits(1)}:30:00.${digits(3)}Z`,
      () => characters("ABCxyz019._~:-", length),
      () => characters("abc xyz/?#%&=+'\"\\<>{}[]|^`~!@$*();,", length),
      () => characters("日本語العربيةעבריתελληνικάкириллицаéüñß№—🧦🧾", Math.min(length, 90)),
      () => String.fromCodePoint(this.between(0x20, 0xd7ff), this.between(0xe000, 0x10ffff))
    ])()
  }

  private resolve(reference: string): Any {
    return reference
      .slice(2)
      .split("/")
      .reduce((held, step) => held[step], this.document)
  }

  /** Whether a value fits a schema. */
  fits(schema: Any, value: Any): boolean {
    if (schema.$ref !== undefined && !this.fits(this.resolve(schema.$ref), value)) return false
    if (schema.const !== undefined && schema.const !== value) return false
    if (schema.enum !== undefined && !schema.enum.includes(value)) return false
    if (schema.not !== undefined && this.fits(schema.not, value)) return false
    if (schema.allOf?.some((part: Any) => !this.fits(part, value))) return false
    if (schema.anyOf !== undefined && !schema.anyOf.some((it: Any) => this.fits(it, value))) {
      return false
    }
    const type = typeOf(value)
    const wanted = schema.type === "integer" ? "number" : schema.type
    if (wanted !== undefined && wanted !== type) return false
    if (type === "number") return this.fitsNumber(schema, value)
    if (type === "string") {
      const length = [...value].length
      return (
        length >= (schema.minLength ?? 0) &&
        length <= (schema.maxLength ?? Number.POSITIVE_INFINITY) &&
        (schema.pattern === undefined || matches(schema.pattern, value))
      )
    }
    if (type === "array") {
      return (
        value.length >= (schema.minItems ?? 0) &&
        value.length <= (schema.maxItems ?? Number.POSITIVE_INFINITY) &&
        value.every((item: unknown) => schema.items === undefined || this.fits(schema.items, item))
      )
    }
    return type !== "object" || this.fitsObject(schema, value)
  }

  private fitsNumber(schema: Any, value: number): boolean {
    const steps = schema.multipleOf === undefined ? 0 : value / schema.multipleOf
    return (
      (schema.type !== "integer" || Number.isInteger(value)) &&
      value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
      value <= (schema.maximum ?? Number.POSITIVE_INFINITY) &&
      Math.abs(steps - Math.round(steps)) < 1e-6
    )
  }

  private fitsObject(schema: Any, value: Any): boolean {
    const properties = schema.properties ?? {}
    return (
      (schema.required ?? []).every((name: string) => name in value) &&
      Object.entries(value).every(([name, field]) =>
        name in properties
          ? this.fits(properties[name], field)
          : schema.additionalProperties !== false
      )
    )
  }
}

/** The address of a request. */
export const addressOf = ({ path }: Operation, { params, query }: Made): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(params[name])))
  // An object stands for a parameter for each of its fields.
  const isObject = (value: unknown) => typeOf(value) === "object"
  const flat = Object.entries(query).flatMap(([name, value]) =>
    isObject(value) ? Object.entries(value as object) : [[name, value] as const]
  )
  const pairs = flat.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`
    )
  )
  return pairs.length === 0 ? filled : `${filled}?${pairs.join("&")}`
}
