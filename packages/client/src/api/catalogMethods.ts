/** Methods of the catalog. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */
import type { CallOptions, Result } from "../calling/options.ts"
import type {
  Attribute,
  AttributeDeleted,
  AttributesPage,
  Category,
  CategoryDeleted,
  CategoryTree,
  MappingsAnswer,
  Money,
  Product,
  ProductAnswer,
  ProductDeleted,
  ProductsAnswer,
  ProductsPage,
  SkuMapping
} from "./catalogModels.ts"
import type {
  AttributeCodeTakenProblem,
  AttributeInUseProblem,
  AttributeInactiveProblem,
  AttributeMismatchProblem,
  AttributeNotForTypeProblem,
  AttributeNotFoundProblem,
  CatalogIdTakenProblem,
  CategoryCycleProblem,
  CategoryNameTakenProblem,
  CategoryNotEmptyProblem,
  CategoryNotFoundProblem,
  CategoryTooDeepProblem,
  CurrencyMismatchProblem,
  ExternalIdTakenProblem,
  ForbiddenProblem,
  IdempotencyMismatchProblem,
  InvalidInputProblem,
  MappedSkuNotFoundProblem,
  MappingsMismatchProblem,
  NothingOnOfferProblem,
  ProductConflictProblem,
  ProductNotFoundProblem,
  ProductReservedProblem,
  ProductTooLargeProblem,
  SlugNotFoundProblem,
  SlugTakenProblem,
  StaleExpectationProblem,
  UnauthenticatedProblem
} from "./problems.ts"

/** What `products.list` takes. */
export interface ProductsListInput {
  readonly categoryId?: undefined | string
  readonly direct?: undefined | boolean
  readonly status?: undefined | "DRAFT" | "ACTIVE" | "INACTIVE" | "DISCONTINUED"
  readonly type?: undefined | "NORMAL" | "BUNDLE"
  readonly shown?: undefined | boolean
  readonly facets?: undefined | ReadonlyArray<string>
  readonly q?: undefined | string
  readonly skuId?: undefined | string
  readonly currency?: undefined | string
  readonly priceFrom?: undefined | string
  readonly priceTo?: undefined | string
  readonly available?: undefined | boolean
  readonly locale?: undefined | string
  readonly page?: undefined | number
  readonly cursor?: undefined | string
  readonly size?: undefined | number
  readonly sort?: undefined | "name" | "-name" | "price" | "-price" | "createdAt" | "-createdAt" | "relevance"
  readonly attributes?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
}

/** Why `products.list` is refused. */
export type ProductsListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem
  | AttributeNotFoundProblem

/** What `products.create` takes. */
export interface ProductsCreateInput {
  readonly productId?: undefined | string
  readonly name: string
  readonly type: "NORMAL" | "BUNDLE"
  readonly status?: undefined | "DRAFT" | "ACTIVE"
  readonly options?: undefined | ReadonlyArray<{ readonly optionId?: string; readonly name: string; readonly translations?: Readonly<Record<string, ReadonlyArray<string> | string | number>>; readonly price?: Money | null; readonly status?: "ACTIVE" | "INACTIVE" | "SOLD_OUT"; readonly skuMappings?: ReadonlyArray<SkuMapping>; readonly externalId?: string | null }>
  readonly description?: undefined | string | null
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly images?: undefined | ReadonlyArray<{ readonly url: string; readonly alt?: string | null; readonly isPrimary?: boolean }>
  readonly categoryIds?: undefined | ReadonlyArray<string>
  readonly primaryCategoryId?: undefined | string
  readonly externalId?: undefined | string | null
  readonly slug?: undefined | string | null
  readonly attributes?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly metadata?: undefined | Readonly<Record<string, unknown>> | null
  readonly publishAt?: undefined | string | null
  readonly unpublishAt?: undefined | string | null
  readonly allowUnknownSkus?: undefined | boolean
}

/** Why `products.create` is refused. */
export type ProductsCreateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem
  | AttributeNotFoundProblem
  | MappedSkuNotFoundProblem
  | CatalogIdTakenProblem
  | ExternalIdTakenProblem
  | SlugTakenProblem
  | ProductTooLargeProblem
  | AttributeInactiveProblem
  | AttributeNotForTypeProblem
  | AttributeMismatchProblem
  | MappingsMismatchProblem
  | CurrencyMismatchProblem
  | NothingOnOfferProblem
  | IdempotencyMismatchProblem

