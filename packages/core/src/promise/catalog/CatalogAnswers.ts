/** What the Promise door of the catalog answers: plain values, instants as `Date`. */

/** NORMAL: each option is units of one SKU. BUNDLE: each option is several units together. */
export type ProductType = "NORMAL" | "BUNDLE"

/** DRAFT is not shown yet, ACTIVE is for sale, INACTIVE is withdrawn, DISCONTINUED is out of range. */
export type ProductStatus = "DRAFT" | "ACTIVE" | "INACTIVE" | "DISCONTINUED"

/** ACTIVE can be bought, INACTIVE is withdrawn, SOLD_OUT is on show and cannot be bought now. */
export type OptionStatus = "ACTIVE" | "INACTIVE" | "SOLD_OUT"

/** An amount as text with the decimals of its currency, which is in ISO 4217. */
export interface Money {
  readonly amount: string
  readonly currency: string
}

/** How many units of a SKU leave for one unit of an option. */
export interface SkuMapping {
  readonly skuId: string
  readonly quantity: number
}

/** Names by locale. */
export interface TranslatedNames {
  readonly [locale: string]: { readonly name: string }
}

/** Names and descriptions by locale; null where there is none. */
export interface Translations {
  readonly [locale: string]: { readonly name: string | null; readonly description: string | null }
}

/** A JSON value. */
export type Json =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<Json>
  | { readonly [field: string]: Json }

/** A value of an attribute: a text, a number, yes or no, or a list of choices. */
export type AttributeValue = string | number | boolean | ReadonlyArray<string>

/** What the values of an attribute are. */
export type AttributeKind = "TEXT" | "NUMBER" | "BOOLEAN" | "CHOICE"

/** One of the values that a CHOICE may have. */
export interface AttributeChoice {
  readonly value: string
  readonly name: string
  readonly translations: TranslatedNames
}

/** An attribute, of which products have values; `version` is what `expectedVersion` is compared with. */
export interface Attribute {
  readonly id: string
  /** What values are named by on products and in filters. */
  readonly code: string
  readonly name: string
  readonly translations: TranslatedNames
  readonly kind: AttributeKind
  readonly unit: string | null
  readonly choices: ReadonlyArray<AttributeChoice>
  /** The type of products that it is for; null for every type. */
  readonly productType: ProductType | null
  readonly isFilterable: boolean
  /** An inactive attribute is retired: products keep their values, and get no new ones. */
  readonly isActive: boolean
  readonly version: number
}

/** A page of attributes; `next` is the cursor of the next page, null at the end. */
export interface AttributesPage {
  readonly items: ReadonlyArray<Attribute>
  readonly next: string | null
}

/** What the products of a list have of one attribute. */
export interface Facet {
  readonly code: string
  readonly name: string
  readonly kind: AttributeKind
  readonly unit: string | null
  /** Products that have a value at all. */
  readonly products: number
  /** Of a CHOICE and a BOOLEAN: how many products have each value. */
  readonly counts: ReadonlyArray<{
    readonly value: string
    readonly name: string | null
    readonly products: number
  }>
  /** Of a NUMBER. */
  readonly least: number | null
  readonly greatest: number | null
  /** Whether all products of the list were looked at, and not only some of them. */
  readonly isWhole: boolean
}

/** An option of a product: what a buyer chooses and pays for. */
export interface ProductOption {
  readonly id: string
  readonly productId: string
  readonly name: string
  readonly translations: TranslatedNames
  readonly price: Money | null
  readonly status: OptionStatus
  /** Who set the status: a person, or the stock. */
  readonly statusBy: "PERSON" | "STOCK"
  readonly skuMappings: ReadonlyArray<SkuMapping>
  readonly position: number
  readonly externalId: string | null
  readonly createdAt: Date
}

/** A picture; exactly one of a product's pictures is primary. */
export interface ProductImage {
  readonly url: string
  readonly alt: string | null
  readonly position: number
  readonly isPrimary: boolean
}

