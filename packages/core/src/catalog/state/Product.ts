/**
 * A product: what a buyer sees. With its options, their mappings, its images and its places among
 * the categories it is one aggregate, changed as a whole. `version` counts its events; `revision`
 * counts the changes that people made, so that stock never makes a person's edit stale.
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { type OptionId, type SkuId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import * as Money from "../../kernel/money/Money.ts"
import { label, printable, text } from "../../kernel/Text.ts"
import { ProductOption } from "./ProductOption.ts"
import { Translations } from "./Translations.ts"

/** The most images of one product. */
export const imagesMax = 100

/** The most attributes that one product has a value of. */
export const attributesMax = 100

/** The most categories of one product. */
export const categoriesMax = 50

/** NORMAL: each option is units of one SKU. BUNDLE: each option is several units together. */
export const ProductType = Schema.Literals(["NORMAL", "BUNDLE"])
export type ProductType = typeof ProductType.Type

/** DRAFT is not shown yet, ACTIVE is for sale, INACTIVE is withdrawn, DISCONTINUED is out of range. */
export const ProductStatus = Schema.Literals(["DRAFT", "ACTIVE", "INACTIVE", "DISCONTINUED"])
export type ProductStatus = typeof ProductStatus.Type

/** A name for people, one line of 1–255 code points. */
export const ProductName = label(1, 255)

/** A text about the product, at most 20,000 code points; line breaks are allowed. */
export const ProductDescription = text(0, 20_000)

/** The host's own id of a product, an option or a category: unique among those of its kind. */
export const ExternalId = printable(1, 255).annotate({ identifier: "ExternalId" })

/** The product's part of an address: 1–255 small letters, marks and digits, with hyphens between. */
export const Slug = printable(1, 255)
  .check(
    Schema.isPattern(/^[\p{Ll}\p{Lo}\p{M}\p{Nd}]+(?:-[\p{Ll}\p{Lo}\p{M}\p{Nd}]+)*$/u, {
      message: "must be small letters and digits with single hyphens between them"
    })
  )
  .annotate({ identifier: "Slug" })

/** A picture. `position` is its place, from 0; exactly one of a product's pictures is primary. */
export const ProductImage = Schema.Struct({
  url: Schema.String,
  alt: Schema.NullOr(Schema.String),
  position: Schema.Int,
  isPrimary: Schema.Boolean
}).annotate({ identifier: "ProductImage" })
export interface ProductImage extends Schema.Schema.Type<typeof ProductImage> {}

/** A category that a product is in; exactly one of them is primary. */
export const ProductCategory = Schema.Struct({
  categoryId: unchecked.categoryId,
  isPrimary: Schema.Boolean
})
export interface ProductCategory extends Schema.Schema.Type<typeof ProductCategory> {}

/** A value of an attribute: a text, a number, yes or no, or a list of choices. */
export const AttributeValue = Schema.Union([
  Schema.String,
  Schema.Finite,
  Schema.Boolean,
  Schema.Array(Schema.String)
])

/** Values by the codes of their attributes. A product that was kept before there were any has none. */
const KeptValues = Schema.optionalKey(Schema.Record(Schema.String, AttributeValue)).pipe(
  Schema.decodeTo(
    Schema.Record(Schema.String, AttributeValue),
    SchemaTransformation.transformOptional({
      decode: Option.orElseSome(() => ({})),
      encode: (values) => values
    })
  )
)

/** What the host keeps with a product and Holdfast does not read. */
export const KeptMetadata = Schema.Record(Schema.String, Schema.Json)

/**
 * A product, whole. Options and images stand by their positions, categories with the primary one
 * first, and values of attributes by the codes of these. Between `publishAt` and `unpublishAt` an ACTIVE product is shown; null means no bound.
 */
export const Product = Schema.Struct({
  id: unchecked.productId,
  name: Schema.String,
  description: Schema.NullOr(Schema.String),
  translations: Translations,
  type: ProductType,
  status: ProductStatus,
  images: Schema.Array(ProductImage),
  options: Schema.Array(ProductOption),
  categories: Schema.Array(ProductCategory),
  externalId: Schema.NullOr(Schema.String),
  slug: Schema.NullOr(Schema.String),
  attributes: KeptValues,
  metadata: Schema.NullOr(KeptMetadata),
  publishAt: Schema.NullOr(Timestamp),
  unpublishAt: Schema.NullOr(Timestamp),
  version: Schema.Int,
  revision: Schema.Int,
  createdAt: Timestamp,
  updatedAt: Timestamp
}).annotate({ identifier: "Product" })
export interface Product extends Schema.Schema.Type<typeof Product> {}

/** Whether buyers see a product at an instant: from `publishAt` on, and before `unpublishAt`. */
export const isShownAt = (
  { publishAt, status, unpublishAt }: Pick<Product, "publishAt" | "status" | "unpublishAt">,
  now: DateTime.Utc
): boolean =>
  status === "ACTIVE" &&
  (publishAt === null || publishAt.epochMilliseconds <= now.epochMilliseconds) &&
  (unpublishAt === null || now.epochMilliseconds < unpublishAt.epochMilliseconds)

/** The option of a product. */
export const optionOf = (product: Product, optionId: OptionId): ProductOption | undefined =>
  product.options.find(({ id }) => id === optionId)

const extremePriceOf = (
  { options }: Pick<Product, "options">,
  isBeyond: (compared: number) => boolean
): Money.Money | null => {
  let extreme: Money.Money | null = null
  for (const { price, status } of options) {
    if (price === null || status === "INACTIVE") continue
    if (extreme === null || isBeyond(Money.compareAmounts(price, extreme))) extreme = price
  }
  return extreme
}

/** The lowest price among the options that are not INACTIVE; null when none of them has one. */
export const lowestPriceOf = (product: Pick<Product, "options">): Money.Money | null =>
  extremePriceOf(product, (compared) => compared < 0)

/** The highest price among the options that are not INACTIVE; null when none of them has one. */
export const highestPriceOf = (product: Pick<Product, "options">): Money.Money | null =>
  extremePriceOf(product, (compared) => compared > 0)

/** Every SKU that the product's options map, once each, in order. */
export const skuIdsOf = ({ options }: Pick<Product, "options">): ReadonlyArray<SkuId> => [
  ...new Set(options.flatMap(({ skuMappings }) => skuMappings.map(({ skuId }) => skuId)))
]

/** The fields of a product that people change, as `changed` of an event names them. */
export const changeableFields = [
  "name",
  "description",
  "translations",
  "type",
  "status",
  "images",
  "options",
  "categories",
  "externalId",
  "slug",
  "attributes",
  "metadata",
  "publishAt",
  "unpublishAt"
] as const

/** The name of a field that people change. */
export type ChangeableField = (typeof changeableFields)[number]

/** The fields that differ between two states of a product. */
export const changedFields = (before: Product, after: Product): ReadonlyArray<ChangeableField> =>
  changeableFields.filter(
    (field) =>
      before[field] !== after[field] &&
      JSON.stringify(before[field]) !== JSON.stringify(after[field])
  )