/** What `products.batchGet` takes. */
export interface ProductsBatchGetInput {
  readonly productIds: ReadonlyArray<string>
  readonly locale?: undefined | string
}

/** Why `products.batchGet` is refused. */
export type ProductsBatchGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `products.mappings` takes. */
export interface ProductsMappingsInput {
  readonly skuIds?: undefined | ReadonlyArray<string>
  readonly optionIds?: undefined | ReadonlyArray<string>
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `products.mappings` is refused. */
export type ProductsMappingsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `products.manyMappings` takes. */
export interface ProductsManyMappingsInput {
  readonly skuIds?: undefined | ReadonlyArray<string>
  readonly optionIds?: undefined | ReadonlyArray<string>
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `products.manyMappings` is refused. */
export type ProductsManyMappingsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `products.bySlug` takes. */
export interface ProductsBySlugInput {
  readonly slug: string
  readonly locale?: undefined | string
}

/** Why `products.bySlug` is refused. */
export type ProductsBySlugRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SlugNotFoundProblem

/** What `products.get` takes. */
export interface ProductsGetInput {
  readonly productId: string
  readonly locale?: undefined | string
}

/** Why `products.get` is refused. */
export type ProductsGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem

/** What `products.update` takes. */
export interface ProductsUpdateInput {
  readonly productId: string
  readonly name?: undefined | string
  readonly type?: undefined | "NORMAL" | "BUNDLE"
  readonly options?: undefined | ReadonlyArray<{ readonly optionId?: string; readonly name?: string; readonly translations?: Readonly<Record<string, ReadonlyArray<string> | string | number>>; readonly price?: Money | null; readonly status?: "ACTIVE" | "INACTIVE" | "SOLD_OUT"; readonly skuMappings?: ReadonlyArray<SkuMapping>; readonly externalId?: string | null }>
  readonly description?: undefined | string | null
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly images?: undefined | ReadonlyArray<{ readonly url: string; readonly alt?: string | null; readonly isPrimary?: boolean }>
  readonly categoryIds?: undefined | ReadonlyArray<string>
  readonly primaryCategoryId?: undefined | string
  readonly externalId?: undefined | string | null
  readonly slug?: undefined | string | null
  readonly attributes?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly metadata?: undefined | Readonly<Record<string, unknown>> | null
  readonly publishAt?: undefined | string | null
  readonly unpublishAt?: undefined | string | null
  readonly allowUnknownSkus?: undefined | boolean
}

/** Why `products.update` is refused. */
export type ProductsUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CatalogIdTakenProblem
  | ExternalIdTakenProblem
  | SlugTakenProblem
  | ProductTooLargeProblem
  | AttributeInactiveProblem
  | AttributeNotForTypeProblem
  | AttributeMismatchProblem
  | MappingsMismatchProblem
  | CurrencyMismatchProblem
  | NothingOnOfferProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `products.delete` takes. */
export interface ProductsDeleteInput {
  readonly productId: string
}

/** Why `products.delete` is refused. */
export type ProductsDeleteRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem
  | ProductReservedProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `products.activate` takes. */
export interface ProductsActivateInput {
  readonly productId: string
}

/** Why `products.activate` is refused. */
export type ProductsActivateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem
  | NothingOnOfferProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `products.deactivate` takes. */
export interface ProductsDeactivateInput {
  readonly productId: string
}

/** Why `products.deactivate` is refused. */
export type ProductsDeactivateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem
  | ProductConflictProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `products.discontinue` takes. */
export interface ProductsDiscontinueInput {
  readonly productId: string
}

/** Why `products.discontinue` is refused. */
export type ProductsDiscontinueRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `products.duplicate` takes. */
export interface ProductsDuplicateInput {
  readonly productId: string
  readonly copyId?: undefined | string
  readonly name?: undefined | string
}

/** Why `products.duplicate` is refused. */
export type ProductsDuplicateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem
  | CatalogIdTakenProblem
  | IdempotencyMismatchProblem

/** What `products.setImages` takes. */
export interface ProductsSetImagesInput {
  readonly productId: string
  readonly images: ReadonlyArray<{ readonly url: string; readonly alt?: string | null; readonly isPrimary?: boolean }>
}

/** Why `products.setImages` is refused. */
export type ProductsSetImagesRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductNotFoundProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `products.setCategories` takes. */
export interface ProductsSetCategoriesInput {
  readonly productId: string
  readonly categoryIds: ReadonlyArray<string>
  readonly primaryCategoryId?: undefined | string
}

/** Why `products.setCategories` is refused. */
export type ProductsSetCategoriesRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `options.add` takes. */
export interface OptionsAddInput {
  readonly productId: string
  readonly optionId?: undefined | string
  readonly name: string
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly price?: undefined | Money | null
  readonly status?: undefined | "ACTIVE" | "INACTIVE" | "SOLD_OUT"
  readonly skuMappings?: undefined | ReadonlyArray<SkuMapping>
  readonly externalId?: undefined | string | null
  readonly position?: undefined | number
  readonly allowUnknownSkus?: undefined | boolean
}

/** Why `options.add` is refused. */
export type OptionsAddRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CatalogIdTakenProblem
  | ExternalIdTakenProblem
  | ProductTooLargeProblem
  | MappingsMismatchProblem
  | CurrencyMismatchProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `options.update` takes. */
export interface OptionsUpdateInput {
  readonly productId: string
  readonly optionId: string
  readonly name?: undefined | string
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly price?: undefined | Money | null
  readonly status?: undefined | "ACTIVE" | "INACTIVE" | "SOLD_OUT"
  readonly skuMappings?: undefined | ReadonlyArray<SkuMapping>
  readonly externalId?: undefined | string | null
  readonly position?: undefined | number
  readonly allowUnknownSkus?: undefined | boolean
}

/** Why `options.update` is refused. */
export type OptionsUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ExternalIdTakenProblem
  | ProductTooLargeProblem
  | MappingsMismatchProblem
  | CurrencyMismatchProblem
  | NothingOnOfferProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `options.remove` takes. */
export interface OptionsRemoveInput {
  readonly productId: string
  readonly optionId: string
}

/** Why `options.remove` is refused. */
export type OptionsRemoveRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | NothingOnOfferProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `options.setMappings` takes. */
export interface OptionsSetMappingsInput {
  readonly productId: string
  readonly optionId: string
  readonly skuMappings: ReadonlyArray<SkuMapping>
  readonly allowUnknownSkus?: undefined | boolean
}

/** Why `options.setMappings` is refused. */
export type OptionsSetMappingsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ProductTooLargeProblem
  | MappingsMismatchProblem
  | NothingOnOfferProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `categories.tree` takes. */
export interface CategoriesTreeInput {
  readonly includeInactive?: undefined | boolean
  readonly locale?: undefined | string
}

/** Why `categories.tree` is refused. */
export type CategoriesTreeRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `categories.get` takes. */
export interface CategoriesGetInput {
  readonly categoryId: string
  readonly locale?: undefined | string
}

/** Why `categories.get` is refused. */
export type CategoriesGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem

/** What `categories.update` takes. */
export interface CategoriesUpdateInput {
  readonly categoryId: string
  readonly name?: undefined | string
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly sortOrder?: undefined | number
  readonly isActive?: undefined | boolean
  readonly externalId?: undefined | string | null
}

/** Why `categories.update` is refused. */
export type CategoriesUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem
  | ExternalIdTakenProblem
  | CategoryNameTakenProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `categories.delete` takes. */
export interface CategoriesDeleteInput {
  readonly categoryId: string
}

/** Why `categories.delete` is refused. */
export type CategoriesDeleteRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem
  | CategoryNotEmptyProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `categories.products` takes. */
export interface CategoriesProductsInput {
  readonly categoryId: string
  readonly direct?: undefined | boolean
  readonly status?: undefined | "DRAFT" | "ACTIVE" | "INACTIVE" | "DISCONTINUED"
  readonly type?: undefined | "NORMAL" | "BUNDLE"
  readonly shown?: undefined | boolean
  readonly facets?: undefined | ReadonlyArray<string>
  readonly q?: undefined | string
  readonly skuId?: undefined | string
  readonly currency?: undefined | string
  readonly priceFrom?: undefined | string
  readonly priceTo?: undefined | string
  readonly available?: undefined | boolean
  readonly locale?: undefined | string
  readonly page?: undefined | number
  readonly cursor?: undefined | string
  readonly size?: undefined | number
  readonly sort?: undefined | "name" | "-name" | "price" | "-price" | "createdAt" | "-createdAt" | "relevance"
  readonly attributes?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
}

/** Why `categories.products` is refused. */
export type CategoriesProductsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `categories.create` takes. */
export interface CategoriesCreateInput {
  readonly categoryId?: undefined | string
  readonly name: string
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly parentId?: undefined | string | null
  readonly sortOrder?: undefined | number
  readonly isActive?: undefined | boolean
  readonly externalId?: undefined | string | null
}

/** Why `categories.create` is refused. */
export type CategoriesCreateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem
  | CatalogIdTakenProblem
  | ExternalIdTakenProblem
  | CategoryNameTakenProblem
  | CategoryTooDeepProblem
  | IdempotencyMismatchProblem

/** What `categories.move` takes. */
export interface CategoriesMoveInput {
  readonly categoryId: string
  readonly parentId: string | null
  readonly sortOrder?: undefined | number
}

/** Why `categories.move` is refused. */
export type CategoriesMoveRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CategoryNotFoundProblem
  | CategoryNameTakenProblem
  | CategoryCycleProblem
  | CategoryTooDeepProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `attributes.list` takes. */
export interface AttributesListInput {
  readonly codes?: undefined | ReadonlyArray<string>
  readonly locale?: undefined | string
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `attributes.list` is refused. */
export type AttributesListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `attributes.create` takes. */
export interface AttributesCreateInput {
  readonly attributeId?: undefined | string
  readonly code: string
  readonly name: string
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly kind: "TEXT" | "NUMBER" | "BOOLEAN" | "CHOICE"
  readonly unit?: undefined | string | null
  readonly choices?: undefined | ReadonlyArray<{ readonly value: string; readonly name?: string; readonly translations?: Readonly<Record<string, ReadonlyArray<string> | string | number>> }>
  readonly productType?: undefined | "NORMAL" | "BUNDLE" | null
  readonly isFilterable?: undefined | boolean
  readonly isActive?: undefined | boolean
}

/** Why `attributes.create` is refused. */
export type AttributesCreateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CatalogIdTakenProblem
  | AttributeCodeTakenProblem
  | IdempotencyMismatchProblem

/** What `attributes.get` takes. */
export interface AttributesGetInput {
  readonly attributeId: string
  readonly locale?: undefined | string
}

/** Why `attributes.get` is refused. */
export type AttributesGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | AttributeNotFoundProblem

/** What `attributes.update` takes. */
export interface AttributesUpdateInput {
  readonly attributeId: string
  readonly name?: undefined | string
  readonly translations?: undefined | Readonly<Record<string, ReadonlyArray<string> | string | number>>
  readonly unit?: undefined | string | null
  readonly choices?: undefined | ReadonlyArray<{ readonly value: string; readonly name?: string; readonly translations?: Readonly<Record<string, ReadonlyArray<string> | string | number>> }>
  readonly isFilterable?: undefined | boolean
  readonly isActive?: undefined | boolean
}

/** Why `attributes.update` is refused. */
export type AttributesUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | AttributeNotFoundProblem
  | AttributeInUseProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `attributes.delete` takes. */
export interface AttributesDeleteInput {
  readonly attributeId: string
}

/** Why `attributes.delete` is refused. */
export type AttributesDeleteRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | AttributeNotFoundProblem
  | AttributeInUseProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** The methods. */
export interface CatalogMethods {
  readonly products: {
    /** List and search products, a page of them; of a category with what is below it. */
    list(input?: ProductsListInput, options?: CallOptions): Promise<Result<ProductsPage, ProductsListRefusal>>
    /** Create a product, whole, with its options, images and categories, or nothing of it. */
    create(input: ProductsCreateInput, options?: CallOptions): Promise<Result<Product, ProductsCreateRefusal>>
    /** Read up to 250 products. */
    batchGet(input: ProductsBatchGetInput, options?: CallOptions): Promise<Result<ProductsAnswer, ProductsBatchGetRefusal>>
    /** The mappings of up to 100 SKUs, or of up to 100 options. */
    mappings(input?: ProductsMappingsInput, options?: CallOptions): Promise<Result<MappingsAnswer, ProductsMappingsRefusal>>
    /** The mappings of SKUs, or of options: which option takes how many of which SKU. */
    manyMappings(input?: ProductsManyMappingsInput, options?: CallOptions): Promise<Result<MappingsAnswer, ProductsManyMappingsRefusal>>
    /** Read the product that has a slug, or had it before. */
    bySlug(input: ProductsBySlugInput, options?: CallOptions): Promise<Result<ProductAnswer, ProductsBySlugRefusal>>
    /** Read a product with its options, and the stock of their SKUs. */
    get(input: ProductsGetInput, options?: CallOptions): Promise<Result<ProductAnswer, ProductsGetRefusal>>
    /** Change a product; what is left out stays, and null clears. */
    update(input: ProductsUpdateInput, options?: CallOptions): Promise<Result<Product, ProductsUpdateRefusal>>
    /** Delete a product; not while holds made through its options are open. */
    delete(input: ProductsDeleteInput, options?: CallOptions): Promise<Result<ProductDeleted, ProductsDeleteRefusal>>
    /** Put a product on sale. */
    activate(input: ProductsActivateInput, options?: CallOptions): Promise<Result<Product, ProductsActivateRefusal>>
    /** Withdraw a product from sale. */
    deactivate(input: ProductsDeactivateInput, options?: CallOptions): Promise<Result<Product, ProductsDeactivateRefusal>>
    /** Take a product out of the range; it stays readable. */
    discontinue(input: ProductsDiscontinueInput, options?: CallOptions): Promise<Result<Product, ProductsDiscontinueRefusal>>
    /** Make a draft that is like a product, with options of its own. */
    duplicate(input: ProductsDuplicateInput, options?: CallOptions): Promise<Result<Product, ProductsDuplicateRefusal>>
    /** Set the images of a product, all of them, in their order. */
    setImages(input: ProductsSetImagesInput, options?: CallOptions): Promise<Result<Product, ProductsSetImagesRefusal>>
    /** Set the categories of a product, all of them; one is primary. */
    setCategories(input: ProductsSetCategoriesInput, options?: CallOptions): Promise<Result<Product, ProductsSetCategoriesRefusal>>
  }
  readonly options: {
    /** Add an option to a product. */
    add(input: OptionsAddInput, options?: CallOptions): Promise<Result<Product, OptionsAddRefusal>>
    /** Change an option of a product; what is left out stays, and null clears. */
    update(input: OptionsUpdateInput, options?: CallOptions): Promise<Result<Product, OptionsUpdateRefusal>>
    /** Remove an option from a product. */
    remove(input: OptionsRemoveInput, options?: CallOptions): Promise<Result<Product, OptionsRemoveRefusal>>
    /** Set the SKUs of an option, all of them. */
    setMappings(input: OptionsSetMappingsInput, options?: CallOptions): Promise<Result<Product, OptionsSetMappingsRefusal>>
  }
  readonly categories: {
    /** The tree of categories, siblings in their order; inactive ones on request. */
    tree(input?: CategoriesTreeInput, options?: CallOptions): Promise<Result<{ readonly categories: ReadonlyArray<CategoryTree> }, CategoriesTreeRefusal>>
    /** Read a category. */
    get(input: CategoriesGetInput, options?: CallOptions): Promise<Result<Category, CategoriesGetRefusal>>
    /** Change a category; what is left out stays, and null clears. */
    update(input: CategoriesUpdateInput, options?: CallOptions): Promise<Result<Category, CategoriesUpdateRefusal>>
    /** Delete a category; not while it has children or products. */
    delete(input: CategoriesDeleteInput, options?: CallOptions): Promise<Result<CategoryDeleted, CategoriesDeleteRefusal>>
    /** List the products of a category, with those of what is below it. */
    products(input: CategoriesProductsInput, options?: CallOptions): Promise<Result<ProductsPage, CategoriesProductsRefusal>>
    /** Create a category, under a parent or at the top. */
    create(input: CategoriesCreateInput, options?: CallOptions): Promise<Result<Category, CategoriesCreateRefusal>>
    /** Move a category with all that is below it under another parent, or to the top. */
    move(input: CategoriesMoveInput, options?: CallOptions): Promise<Result<Category, CategoriesMoveRefusal>>
  }
  readonly attributes: {
    /** List attributes in the order of their codes, or those of some codes. */
    list(input?: AttributesListInput, options?: CallOptions): Promise<Result<AttributesPage, AttributesListRefusal>>
    /** Create an attribute, of which products may have values. */
    create(input: AttributesCreateInput, options?: CallOptions): Promise<Result<Attribute, AttributesCreateRefusal>>
    /** Read an attribute. */
    get(input: AttributesGetInput, options?: CallOptions): Promise<Result<Attribute, AttributesGetRefusal>>
    /** Change or retire an attribute; what is left out stays, and null clears. */
    update(input: AttributesUpdateInput, options?: CallOptions): Promise<Result<Attribute, AttributesUpdateRefusal>>
    /** Delete an attribute; not while products have a value of it. */
    delete(input: AttributesDeleteInput, options?: CallOptions): Promise<Result<AttributeDeleted, AttributesDeleteRefusal>>
  }
}
