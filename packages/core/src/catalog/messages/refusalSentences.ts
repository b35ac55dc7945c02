/**
 * What each refusal says to a person: what happened to what, and what to do next. Every door uses
 * these sentences.
 */
import {
  goneSentence,
  listed,
  named,
  restoredSentence,
  sharedSentences,
  staleSentence
} from "../../kernel/refusals.ts"
import type { CatalogRefusal, RefusalTag } from "./CatalogError.ts"

/** The fields of a refusal, as it is sent. */
export type RefusalDetails<Tag extends RefusalTag> = Omit<
  Extract<typeof CatalogRefusal.Encoded, { readonly _tag: Tag }>,
  "_tag"
>

const kindsOfValues = {
  TEXT: "a text",
  NUMBER: "a number",
  BOOLEAN: "true or false",
  CHOICE: "a list of its choices"
} as const

/** The sentence of each refusal, from its fields. */
export const refusalSentences: {
  readonly [Tag in RefusalTag]: (details: RefusalDetails<Tag>) => string
} = {
  ...sharedSentences,
  StaleExpectation: staleSentence,
  ProductNotFound: ({ productId }) => `no such product: "${productId}"`,
  SlugNotFound: ({ slug }) => `no product has the slug "${slug}"`,
  OptionNotFound: ({ optionId, productId }) =>
    `the product "${productId}" has no option "${optionId}"`,
  CategoryNotFound: ({ categoryIds }) =>
    `no such category: ${listed(categoryIds.map((id) => `"${id}"`))}; create it first, or ` +
    "correct the id",
  AttributeNotFound: ({ attributes }) =>
    `no such attribute: ${listed(attributes.map((name) => `"${name}"`))}; create it first, or ` +
    "correct the name",
  SkuNotFound: ({ skuIds }) =>
    `no such SKU: ${listed(skuIds.map((id) => `"${id}"`))}; register it first, correct the id, or ` +
    "say `allowUnknownSkus: true` to map it before it is registered",
  IdTaken: ({ id, kind }) => `the ${kind} id "${id}" is taken; choose another one`,
  ProductReserved: ({ optionIds, productId }) =>
    `the product "${productId}" has open reservations of ${named("option", "options", optionIds)}; ` +
    "discontinue it instead",
  ProductConflict: ({ action, productId, status }) =>
    `the product "${productId}" is ${status}: ${action} is not possible`,
  ExternalIdTaken: ({ externalId, kind }) =>
    `another ${kind} has the external id "${externalId}"; choose another one`,
  SlugTaken: ({ slug }) =>
    `another product has the slug "${slug}", or had it before; choose another one`,
  AttributeCodeTaken: ({ code }) => `another attribute has the code "${code}"; choose another one`,
  ProductTooLarge: ({ count, max, productId, what }) =>
    `the product "${productId}" would have ${count} ${what}, and may have ${max}`,
  AttributeInactive: ({ code }) =>
    `the attribute "${code}" is retired: products keep their values of it, and get no new ones`,
  AttributeNotForType: ({ code, productId, type }) =>
    `the product "${productId}" would be a ${type} with a value of "${code}", which is for ` +
    "products of the other type; clear the value",
  AttributeMismatch: ({ code, kind, unknownChoices }) =>
    unknownChoices.length === 0
      ? `a value of the attribute "${code}" is ${kindsOfValues[kind]}`
      : `the attribute "${code}" has no choice ${listed(unknownChoices.map((it) => `"${it}"`))}; ` +
        "add it first, or correct the value",
  MappingsMismatch: ({ optionId, skus, type }) =>
    type === "NORMAL"
      ? `the option "${optionId}" maps ${skus} SKUs, but an option of a NORMAL product maps one; ` +
        "make the product a BUNDLE, or map one SKU"
      : `the option "${optionId}" maps one unit of one SKU, but an option of a BUNDLE maps two or ` +
        "more SKUs, or one with a quantity of 2 or more",
  CurrencyMismatch: ({ currency, expected, optionId }) =>
    `the option "${optionId}" is priced in ${currency}, and the options before it in ${expected}; ` +
    "all options of a product are priced in one currency, so change them together",
  NothingOnOffer: ({ productId }) =>
    `the product "${productId}" would be ACTIVE without an option to sell; it needs one that is ` +
    "not INACTIVE, with a price and a SKU mapping",
  StaleStock: ({ isMixed, productId, skuIds }) =>
    `the product "${productId}" has followed newer stock of ${named("SKU", "SKUs", skuIds)}` +
    (isMixed ? "; ask for the stock of all its SKUs again" : ""),
  CategoryNameTaken: ({ name, parentId }) =>
    `another category ${parentId === null ? "at the top" : `under "${parentId}"`} has the name ` +
    `"${name}"; choose another one`,
  CategoryCycle: ({ categoryId, parentId }) =>
    `the category "${categoryId}" cannot be under "${parentId}", which is ` +
    (categoryId === parentId ? "itself" : "below it"),
  CategoryTooDeep: ({ categoryId, depth, depthMax }) =>
    `the tree would be ${depth} categories deep at or below "${categoryId}", and may be ${depthMax}`,
  CategoryNotEmpty: ({ categoryId, children, products }) =>
    `the category "${categoryId}" has ${children} children and ${products} products; move them ` +
    "first, or deactivate the category",
  AttributeInUse: ({ attributeId, choices, values }) =>
    choices.length === 0
      ? `products have ${values} values of the attribute "${attributeId}"; retire it instead, with ` +
        "`isActive: false`"
      : `${values} values of products are the choice ${listed(choices.map((it) => `"${it}"`))} of ` +
        `the attribute "${attributeId}"; give them another one first`,
  PositionGone: goneSentence,
  LogRestored: restoredSentence
}

/** The sentence of a refusal. */
export const sentenceOf = <Tag extends RefusalTag>(
  refusal: Extract<CatalogRefusal, { readonly _tag: Tag }>
): string => (refusalSentences[refusal._tag] as (details: unknown) => string)(refusal)
