/**
 * The slice of state that one batch of commands reads: what a store loads under its locks, and the
 * questions that a decision may ask of it. A book is read, never changed, by a decision.
 */
import type * as DateTime from "effect/DateTime"
import type { AttributeId, CategoryId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import type { Receipt } from "../../kernel/Receipt.ts"
import type { Attribute } from "./Attribute.ts"
import type { Category } from "./Category.ts"
import type { CategoryTree } from "./CategoryTree.ts"
import type { Product } from "./Product.ts"

/**
 * What is unique in the catalog beside ids of products, categories and attributes: the host's ids, the
 * ids of options, codes of attributes, and slugs, which a product keeps when it gets another one.
 */
export type NameKind =
  | "PRODUCT_EXTERNAL_ID"
  | "OPTION_EXTERNAL_ID"
  | "CATEGORY_EXTERNAL_ID"
  | "OPTION_ID"
  | "ATTRIBUTE_CODE"
  | "SLUG"

/** A name that one product, option or category may have. */
export interface UniqueName {
  readonly kind: NameKind
  readonly name: string
}

/**
 * A name and who has it: the product of a slug or of an option's id, the option or the category of
 * an external id, the attribute of a code.
 */
export interface OwnedName extends UniqueName {
  readonly ownerId: string
}

/** How new the stock was that the catalog last saw: the version of the SKU's events. */
export interface SeenStock {
  readonly productId: ProductId
  readonly skuId: SkuId
  readonly version: number
}

/** How many values products have of an attribute, each choice one; `value` null counts all of them. */
export interface ValueCount {
  readonly code: string
  readonly value: string | null
  readonly values: number
}

/** The most products of one category, or values of one attribute, that a store counts; more is as good as this many. */
export const countedProductsMax = 1_000

/**
 * The rows that a store loads for a scope, in any order, all as of one instant under its locks. See
 * `CatalogScope` for what each holds. `now` is not before the `updatedAt` of any loaded product.
 */
export interface LoadedCatalog {
  readonly now: DateTime.Utc
  readonly products: ReadonlyArray<Product>
  readonly categories: ReadonlyArray<Category>
  /** Ids of the scope that a product or a category had that was deleted. */
  readonly deletedProductIds: ReadonlyArray<ProductId>
  readonly deletedCategoryIds: ReadonlyArray<CategoryId>
  /** How many products are in a category, up to `countedProductsMax`. */
  readonly productCounts: ReadonlyArray<{
    readonly categoryId: CategoryId
    readonly products: number
  }>
  readonly attributes: ReadonlyArray<Attribute>
  /** Ids of the scope that an attribute had that was deleted. */
  readonly deletedAttributeIds: ReadonlyArray<AttributeId>
  /** How many values products have of an attribute, and of each of its choices, up to the same bound. */
  readonly valueCounts: ReadonlyArray<ValueCount>
  readonly names: ReadonlyArray<OwnedName>
  readonly seenStock: ReadonlyArray<SeenStock>
  readonly receipts: ReadonlyArray<Receipt>
}

/** What a decision may ask. Everything answered belongs to one instant, `now`. */
export interface CatalogBook extends CategoryTree {
  readonly now: DateTime.Utc
  readonly product: (id: ProductId) => Product | undefined
  /** Whether a product had this id, and was deleted. */
  readonly wasProduct: (id: ProductId) => boolean
  /** Whether a category had this id, and was deleted. */
  readonly wasCategory: (id: CategoryId) => boolean
  /**
   * How many products are in a category whose products the scope counted; `countedProductsMax` or
   * more when there may be others that were not counted.
   */
  readonly productCountOf: (categoryId: CategoryId) => number
  readonly attribute: (id: AttributeId) => Attribute | undefined
  readonly attributeOfCode: (code: string) => Attribute | undefined
  /** Whether an attribute had this id, and was deleted. */
  readonly wasAttribute: (id: AttributeId) => boolean
  /** How many products have a value, or how many values all have, of an attribute that was counted. */
  readonly valueCountOf: (code: string, value: string | null) => number
  readonly ownerOf: (kind: NameKind, name: string) => string | undefined
  /** The version of a SKU's stock that the product last followed; 0 before any. */
  readonly seenVersionOf: (productId: ProductId, skuId: SkuId) => number
}
