/**
 * What the Promise door of the catalog takes: plain values, instants as `Date` or ISO 8601 text, money
 * as text with its currency. In a change, what is left out stays, and null clears. `undefined` means
 * left out. Unknown fields are refused. Ids are UUIDs, made up when left out, but those of SKUs.
 */
import type { QuestionOptions } from "../engine/RequestOptions.ts"
import type {
  AttributeKind,
  AttributeValue,
  Json,
  Money,
  OptionStatus,
  ProductStatus,
  ProductType,
  SkuMapping
} from "./CatalogAnswers.ts"

/** An instant. */
type Instant = Date | string

/** What the change is conditional on. */
export interface Expected {
  /** The `revision` of the product, or the `version` of the category or attribute, that you have read. */
  readonly expectedVersion?: number | undefined
}

/** Whether mappings may name SKUs that the inventory does not know yet: false. */
export interface BeforeSkus {
  readonly allowUnknownSkus?: boolean | undefined
}

/** Names by locale; null takes a locale away. */
export interface NamesInput {
  readonly [locale: string]: { readonly name: string } | null
}

/** Names and descriptions by locale; null takes a text, or a locale, away. */
export interface TextsInput {
  readonly [locale: string]: {
    readonly name?: string | null | undefined
    readonly description?: string | null | undefined
  } | null
}

/** A picture, by an address that begins with http://, https:// or a single slash. */
export interface ImageInput {
  readonly url: string
  readonly alt?: string | null | undefined
  /** The first image is primary unless one says so. */
  readonly isPrimary?: boolean | undefined
}

/** The fields of an option that may be left out. */
export interface OptionFields {
  readonly translations?: NamesInput | undefined
  readonly price?: Money | null | undefined
  readonly status?: OptionStatus | undefined
  readonly skuMappings?: ReadonlyArray<SkuMapping> | undefined
  readonly externalId?: string | null | undefined
}

/** A new option. Without a price or mappings it cannot be bought yet. */
export interface NewOption extends OptionFields {
  readonly optionId?: string | undefined
  readonly name: string
}

/** One of all the options that a product is to have: one that it has, changed, or a new one. */
export interface OptionEntry extends OptionFields {
  readonly optionId?: string | undefined
  readonly name?: string | undefined
}

/** The fields of a product that may be left out. */
export interface ProductInputFields extends BeforeSkus {
  readonly description?: string | null | undefined
  readonly translations?: TextsInput | undefined
  readonly images?: ReadonlyArray<ImageInput> | undefined
  readonly categoryIds?: ReadonlyArray<string> | undefined
  /** The first category is primary unless it is named here. */
  readonly primaryCategoryId?: string | undefined
  readonly externalId?: string | null | undefined
  readonly slug?: string | null | undefined
  /** Values by the codes of their attributes. In a change, what is left out stays, and null clears. */
  readonly attributes?: { readonly [code: string]: AttributeValue | null } | undefined
  /** An object of at most 16 KiB as JSON, which Holdfast does not read. */
  readonly metadata?: { readonly [field: string]: Json } | null | undefined
  readonly publishAt?: Instant | null | undefined
  readonly unpublishAt?: Instant | null | undefined
}

/** Make a product, whole. It is a DRAFT unless `status` says ACTIVE. */
export interface CreateProductInput extends ProductInputFields {
  readonly productId?: string | undefined
  readonly name: string
  readonly type: ProductType
  readonly status?: "DRAFT" | "ACTIVE" | undefined
  readonly options?: ReadonlyArray<NewOption> | undefined
}

/** One product. */
export interface OfProduct extends Expected {
  readonly productId: string
}

/** Change a product; `options`, `images` and `categoryIds` are the whole list. */
export interface UpdateProductInput extends OfProduct, ProductInputFields {
  readonly name?: string | undefined
  readonly type?: ProductType | undefined
  readonly options?: ReadonlyArray<OptionEntry> | undefined
}

/** Make a draft that is like a product. */
export interface DuplicateProductInput {
  readonly productId: string
  readonly copyId?: string | undefined
  /** That of the original unless given. */
  readonly name?: string | undefined
}

/** Add an option to a product, at the end unless `position` says where. */
export interface AddOptionInput extends OfProduct, NewOption, BeforeSkus {
  readonly position?: number | undefined
}

/** One option. */
export interface OfOption extends OfProduct {
  readonly optionId: string
}

/** Change an option. */
export interface UpdateOptionInput extends OfOption, OptionFields, BeforeSkus {
  readonly name?: string | undefined
  readonly position?: number | undefined
}

/** Set the SKUs of an option, all of them. */
export interface SetSkuMappingsInput extends OfOption, BeforeSkus {
  readonly skuMappings: ReadonlyArray<SkuMapping>
}

/** Set the images of a product, all of them. */
export interface SetImagesInput extends OfProduct {
  readonly images: ReadonlyArray<ImageInput>
}

/** Set the categories of a product, all of them. */
export interface SetCategoriesInput extends OfProduct {
  readonly categoryIds: ReadonlyArray<string>
  readonly primaryCategoryId?: string | undefined
}

/** Let the options of a product follow the stock of their SKUs. */
export interface FollowStockInput {
  readonly productId: string
  readonly stock: ReadonlyArray<{
    readonly skuId: string
    readonly availableQuantity: number
    readonly version: number
  }>
}

