/** Selections of all that a type holds by itself: no edges, no lists of others. */
import { refusals } from "@holdfast/core/inventory"
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType
} from "graphql"

/** Whether a field leads elsewhere, and costs a read. */
const isEdge = (extensions: Readonly<Record<string, unknown>>): boolean =>
  extensions["holdfast"] !== undefined

/** The selection of a type, empty for one that has no fields. */
export const selectionOf = (type: GraphQLNamedType | undefined, depth = 0): string => {
  if (isUnionType(type)) {
    const parts = type.getTypes().map((member, index) => {
      // Fields of one name may have other types in other members.
      const inner = fieldsOf(member, depth, `m${index}_`)
      return `... on ${member.name} { ${inner} }`
    })
    return ` { __typename ${parts.join(" ")} }`
  }
  return isObjectType(type) || isInterfaceType(type) ? ` { ${fieldsOf(type, depth)} }` : ""
}

const fieldsOf = (type: GraphQLNamedType, depth: number, prefix = ""): string => {
  if (!isObjectType(type) || depth > 8) return "__typename"
  return Object.values(type.getFields())
    .filter(({ args, extensions }) => args.length === 0 && !isEdge(extensions))
    .map(({ name, type: inner }) => {
      const alias = prefix === "" ? "" : `${prefix}${name}: `
      return `${alias}${name}${selectionOf(getNamedType(inner), depth + 1)}`
    })
    .join(" ")
}

/** A mutation with all that it answers. */
export const mutationOf = (schema: GraphQLSchema, name: string): string => {
  const field = schema.getMutationType()?.getFields()[name]
  if (field === undefined) throw new Error(`${name} is no mutation`)
  const input = field.args[0]?.type
  return `mutation ($input: ${input}, $key: String) {
    answer: ${name}(input: $input, idempotencyKey: $key)${selectionOf(getNamedType(field.type))}
  }`
}

/** A refusal is a type of its own; other variants have a `kind`. */
const tagName = (tag: unknown): string => (String(tag) in refusals ? "is" : "kind")

/** What a refusal has in GraphQL beside its fields. */
const ofRefusals = new Set(["problem", "title", "message"])

/** A value without the prefixes of aliases, without what is null, and with the tags of core. */
export const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  const fields = Object.entries(value).map(
    ([name, inner]) => [name.replace(/^m\d+_/, ""), plain(inner)] as const
  )
  const { __typename: kind } = value as { readonly __typename?: string }
  const isRefusal = kind !== undefined && fields.some(([name]) => name === "problem")
  return Object.fromEntries(
    [...fields, ...(isRefusal ? [["is", kind] as const] : [])]
      .filter(([name]) => !isRefusal || !ofRefusals.has(name))
      .map(([name, inner]) => [name === "_tag" ? tagName(inner) : name, inner] as const)
      .filter(([name, inner]) => inner !== null && inner !== undefined && name !== "__typename")
  )
}
