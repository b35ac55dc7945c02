/** The fields of products, options, images and mappings as callers write them, with their bounds. */
import * as Schema from "effect/Schema"
import { CategoryId, OptionId, SkuId } from "../../kernel/Identifier.ts"
import { Instant } from "../../kernel/Instant.ts"
import { Money } from "../../kernel/money/Money.ts"
import { label, printable } from "../../kernel/Text.ts"
import { AttributeCode, AttributeName, ChoiceValue, choicesMax } from "../state/Attribute.ts"
import {
  attributesMax,
  categoriesMax,
  ExternalId,
  imagesMax,
  type KeptMetadata,
  ProductDescription,
  ProductName,
  Slug
} from "../state/Product.ts"
import {
  mappingsOfOptionMax,
  OptionName,
  OptionStatus,
  optionsMax,
  SkuMapping
} from "../state/ProductOption.ts"
import { Locale, localesMax } from "../state/Translations.ts"

const optional = Schema.optionalKey

/** A field that may be left out, or null for nothing. */
export const optionalOrNull = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema))

/** Refuses a list in which two items have the same key; the later one is named. */
export const isDistinct = <A>(keyOf: (item: A) => string, field: string) =>
  Schema.makeFilter<ReadonlyArray<A>>(
    (items) => {
      const known = new Set<string>()
      for (const [index, item] of items.entries()) {
        const key = keyOf(item)
        if (known.has(key)) {
          const path = field === "" ? [index] : [index, field]
          return { path, issue: `"${key}" stands here twice` }
        }
        known.add(key)
      }
      return true
    },
    { title: "no item twice", toJsonSchema: () => ({ uniqueItems: true }) }
  )

const upTo = (maximum: number, items: string) =>
  Schema.isBetweenLength(0, maximum, { message: `must hold at most ${maximum} ${items}` })

/** The SKUs of an option, at most 100, each once. */
export const SkuMappings = Schema.Array(SkuMapping).check(
  upTo(mappingsOfOptionMax, "mappings"),
  isDistinct(({ skuId }: { readonly skuId: string }) => skuId, "skuId")
)

/** The address of a picture: http, https, or a path of the host. */
const ImageUrl = printable(1, 2_000).check(
  Schema.isPattern(/^(?:[hH][tT][tT][pP][sS]?:\/\/[^\s/][^\s]*|\/(?!\/)[^\s]*)$/u, {
    message: "must be an address that begins with http://, https:// or a single /"
  })
)

/** A picture as a caller writes it. */
export const ImageInput = Schema.Struct({
  url: ImageUrl,
  alt: optionalOrNull(label(0, 255)),
  isPrimary: optional(Schema.Boolean)
})

const onePrimary = Schema.makeFilter<ReadonlyArray<{ readonly isPrimary?: boolean }>>(
  (images) => {
    const second = images.findIndex(
      ({ isPrimary }, index) =>
        isPrimary === true && images.slice(0, index).some((image) => image.isPrimary === true)
    )
    return second < 0 || { path: [second, "isPrimary"], issue: "another image is primary already" }
  },
  { title: "at most one primary image", toJsonSchema: () => ({}) }
)

/** The pictures of a product in their order, at most 100; the first is primary unless one says so. */
export const Images = Schema.Array(ImageInput).check(
  upTo(imagesMax, "images"),
  isDistinct(({ url }: { readonly url: string }) => url, "url"),
  onePrimary
)

/** The categories of a product, at most 50, each once. */
export const CategoryIds = Schema.Array(CategoryId).check(
  upTo(categoriesMax, "categories"),
  isDistinct((id: string) => id, "")
)

const localesUpTo = Schema.makeFilter(
  (texts: { readonly [locale: string]: unknown }) =>
    Object.keys(texts).length <= localesMax || `must name at most ${localesMax} locales`,
  { toJsonSchema: () => ({ maxProperties: localesMax }) }
)

/** Names by locale as a caller writes them; null takes a locale away. */
export const namesByLocale = <S extends Schema.Constraint>(name: S) =>
  Schema.Record(Locale, Schema.NullOr(Schema.Struct({ name }))).check(localesUpTo)

/** Names and descriptions by locale; null takes a text, or a locale, away. */
const TextsByLocale = Schema.Record(
  Locale,
  Schema.NullOr(
    Schema.Struct({
      name: optionalOrNull(ProductName),
      description: optionalOrNull(ProductDescription)
    })
  )
).check(localesUpTo)

/** A choice of an attribute as a caller writes it; its name is its value unless given. */
const ChoiceInput = Schema.Struct({
  value: ChoiceValue,
  name: optional(AttributeName),
  translations: optional(
    Schema.Record(Locale, Schema.Struct({ name: AttributeName })).check(localesUpTo)
  )
})

/** The choices of an attribute in their order, at most 200. */
export const AttributeChoices = Schema.Array(ChoiceInput).check(
  upTo(choicesMax, "choices"),
  isDistinct(({ value }: { readonly value: string }) => value, "value")
)

/** A value of an attribute as a caller writes it; which kind it must be, its attribute says. */
const ValueInput = Schema.Union([
  printable(1, 255),
  Schema.Finite,
  Schema.Boolean,
  Schema.Array(ChoiceValue).check(
    Schema.isBetweenLength(1, choicesMax, { message: `must hold 1 to ${choicesMax} choices` }),
    isDistinct((value: string) => value, "")
  )
])

