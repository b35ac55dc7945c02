/** Models of the catalog. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */

/** `ProductsAnswer` of the API. */
export interface ProductsAnswer {
  readonly items: ReadonlyArray<ProductAnswer>
  readonly unknownProductIds: ReadonlyArray<string>
}

/** `MappingView` of the API. */
export interface MappingView {
  readonly productId: string
  readonly optionId: string
  readonly skuId: string
  readonly quantity: number
}

/** `MappingsAnswer` of the API. */
export interface MappingsAnswer {
  readonly mappings: ReadonlyArray<MappingView>
  readonly next: string | null
}

/** `SkuStockView` of the API. */
export interface SkuStockView {
  readonly skuId: string
  readonly status: "known" | "unknown"
  readonly availableQuantity: number | null
  readonly inStockQuantity: number | null
}

/** `OptionAvailability` of the API. */
export interface OptionAvailability {
  readonly optionId: string
  readonly availableQuantity: number | null
  readonly limitingSkuId: string | null
}

/** `ProductAnswer` of the API. */
export interface ProductAnswer {
  readonly product: ProductView
  readonly options: ReadonlyArray<ProductOption>
  readonly stockStatus: ReadonlyArray<SkuStockView>
  readonly availability: ReadonlyArray<OptionAvailability>
}

/** `ProductDeleted` of the API. */
export interface ProductDeleted {
  readonly productId: string
  readonly version: number
}

/** `Money` of the API. */
export interface Money {
  readonly amount: string
  readonly currency: string
}

/** `SkuMapping` of the API. */
export interface SkuMapping {
  readonly skuId: string
  readonly quantity: number
}

/** `Product` of the API. */
export interface Product {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly translations: Readonly<Record<string, Translation>>
  readonly type: "NORMAL" | "BUNDLE"
  readonly status: "DRAFT" | "ACTIVE" | "INACTIVE" | "DISCONTINUED"
  readonly images: ReadonlyArray<ProductImage>
  readonly options: ReadonlyArray<ProductOption>
  readonly categories: ReadonlyArray<{ readonly categoryId: string; readonly isPrimary: boolean }>
  readonly externalId: string | null
  readonly slug: string | null
  readonly attributes?: Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly publishAt: string | null
  readonly unpublishAt: string | null
  readonly version: number
  readonly revision: number
  readonly createdAt: string
  readonly updatedAt: string
}

/** `CategoryTree` of the API. */
export interface CategoryTree {
  readonly id: string
  readonly name: string
  readonly translations: Readonly<Record<string, { readonly name: string }>>
  readonly parentId: string | null
  readonly level: number
  readonly sortOrder: number
  readonly isActive: boolean
  readonly externalId: string | null
  readonly version: number
  readonly children: ReadonlyArray<CategoryTree>
}

/** `Translation` of the API. */
export interface Translation {
  readonly name: string | null
  readonly description: string | null
}

/** `ProductImage` of the API. */
export interface ProductImage {
  readonly url: string
  readonly alt: string | null
  readonly position: number
  readonly isPrimary: boolean
}

/** `ProductOption` of the API. */
export interface ProductOption {
  readonly id: string
  readonly productId: string
  readonly name: string
  readonly translations: Readonly<Record<string, { readonly name: string }>>
  readonly price: { readonly amount: string; readonly currency: string } | null
  readonly status: "ACTIVE" | "INACTIVE" | "SOLD_OUT"
  readonly statusBy: "PERSON" | "STOCK"
  readonly skuMappings: ReadonlyArray<{ readonly skuId: string; readonly quantity: number }>
  readonly position: number
  readonly externalId: string | null
  readonly createdAt: string
}

/** `CategoryOfProduct` of the API. */
export interface CategoryOfProduct {
  readonly id: string
  readonly name: string
  readonly translations: Readonly<Record<string, { readonly name: string }>>
  readonly parentId: string | null
  readonly level: number
  readonly sortOrder: number
  readonly isActive: boolean
  readonly externalId: string | null
  readonly version: number
  readonly isPrimary: boolean
}

/** `ProductView` of the API. */
export interface ProductView {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly translations: Readonly<Record<string, Translation>>
  readonly type: "NORMAL" | "BUNDLE"
  readonly status: "DRAFT" | "ACTIVE" | "INACTIVE" | "DISCONTINUED"
  readonly images: ReadonlyArray<ProductImage>
  readonly options: ReadonlyArray<ProductOption>
  readonly externalId: string | null
  readonly slug: string | null
  readonly attributes?: Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly publishAt: string | null
  readonly unpublishAt: string | null
  readonly version: number
  readonly revision: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly categories: ReadonlyArray<CategoryOfProduct>
  readonly isShown: boolean
}

/** `FacetCount` of the API. */
export interface FacetCount {
  readonly value: string
  readonly name: string | null
  readonly products: number
}

/** `Facet` of the API. */
export interface Facet {
  readonly code: string
  readonly name: string
  readonly kind: "TEXT" | "NUMBER" | "BOOLEAN" | "CHOICE"
  readonly unit: string | null
  readonly products: number
  readonly counts: ReadonlyArray<FacetCount>
  readonly least: number | null
  readonly greatest: number | null
  readonly isWhole: boolean
}

/** `ProductsPage` of the API. */
export interface ProductsPage {
  readonly items: ReadonlyArray<ProductView>
  readonly page: number | null
  readonly size: number
  readonly next: string | null
  readonly facets: ReadonlyArray<Facet> | null
}

/** `Category` of the API. */
export interface Category {
  readonly id: string
  readonly name: string
  readonly translations: Readonly<Record<string, { readonly name: string }>>
  readonly parentId: string | null
  readonly level: number
  readonly sortOrder: number
  readonly isActive: boolean
  readonly externalId: string | null
  readonly version: number
}

/** `CategoryDeleted` of the API. */
export interface CategoryDeleted {
  readonly categoryId: string
  readonly version: number
}

/** `AttributesPage` of the API. */
export interface AttributesPage {
  readonly items: ReadonlyArray<Attribute>
  readonly next: string | null
}

/** `AttributeChoice` of the API. */
export interface AttributeChoice {
  readonly value: string
  readonly name: string
  readonly translations: Readonly<Record<string, { readonly name: string }>>
}

/** `Attribute` of the API. */
export interface Attribute {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly translations: Readonly<Record<string, { readonly name: string }>>
  readonly kind: "TEXT" | "NUMBER" | "BOOLEAN" | "CHOICE"
  readonly unit: string | null
  readonly choices: ReadonlyArray<AttributeChoice>
  readonly productType: "NORMAL" | "BUNDLE" | null
  readonly isFilterable: boolean
  readonly isActive: boolean
  readonly version: number
}

/** `AttributeDeleted` of the API. */
export interface AttributeDeleted {
  readonly attributeId: string
  readonly version: number
}
