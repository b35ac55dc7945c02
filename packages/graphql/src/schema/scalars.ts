/**
 * The scalars of the API, each exact: units beyond the 32 bits of `Int`, instants, money, and JSON.
 * Only the form is looked at here; the schemas of core say whether a value is good.
 */
import * as DateTime from "effect/DateTime"
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from "graphql"

const refuse = (message: string, node?: ValueNode): never => {
  throw new GraphQLError(message, node === undefined ? {} : { nodes: node })
}

const wholeNumber = (value: unknown, node?: ValueNode): number =>
  typeof value === "number" && Number.isSafeInteger(value)
    ? value
    : refuse("Units must be a whole number of at most 2^53 - 1", node)

/** Whole numbers up to 2^53 − 1. */
export const Units = new GraphQLScalarType<number, number>({
  name: "Units",
  description:
    "A whole number from -(2^53 - 1) to 2^53 - 1: units, versions, seconds. `Int` has 32 bits.",
  serialize: (value) => wholeNumber(value),
  parseValue: (value) => wholeNumber(value),
  parseLiteral: (node) => wholeNumber(node.kind === Kind.INT ? Number(node.value) : undefined, node)
})

const instantText = (value: unknown, node?: ValueNode): string =>
  typeof value === "string"
    ? value
    : refuse("DateTime must be text in ISO 8601 with its zone", node)

/** Instants. Milliseconds and UTC when they leave. */
export const Instant = new GraphQLScalarType<string, string>({
  name: "DateTime",
  description: "An instant in ISO 8601 with its zone, such as 2026-01-31T09:30:00.000Z.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) =>
    DateTime.isDateTime(value) ? DateTime.formatIso(value) : instantText(value),
  parseValue: (value) => instantText(value),
  parseLiteral: (node) => instantText(node.kind === Kind.STRING ? node.value : undefined, node)
})

/** What nests deeper than this is no metadata of a product. */
const jsonDepthMax = 32

const isShallow = (value: unknown, depth = 0): boolean =>
  depth <= jsonDepthMax &&
  (typeof value !== "object" ||
    value === null ||
    Object.values(value).every((inner) => isShallow(inner, depth + 1)))

const jsonValue = (value: unknown, node?: ValueNode): unknown =>
  isShallow(value) ? value : refuse(`must not nest deeper than ${jsonDepthMax} levels`, node)

/** What was written in place of a variable. Its objects are plain. */
const written = (node: ValueNode, variables?: object | null): unknown =>
  jsonValue(JSON.parse(JSON.stringify(valueFromASTUntyped(node, variables as never) ?? null)), node)

/** Money is an amount with its currency, and one without the other is nothing. */
export const Money = new GraphQLScalarType<unknown, unknown>({
  name: "Money",
  description:
    'An exact amount and its currency: { "amount": "12.50", "currency": "EUR" }. The amount is ' +
    "decimal text with the decimals of its currency in ISO 4217.",
  serialize: (value) => value,
  parseValue: (value) => jsonValue(value),
  parseLiteral: written
})

/** Values of an open form. */
export const Json = new GraphQLScalarType<unknown, unknown>({
  name: "JSON",
  description: "A value of any form, such as the metadata of a product.",
  serialize: (value) => value,
  parseValue: (value) => jsonValue(value),
  parseLiteral: written
})
