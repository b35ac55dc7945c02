/**
 * A product in a file: itself with its options. In a table each row is one option, and the rows of
 * one product stand together. Other things are named as the host names them: categories by their
 * external ids, SKUs by their codes; or by the ids of Holdfast.
 */
import * as Schema from "effect/Schema"
import {
  CategoryIds,
  isDistinct,
  namesByLocale,
  optionalOrNull,
  productFields
} from "../../catalog/messages/productFields.ts"
import { AttributeCode } from "../../catalog/state/Attribute.ts"
import { ExternalId, ProductName, ProductStatus, ProductType } from "../../catalog/state/Product.ts"
import { OptionName, OptionStatus, SkuMapping } from "../../catalog/state/ProductOption.ts"
import { SkuCode } from "../../inventory/state/Sku.ts"
import { OptionId, ProductId } from "../../kernel/Identifier.ts"
import { Money } from "../../kernel/money/Money.ts"
import { Quantity } from "../../kernel/Quantity.ts"
import {
  type Column,
  clearableJson,
  clearableText,
  jsonCells,
  listCells,
  nameCells,
  type OpenColumns,
  textCells,
  valueCells,
  wordCells
} from "./Column.ts"

const optional = Schema.optionalKey

/** An option of a product in a file. */
export const OptionRecord = Schema.Struct({
  id: optional(OptionId),
  externalId: optionalOrNull(ExternalId),
  name: optional(OptionName),
  price: optionalOrNull(Money),
  status: optional(OptionStatus),
  skus: optional(
    Schema.Array(Schema.Struct({ code: SkuCode, quantity: optional(Quantity) })).check(
      isDistinct(({ code }: { readonly code: string }) => code, "code")
    )
  ),
  skuIds: optional(
    Schema.Array(Schema.Struct({ ...SkuMapping.fields, quantity: optional(Quantity) })).check(
      isDistinct(({ skuId }: { readonly skuId: string }) => skuId, "skuId")
    )
  ),
  translations: optional(namesByLocale(OptionName))
})
export interface OptionRecord extends Schema.Schema.Type<typeof OptionRecord> {}

const {
  attributes: _attributes,
  categoryIds: _ids,
  primaryCategoryId: _primary,
  ...fields
} = productFields

/**
 * A product in a file. The first category is the primary one. What a value of an attribute must be,
 * its attribute says; a text may stand for any value.
 */
export const ProductRecord = Schema.Struct({
  id: optional(ProductId),
  name: optional(ProductName),
  type: optional(ProductType),
  status: optional(ProductStatus),
  ...fields,
  attributes: optional(Schema.Record(AttributeCode, Schema.Unknown)),
  categories: optional(Schema.Array(ExternalId)),
  categoryIds: optional(CategoryIds),
  options: optional(Schema.Array(OptionRecord))
})
export interface ProductRecord extends Schema.Schema.Type<typeof ProductRecord> {}

const skuCells = (field: "code" | "skuId") =>
  listCells(
    "|",
    (text) => {
      const [, id, quantity] = /^(.*)\*(\d{1,15})$/s.exec(text) ?? [undefined, text, "1"]
      return { [field]: id?.trim(), quantity: Number(quantity) }
    },
    (item) => {
      const { [field]: id, quantity } = item as Record<string, string | number>
      if (/[|*[]/.test(String(id))) return undefined
      return quantity === 1 ? String(id) : `${id}*${quantity}`
    }
  )

const imageCells = listCells(
  /\s+/,
  (url) => ({ url }),
  (item, index) => {
    const { alt, isPrimary, url } = item as Record<string, unknown>
    const isPlain = (alt ?? null) === null && (isPrimary ?? index === 0) === (index === 0)
    return isPlain ? String(url) : undefined
  }
)

/** The columns of products. Those of an option have their paths within the option. */
export const productColumns: ReadonlyArray<Column> = [
  {
    name: "externalId",
    path: "externalId",
    holds: "your id of the product; rows with the same one are one product",
    ...clearableText
  },
  { name: "id", path: "id", holds: "the id that Holdfast gave it", ...textCells },
  { name: "name", path: "name", holds: "the name; required for a new product", ...textCells },
  { name: "description", path: "description", holds: "the description", ...clearableText },
  { name: "type", path: "type", holds: "NORMAL (default) or BUNDLE", ...wordCells },
  {
    name: "status",
    path: "status",
    holds: "DRAFT (default), ACTIVE, INACTIVE or DISCONTINUED",
    ...wordCells
  },
  { name: "slug", path: "slug", holds: "its part of an address", ...clearableText },
  {
    name: "categories",
    path: "categories",
    holds: "external ids of categories, `|` between them, the primary one first",
    ...nameCells
  },
  {
    name: "categoryIds",
    path: "categoryIds",
    holds: "the same by the ids that Holdfast gave them",
    ...nameCells
  },
  {
    name: "images",
    path: "images",
    holds: "addresses with spaces between them, or JSON: `[{ url, alt, isPrimary }]`",
    ...imageCells
  },
  {
    name: "translations",
    path: "translations",
    holds: 'JSON: `{ "ko": { "name": …, "description": … } }`',
    ...jsonCells
  },
  { name: "metadata", path: "metadata", holds: "your own data, a JSON object", ...clearableJson },
  {
    name: "publishAt",
    path: "publishAt",
    holds: "the instant from which it is shown, ISO 8601",
    ...clearableText
  },
  {
    name: "unpublishAt",
    path: "unpublishAt",
    holds: "the instant from which it is shown no more",
    ...clearableText
  },
  {
    name: "option.externalId",
    path: "options.externalId",
    holds: "your id of the option",
    ...clearableText
  },
  { name: "option.id", path: "options.id", holds: "the id that Holdfast gave it", ...textCells },
  {
    name: "option.name",
    path: "options.name",
    holds: "the name; required for a new option",
    ...textCells
  },
  {
    name: "option.price",
    path: "options.price.amount",
    holds: "the amount, such as 12.50",
    ...textCells
  },
  {
    name: "option.currency",
    path: "options.price.currency",
    holds: "the currency of ISO 4217, such as EUR",
    ...wordCells
  },
  {
    name: "option.status",
    path: "options.status",
    holds: "ACTIVE (default), INACTIVE or SOLD_OUT",
    ...wordCells
  },
  {
    name: "option.skus",
    path: "options.skus",
    holds: "codes of SKUs, `|` between them, with `*2` for two units: `MUG*2|LID*2`",
    ...skuCells("code")
  },
  {
    name: "option.skuIds",
    path: "options.skuIds",
    holds: "the same by the ids of SKUs",
    ...skuCells("skuId")
  },
  {
    name: "option.translations",
    path: "options.translations",
    holds: 'JSON: `{ "ko": { "name": … } }`',
    ...jsonCells
  }
]

const isCode = Schema.is(AttributeCode)

/** What the names of the columns of attributes begin with. */
export const attributesPrefix = "attributes."

const attributeHolds =
  "the value of an attribute, by its code: a text, a number, true or false, or choices with `|` between them"

/** The column of an attribute by its name; undefined when there can be no such attribute. */
const attributeColumnOf = (name: string): Column | undefined =>
  name.startsWith(attributesPrefix) && isCode(name.slice(attributesPrefix.length))
    ? { name, path: name, holds: attributeHolds, ...valueCells }
    : undefined

/** The columns of attributes: as many as a shop has. */
export const attributeColumns: OpenColumns = {
  sign: `${attributesPrefix}<code>`,
  holds: attributeHolds,
  columnOf: attributeColumnOf
}
