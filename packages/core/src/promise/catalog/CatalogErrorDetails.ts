/**
 * What the catalog alone may refuse, by name, and what each refusal says in data. `SkuNotFound`,
 * `IdTaken`, `StaleExpectation`, `PositionGone` and `LogRestored` are among those of the inventory. A test
 * of types holds these to the refusals of the engine.
 */
import type { AttributeKind, ProductStatus, ProductType } from "./CatalogAnswers.ts"

/** The details of each code, in the order of precedence. */
export interface CatalogErrorDetails {
  /** No such product. */
  readonly ProductNotFound: { readonly productId: string }
  /** No product has this slug, or had it. */
  readonly SlugNotFound: { readonly slug: string }
  /** The product has no such option. */
  readonly OptionNotFound: { readonly productId: string; readonly optionId: string }
  /** No such category; all that are unknown are named, and the fields that name them. */
  readonly CategoryNotFound: {
    readonly categoryIds: ReadonlyArray<string>
    readonly fields: ReadonlyArray<string>
  }
  /** No such attribute; all that are unknown are named, and the fields that name them. */
  readonly AttributeNotFound: {
    readonly attributes: ReadonlyArray<string>
    readonly fields: ReadonlyArray<string>
  }
  /** Holds that were made through these options are open, so the product is not deleted. */
  readonly ProductReserved: {
    readonly productId: string
    readonly optionIds: ReadonlyArray<string>
  }
  /** The status of the product does not allow this. */
  readonly ProductConflict: {
    readonly productId: string
    readonly status: ProductStatus
    readonly action: string
  }
  /** Another product, option or category has this external id. */
  readonly ExternalIdTaken: {
    readonly kind: "product" | "option" | "category"
    readonly externalId: string
  }
  /** Another product has this slug, or had it before. */
  readonly SlugTaken: { readonly slug: string }
  /** Another attribute has this code. */
  readonly AttributeCodeTaken: { readonly code: string }
  /** The product would have more options, attributes, or more mappings over all its options. */
  readonly ProductTooLarge: {
    readonly productId: string
    readonly what: "options" | "mappings" | "attributes"
    readonly count: number
    readonly max: number
  }
  /** The attribute takes no new values. */
  readonly AttributeInactive: { readonly productId: string; readonly code: string }
  /** The attribute is for products of the other type. */
  readonly AttributeNotForType: {
    readonly productId: string
    readonly code: string
    readonly type: ProductType
  }
  /** The value is not of the kind of its attribute, or of choices that the attribute does not have. */
  readonly AttributeMismatch: {
    readonly productId: string
    readonly code: string
    readonly kind: AttributeKind
    readonly unknownChoices: ReadonlyArray<string>
  }
  /** The mappings of an option do not fit the type of its product. */
  readonly MappingsMismatch: {
    readonly productId: string
    readonly optionId: string
    readonly type: ProductType
    readonly skus: number
  }
  /** Two options of the product would be priced in different currencies. */
  readonly CurrencyMismatch: {
    readonly productId: string
    readonly optionId: string
    readonly currency: string
    readonly expected: string
  }
  /** An ACTIVE product needs an option that is not withdrawn, with a price and a mapping. */
  readonly NothingOnOffer: { readonly productId: string }
  /** The stock of these SKUs was followed at a newer version already. */
  readonly StaleStock: {
    readonly productId: string
    readonly skuIds: ReadonlyArray<string>
    readonly isMixed: boolean
  }
  /** Another category under the same parent has this name. */
  readonly CategoryNameTaken: { readonly parentId: string | null; readonly name: string }
  /** A category cannot be below itself. */
  readonly CategoryCycle: { readonly categoryId: string; readonly parentId: string }
  /** The tree would be deeper than 20 categories. */
  readonly CategoryTooDeep: {
    readonly categoryId: string
    readonly depth: number
    readonly depthMax: number
  }
  /** The category has children or products; `products` counts up to 1,000. */
  readonly CategoryNotEmpty: {
    readonly categoryId: string
    readonly children: number
    readonly products: number
  }
  /** Products have values of the attribute, or these choices of it, which would go. */
  readonly AttributeInUse: {
    readonly attributeId: string
    readonly choices: ReadonlyArray<string>
    /** Each choice of a product is one; 1,000 stand for more. */
    readonly values: number
  }
}
