/** Types of TypeScript as text, from the schemas of an OpenAPI document. */

// biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
export type Any = any

/** The schemas of a document by their names. */
export type Schemas = Readonly<Record<string, Any>>

const nameOfRef = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1)

/** The name of a type: `Money` of `MoneyEncoded`, and one name for schemas that differ in bounds alone. */
export const typeNameOf = (name: string): string => name.replace(/(?:Encoded|_\d+)$/, "")

/** Whether a schema is worth a name: an object, a choice, or a list of words. */
const isNamed = ({ anyOf, enum: words, type }: Any): boolean =>
  type === "object" || words !== undefined || (anyOf !== undefined && anyOf.length > 1)

const key = (name: string): string => (/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name))

const listOf = (item: string): string => `ReadonlyArray<${item}>`

/** Prints the type of a schema; `use` hears of each schema that it names. */
export const printer = (schemas: Schemas, use: (name: string) => void) => {
  const fields = (schema: Any, indent: string): ReadonlyArray<string> =>
    Object.entries<Any>(schema.properties ?? {}).map(([name, field]) => {
      const isNeeded = (schema.required ?? []).includes(name)
      return `${indent}readonly ${key(name)}${isNeeded ? "" : "?"}: ${print(field)}`
    })
  const object = (schema: Any): string => {
    if (schema.properties !== undefined) {
      return schema.properties && Object.keys(schema.properties).length > 0
        ? `{ ${fields(schema, "").join("; ")} }`
        : "Readonly<Record<string, never>>"
    }
    const [pattern] = Object.values<Any>(schema.patternProperties ?? {})
    if (pattern !== undefined) {
      return `Readonly<Record<string, ${listOf("string")} | string | number>>`
    }
    const { additionalProperties: more } = schema
    const value = typeof more === "object" ? print(more) : "unknown"
    return `Readonly<Record<string, ${value}>>`
  }
  const print = (schema: Any): string => {
    if (schema.$ref !== undefined) {
      const name = nameOfRef(schema.$ref)
      if (!isNamed(schemas[name])) return print(schemas[name])
      use(name)
      return typeNameOf(name)
    }
    if (schema.enum !== undefined)
      return schema.enum.map((one: Any) => JSON.stringify(one)).join(" | ")
    if (schema.const !== undefined) return JSON.stringify(schema.const)
    if (schema.anyOf !== undefined && schema.type === undefined) {
      return [...new Set(schema.anyOf.map(print))].join(" | ")
    }
    switch (schema.type) {
      case "string":
      case "boolean":
      case "null":
        return schema.type
      case "integer":
      case "number":
        return "number"
      case "array":
        return listOf(print(schema.items ?? {}))
      case "object":
        return object(schema)
      default:
        return "unknown"
    }
  }
  return { print, fields }
}