/** Values of attributes by their codes, at most 100; null takes a value away. */
const ValuesByCode = Schema.Record(AttributeCode, Schema.NullOr(ValueInput)).check(
  Schema.makeFilter(
    (values: { readonly [code: string]: unknown }) =>
      Object.keys(values).length <= attributesMax ||
      `must name at most ${attributesMax} attributes`,
    { toJsonSchema: () => ({ maxProperties: attributesMax }) }
  )
)

/** The fields of an option that may be left out. */
const optionFields = {
  translations: optional(namesByLocale(OptionName)),
  price: optionalOrNull(Money),
  status: optional(OptionStatus),
  skuMappings: optional(SkuMappings),
  externalId: optionalOrNull(ExternalId)
}

/** A new option. Without a price or mappings it cannot be bought yet. It is ACTIVE by default. */
export const NewOption = Schema.Struct({
  optionId: optional(OptionId),
  name: OptionName,
  ...optionFields
})
export interface NewOption extends Schema.Schema.Type<typeof NewOption> {}

/** What changes of an option. What is left out stays; null clears. */
export const optionChanges = { name: optional(OptionName), ...optionFields }

/** One of all the options that a product is to have: one that it has, changed, or a new one. */
export const OptionEntry = Schema.Struct({ optionId: optional(OptionId), ...optionChanges })
export interface OptionEntry extends Schema.Schema.Type<typeof OptionEntry> {}

const optionsOf = <S extends Schema.Constraint & { readonly Type: { readonly optionId?: string } }>(
  option: S
) =>
  Schema.Array(option).check(
    upTo(optionsMax, "options"),
    Schema.makeFilter<ReadonlyArray<S["Type"]>>(
      (options) => {
        const known = new Set<string>()
        for (const [index, { optionId }] of options.entries()) {
          if (optionId === undefined) continue
          if (known.has(optionId)) {
            return { path: [index, "optionId"], issue: `"${optionId}" stands here twice` }
          }
          known.add(optionId)
        }
        return true
      },
      { title: "no option twice", toJsonSchema: () => ({}) }
    )
  )

/** The options of a new product, at most 1,000, in their order. */
export const NewOptions = optionsOf(NewOption)

/** All options that a product is to have, at most 1,000, in their order. */
export const OptionEntries = optionsOf(OptionEntry)

/** The most bytes of the host's own data with a product, as JSON in UTF-8. */
export const metadataBytesMax = 16_384

const bytesOf = (text: string): number => {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** Whether every text in it can be stored, names of fields included. */
const isStorable = (json: string): boolean =>
  json.isWellFormed() && !/\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(json.replaceAll("\\\\", ""))

/** How deep lists and objects may lie in each other in the host's own data. */
export const metadataDepthMax = 32

const isPlain = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

const isScalar = (value: unknown): boolean =>
  value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value)

/** What is wrong with a value as JSON, or undefined. It is walked level by level, however deep it is. */
const wrongAsJson = (value: unknown): string | undefined => {
  let level: ReadonlyArray<unknown> = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > metadataDepthMax) return `must be at most ${metadataDepthMax} levels deep`
    const below: Array<unknown> = []
    for (const item of level) {
      if (isPlain(item)) for (const value of Object.values(item)) below.push(value)
      else if (!isScalar(item)) return "must be an object of JSON values"
    }
    level = below
  }
  return undefined
}

/** The host's own data: an object of at most 16 KiB as JSON. Holdfast neither reads nor indexes it. */
export const Metadata = Schema.Record(Schema.String, Schema.Unknown).check(
  Schema.makeFilter(
    (metadata: { readonly [field: string]: unknown }) => {
      const wrong = wrongAsJson(metadata)
      if (wrong !== undefined) return wrong
      const json = JSON.stringify(metadata)
      if (!isStorable(json)) return "must be well-formed Unicode without NUL characters"
      const bytes = bytesOf(json)
      return (
        bytes <= metadataBytesMax ||
        `must be at most ${metadataBytesMax} bytes as JSON; it has ${bytes}`
      )
    },
    { title: "at most 16 KiB of JSON", toJsonSchema: () => ({}) }
  )
) as unknown as typeof KeptMetadata

/** The fields of a product that may be left out, and null for nothing. */
export const productFields = {
  description: optionalOrNull(ProductDescription),
  translations: optional(TextsByLocale),
  images: optional(Images),
  categoryIds: optional(CategoryIds),
  primaryCategoryId: optional(CategoryId),
  externalId: optionalOrNull(ExternalId),
  slug: optionalOrNull(Slug),
  attributes: optional(ValuesByCode),
  metadata: optionalOrNull(Metadata),
  publishAt: optionalOrNull(Instant),
  unpublishAt: optionalOrNull(Instant)
}

/** Refuses a primary category that is not among the categories. */
export const isPrimaryAmong = Schema.makeFilter(
  (fields: { readonly categoryIds?: ReadonlyArray<string>; readonly primaryCategoryId?: string }) =>
    fields.primaryCategoryId === undefined ||
    fields.categoryIds?.includes(fields.primaryCategoryId) === true || {
      path: ["primaryCategoryId"],
      issue: "must be one of categoryIds"
    },
  { toJsonSchema: () => ({}) }
)

/** A SKU as what was seen of its stock names it. */
export const StockFact = Schema.Struct({
  skuId: SkuId,
  availableQuantity: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  version: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