/** Make a category, under a parent or as a root. */
export interface CreateCategoryInput {
  readonly categoryId?: string | undefined
  readonly name: string
  readonly translations?: NamesInput | undefined
  readonly parentId?: string | null | undefined
  /** The lower, the sooner among siblings: 0. */
  readonly sortOrder?: number | undefined
  readonly isActive?: boolean | undefined
  readonly externalId?: string | null | undefined
}

/** One category. */
export interface OfCategory extends Expected {
  readonly categoryId: string
}

/** Change a category. */
export interface UpdateCategoryInput extends OfCategory {
  readonly name?: string | undefined
  readonly translations?: NamesInput | undefined
  readonly sortOrder?: number | undefined
  readonly isActive?: boolean | undefined
  readonly externalId?: string | null | undefined
}

/** Move a category with all that is below it; null makes it a root. */
export interface MoveCategoryInput extends OfCategory {
  readonly parentId: string | null
  readonly sortOrder?: number | undefined
}

/** A choice of an attribute; its name is its value unless given. */
export interface ChoiceInput {
  readonly value: string
  readonly name?: string | undefined
  readonly translations?: { readonly [locale: string]: { readonly name: string } } | undefined
}

/** Make an attribute. A CHOICE has choices, a NUMBER may have a unit. */
export interface CreateAttributeInput {
  readonly attributeId?: string | undefined
  /** What values are named by: 1 to 64 of a-z 0-9 _ -, a letter first. It never changes. */
  readonly code: string
  readonly name: string
  readonly translations?: NamesInput | undefined
  readonly kind: AttributeKind
  readonly unit?: string | null | undefined
  /** In the order in which people see them. */
  readonly choices?: ReadonlyArray<ChoiceInput> | undefined
  /** For products of this type alone; of every type when left out. */
  readonly productType?: ProductType | null | undefined
  /** Whether lists may be narrowed by it: true. */
  readonly isFilterable?: boolean | undefined
  readonly isActive?: boolean | undefined
}

/** One attribute. */
export interface OfAttribute extends Expected {
  readonly attributeId: string
}

/** Change an attribute, or retire it with `isActive: false`; `choices` is the whole list. */
export interface UpdateAttributeInput extends OfAttribute {
  readonly name?: string | undefined
  readonly translations?: NamesInput | undefined
  readonly unit?: string | null | undefined
  readonly choices?: ReadonlyArray<ChoiceInput> | undefined
  readonly isFilterable?: boolean | undefined
  readonly isActive?: boolean | undefined
}

/** In which language names and descriptions are read. */
export interface LocaleOptions extends QuestionOptions {
  /** Such as `ko` or `pt-BR`; the language of the host when left out. */
  readonly locale?: string | undefined
}

/** How a list is sorted; a minus turns it round. */
export type ProductSort =
  | "name"
  | "-name"
  | "price"
  | "-price"
  | "createdAt"
  | "-createdAt"
  | "relevance"

/** Which attributes: all of them, or those of up to 100 codes. */
export interface AttributesOptions extends LocaleOptions {
  readonly codes?: ReadonlyArray<string> | undefined
  readonly cursor?: string | null | undefined
  /** Attributes on the page, 1 to 1,000: 100. */
  readonly size?: number | undefined
}

/** Products that have any of these values, or a number in a range, both ends included. */
export interface AttributeFilter {
  readonly anyOf?: ReadonlyArray<string | number | boolean> | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Which products, and which page of them. */
export interface ProductsOptions extends LocaleOptions {
  readonly categoryId?: string | undefined
  /** Of the category alone, without what is below it: false. */
  readonly direct?: boolean | undefined
  readonly status?: ProductStatus | undefined
  readonly type?: ProductType | undefined
  /** Those alone that buyers see now: false. */
  readonly shown?: boolean | undefined
  /** Words to search for, 1 to 100 code points. */
  readonly q?: string | undefined
  /** Those alone with an option that maps this SKU. */
  readonly skuId?: string | undefined
  /** The currency of `priceFrom` and `priceTo`. */
  readonly currency?: string | undefined
  readonly priceFrom?: string | undefined
  readonly priceTo?: string | undefined
  /** Those alone that meet the filters of all these attributes, which are named by their codes. */
  readonly attributes?: { readonly [code: string]: AttributeFilter } | undefined
  /** Codes of attributes whose values are counted among the products of the list. */
  readonly facets?: ReadonlyArray<string> | undefined
  /** Those alone that can be bought: false. */
  readonly available?: boolean | undefined
  /** The number of the page, from 0; not beside `cursor`. */
  readonly page?: number | undefined
  /** The `next` of the page before. */
  readonly cursor?: string | null | undefined
  /** Products on the page, 1 to 250: 20. */
  readonly size?: number | undefined
  /** By name; by relevance when there is `q`. */
  readonly sort?: ProductSort | undefined
}

/** Which categories of the tree. */
export interface TreeOptions extends LocaleOptions {
  readonly includeInactive?: boolean | undefined
}

/** Whose mappings: up to 1,000 SKUs, or up to 1,000 options, not both. */
export interface MappingsOf {
  readonly skuIds?: ReadonlyArray<string> | undefined
  readonly optionIds?: ReadonlyArray<string> | undefined
}

/** Which page of mappings. */
export interface MappingsOptions extends QuestionOptions {
  readonly cursor?: string | null | undefined
  /** Mappings on the page, 1 to 1,000: 1,000. */
  readonly size?: number | undefined
}