/** What a product is, apart from its categories. */
export interface ProductFields {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly translations: Translations
  readonly type: ProductType
  readonly status: ProductStatus
  readonly images: ReadonlyArray<ProductImage>
  readonly options: ReadonlyArray<ProductOption>
  readonly externalId: string | null
  readonly slug: string | null
  /** Values by the codes of their attributes. */
  readonly attributes: { readonly [code: string]: AttributeValue }
  readonly metadata: { readonly [field: string]: Json } | null
  readonly publishAt: Date | null
  readonly unpublishAt: Date | null
  /** Counts the events of the product. */
  readonly version: number
  /** Counts the changes that people made: what `expectedVersion` is compared with. */
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A product, whole, as a change answers it. */
export interface Product extends ProductFields {
  readonly categories: ReadonlyArray<{ readonly categoryId: string; readonly isPrimary: boolean }>
}

/** A category. Roots have level 0; `version` is what `expectedVersion` is compared with. */
export interface Category {
  readonly id: string
  readonly name: string
  readonly translations: TranslatedNames
  readonly parentId: string | null
  readonly level: number
  readonly sortOrder: number
  readonly isActive: boolean
  readonly externalId: string | null
  readonly version: number
}

/** A category of a product, whole. */
export interface CategoryOfProduct extends Category {
  readonly isPrimary: boolean
}

/** A product as it is read: its categories whole, and whether buyers see it now. */
export interface ProductView extends ProductFields {
  readonly categories: ReadonlyArray<CategoryOfProduct>
  readonly isShown: boolean
}

/** What is in stock of a mapped SKU, in units; null while it is unknown. */
export interface SkuStockView {
  readonly skuId: string
  readonly status: "known" | "unknown"
  readonly availableQuantity: number | null
  readonly inStockQuantity: number | null
}

/** How many of an option can be had at once, and the SKU that allows no more. */
export interface OptionAvailability {
  readonly optionId: string
  readonly availableQuantity: number | null
  readonly limitingSkuId: string | null
}

/** A product with its options, the stock of the SKUs that they map, and what can be had. */
export interface ProductAnswer {
  readonly product: ProductView
  readonly options: ReadonlyArray<ProductOption>
  readonly stockStatus: ReadonlyArray<SkuStockView>
  readonly availability: ReadonlyArray<OptionAvailability>
}

/** Products, in the order asked; those that nobody knows are named. */
export interface ProductsAnswer {
  readonly items: ReadonlyArray<ProductAnswer>
  readonly unknownProductIds: ReadonlyArray<string>
}

/** A page of products; `next` is the cursor of the next page, null at the end. */
export interface ProductsPage {
  readonly items: ReadonlyArray<ProductView>
  /** The number of the page, when it was asked for by one. */
  readonly page: number | null
  readonly size: number
  readonly next: string | null
  /** Those that were asked for; null when none were. */
  readonly facets: ReadonlyArray<Facet> | null
}

/** A category with all that is below it, siblings in their order. */
export interface CategoryBranch extends Category {
  readonly children: ReadonlyArray<CategoryBranch>
}

/** The tree of categories. */
export interface CategoryTree {
  readonly categories: ReadonlyArray<CategoryBranch>
}

/** One mapping of an option of a product. */
export interface MappingView extends SkuMapping {
  readonly productId: string
  readonly optionId: string
}

/** A page of mappings; `next` is the cursor of the next page, null at the end. */
export interface MappingsPage {
  readonly mappings: ReadonlyArray<MappingView>
  readonly next: string | null
}

/** Who has an external id; `productId` is the product of an option, else null. */
export interface ExternalOwner {
  readonly externalId: string
  readonly id: string
  readonly productId: string | null
}

/** A product that was deleted, and the version of its last event. */
export interface ProductDeleted {
  readonly productId: string
  readonly version: number
}

/** A category that was deleted, and the version of its last event. */
export interface CategoryDeleted {
  readonly categoryId: string
  readonly version: number
}

/** An attribute that was deleted, and the version of its last event. */
export interface AttributeDeleted {
  readonly attributeId: string
  readonly version: number
}

/** The options that followed the stock, and the version of the product after that. */
export interface StockFollowed {
  readonly productId: string
  readonly version: number
  readonly soldOut: ReadonlyArray<string>
  readonly back: ReadonlyArray<string>
}
