/**
 * An attribute: something that products have a value of, such as a colour, a weight or a material. Its
 * definition says of which kind the values are. Its code, its kind, and the type of product that it is
 * for never change, and a choice that products have stays, so a value that fits goes on to fit.
 */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"
import { compareTexts, label, printable } from "../../kernel/Text.ts"
import { type Product, ProductType } from "./Product.ts"
import { TranslatedNames } from "./Translations.ts"

/** The most choices of one attribute. */
export const choicesMax = 200

/**
 * TEXT: one line. NUMBER: a number, in the unit of the attribute. BOOLEAN: yes or no. CHOICE: one or
 * more of the choices of the attribute.
 */
export const AttributeKind = Schema.Literals(["TEXT", "NUMBER", "BOOLEAN", "CHOICE"])
export type AttributeKind = typeof AttributeKind.Type

/** What an attribute is called in code: 1–64 small letters, digits, _ and -, a letter first. */
export const AttributeCode = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9_-]{0,63}$/u, {
    message: "must be 1 to 64 of the characters a-z 0-9 _ -, and begin with a letter"
  })
).annotate({ identifier: "AttributeCode" })

/** A name for people, one line of 1–255 code points. */
export const AttributeName = label(1, 255)

/** The unit of a number, one line of 1–50 code points. */
export const AttributeUnit = label(1, 50)

/** What a choice is called in code: 1–100 printable code points, unique in its attribute. */
export const ChoiceValue = printable(1, 100)

/** One of the values that a CHOICE may have. Choices stand in the order in which people see them. */
export const AttributeChoice = Schema.Struct({
  value: Schema.String,
  name: Schema.String,
  translations: TranslatedNames
}).annotate({ identifier: "AttributeChoice" })
export interface AttributeChoice extends Schema.Schema.Type<typeof AttributeChoice> {}

/**
 * The definition of an attribute. `code` is the name of its values on products and in filters.
 * `productType` null is for products of every type. An inactive one keeps its values, and takes no
 * new ones. `version` counts its events, which people alone cause.
 */
export const Attribute = Schema.Struct({
  id: unchecked.attributeId,
  code: Schema.String,
  name: Schema.String,
  translations: TranslatedNames,
  kind: AttributeKind,
  unit: Schema.NullOr(Schema.String),
  choices: Schema.Array(AttributeChoice),
  productType: Schema.NullOr(ProductType),
  isFilterable: Schema.Boolean,
  isActive: Schema.Boolean,
  version: Schema.Int
}).annotate({ identifier: "Attribute" })
export interface Attribute extends Schema.Schema.Type<typeof Attribute> {}

/** The values of a product by the codes of their attributes. */
export type Values = Product["attributes"]

/** Whether two values are the same. */
export const isSameValue = (
  a: Values[string] | undefined,
  b: Values[string] | undefined
): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** The choices of a value that its attribute does not have. */
export const unknownChoices = (
  { choices }: Pick<Attribute, "choices">,
  value: Values[string]
): ReadonlyArray<string> => {
  if (!Array.isArray(value)) return []
  const known = new Set(choices.map((choice) => choice.value))
  return value.filter((one: string) => !known.has(one))
}

const types: { readonly [Kind in AttributeKind]: (value: Values[string]) => boolean } = {
  TEXT: (value) => typeof value === "string",
  NUMBER: (value) => typeof value === "number",
  BOOLEAN: (value) => typeof value === "boolean",
  CHOICE: (value) => Array.isArray(value)
}

/** Whether a value is of the kind of its attribute; its choices may still be unknown. */
export const isOfKind = ({ kind }: Pick<Attribute, "kind">, value: Values[string]): boolean =>
  types[kind](value)

/** A value as texts, by which products are found and counted: one, or one for each choice. */
export const textsOfValue = (value: Values[string]): ReadonlyArray<string> =>
  Array.isArray(value) ? value : [String(value)]

/**
 * Values with some of them changed: what is left out stays, and null clears. They stand in the order
 * of their codes, and the choices of one value in the order of their texts.
 */
export const withValues = (
  before: Values,
  changes: { readonly [code: string]: Values[string] | null }
): Values => {
  const after = new Map(Object.entries(before))
  for (const [code, value] of Object.entries(changes)) {
    if (value === null) after.delete(code)
    else after.set(code, settled(value))
  }
  return Object.fromEntries([...after].sort(([a], [b]) => compareTexts(a, b)))
}

/** JSON knows no zero below zero. */
const settled = (value: Values[string]): Values[string] =>
  value === 0 ? 0 : Array.isArray(value) ? [...value].sort(compareTexts) : value
