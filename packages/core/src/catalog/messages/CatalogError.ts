/**
 * Every refusal, in the order of precedence: when several apply, the first of this page is the one
 * that is answered. A refusal is a value, not an exception; it means that nothing was written.
 */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"
import { InvalidInput } from "../../kernel/InvalidInput.ts"
import {
  Forbidden,
  GonePosition,
  IdempotencyMismatch,
  type Reported,
  RestoredLog,
  StaleExpectation,
  sharedRefusals,
  Unauthenticated
} from "../../kernel/refusals.ts"
import { AttributeKind } from "../state/Attribute.ts"
import { ProductStatus, ProductType } from "../state/Product.ts"

/** No such product. Status 404. */
export const ProductNotFound = Schema.TaggedStruct("ProductNotFound", {
  productId: unchecked.productId
})

/** No product has this slug, or had it. Status 404. */
export const SlugNotFound = Schema.TaggedStruct("SlugNotFound", { slug: Schema.String })

/** The product has no such option. Status 404. */
export const OptionNotFound = Schema.TaggedStruct("OptionNotFound", {
  productId: unchecked.productId,
  optionId: unchecked.optionId
})

/**
 * No such category; all that are unknown are named, and the fields that name them, such as
 * `categoryIds.1`. Status 404.
 */
export const CategoryNotFound = Schema.TaggedStruct("CategoryNotFound", {
  categoryIds: Schema.Array(unchecked.categoryId),
  fields: Schema.Array(Schema.String)
})

/**
 * No such attribute; all that are unknown are named, by their ids or codes, and the fields that name
 * them, such as `attributes.color`. Status 404.
 */
export const AttributeNotFound = Schema.TaggedStruct("AttributeNotFound", {
  attributes: Schema.Array(Schema.String),
  fields: Schema.Array(Schema.String)
})

/** The inventory knows no such SKU; all that are unknown are named. Status 404. */
export const SkuNotFound = Schema.TaggedStruct("SkuNotFound", {
  skuIds: Schema.Array(unchecked.skuId)
})

/** Another product, option, category or attribute has or had this id. Status 409. */
export const IdTaken = Schema.TaggedStruct("IdTaken", {
  kind: Schema.Literals(["product", "option", "category", "attribute"]),
  id: Schema.String
})

/** Holds that were made through the product's options are open. Status 409. */
export const ProductReserved = Schema.TaggedStruct("ProductReserved", {
  productId: unchecked.productId,
  optionIds: Schema.Array(unchecked.optionId)
})

/** The status of the product does not allow this. Status 409. */
export const ProductConflict = Schema.TaggedStruct("ProductConflict", {
  productId: unchecked.productId,
  status: ProductStatus,
  action: Schema.String
})

/** Another product, option or category has this external id. Status 409. */
export const ExternalIdTaken = Schema.TaggedStruct("ExternalIdTaken", {
  kind: Schema.Literals(["product", "option", "category"]),
  externalId: Schema.String
})

/** Another product has this slug, or had it before. Status 409. */
export const SlugTaken = Schema.TaggedStruct("SlugTaken", { slug: Schema.String })

/** Another attribute has this code. Status 409. */
export const AttributeCodeTaken = Schema.TaggedStruct("AttributeCodeTaken", {
  code: Schema.String
})

/** The product would have more options, mappings over all its options, or attributes. Status 409. */
export const ProductTooLarge = Schema.TaggedStruct("ProductTooLarge", {
  productId: unchecked.productId,
  what: Schema.Literals(["options", "mappings", "attributes"]),
  count: Schema.Int,
  max: Schema.Int
})

/** The attribute takes no new values. Status 409. */
export const AttributeInactive = Schema.TaggedStruct("AttributeInactive", {
  productId: unchecked.productId,
  code: Schema.String
})

/** The attribute is for products of the other type. Status 409. */
export const AttributeNotForType = Schema.TaggedStruct("AttributeNotForType", {
  productId: unchecked.productId,
  code: Schema.String,
  type: ProductType
})

/**
 * The value is not of the kind of its attribute, or of choices that the attribute does not have; those
 * are named. Status 409.
 */
export const AttributeMismatch = Schema.TaggedStruct("AttributeMismatch", {
  productId: unchecked.productId,
  code: Schema.String,
  kind: AttributeKind,
  unknownChoices: Schema.Array(Schema.String)
})

/**
 * The mappings of an option do not fit the type of its product: NORMAL maps one SKU; BUNDLE maps two
 * or more, or one with a quantity of 2 or more. Status 409.
 */
export const MappingsMismatch = Schema.TaggedStruct("MappingsMismatch", {
  productId: unchecked.productId,
  optionId: unchecked.optionId,
  type: ProductType,
  skus: Schema.Int
})

/** Two options of the product would be priced in different currencies. Status 409. */
export const CurrencyMismatch = Schema.TaggedStruct("CurrencyMismatch", {
  productId: unchecked.productId,
  optionId: unchecked.optionId,
  currency: Schema.String,
  expected: Schema.String
})

/** An ACTIVE product has an option that is not withdrawn, with a price and a mapping. Status 409. */
export const NothingOnOffer = Schema.TaggedStruct("NothingOnOffer", {
  productId: unchecked.productId
})

/** The stock of these SKUs was followed at a newer version already. Status 409. */
export const StaleStock = Schema.TaggedStruct("StaleStock", {
  productId: unchecked.productId,
  skuIds: Schema.Array(unchecked.skuId),
  isMixed: Schema.Boolean
})

/** Another category under the same parent has this name. Status 409. */
export const CategoryNameTaken = Schema.TaggedStruct("CategoryNameTaken", {
  parentId: Schema.NullOr(unchecked.categoryId),
  name: Schema.String
})

/** A category cannot be below itself. Status 409. */
export const CategoryCycle = Schema.TaggedStruct("CategoryCycle", {
  categoryId: unchecked.categoryId,
  parentId: unchecked.categoryId
})

/** The tree would be deeper than 20 categories. Status 409. */
export const CategoryTooDeep = Schema.TaggedStruct("CategoryTooDeep", {
  categoryId: unchecked.categoryId,
  depth: Schema.Int,
  depthMax: Schema.Int
})

/** The category has children or products; `products` counts up to 1,000. Status 409. */
export const CategoryNotEmpty = Schema.TaggedStruct("CategoryNotEmpty", {
  categoryId: unchecked.categoryId,
  children: Schema.Int,
  products: Schema.Int
})

/**
 * Products have values of the attribute, or these choices of it, which would go. So many `values`, each
 * choice of a product one; 1,000 of an attribute or a choice stand for more. Status 409.
 */
export const AttributeInUse = Schema.TaggedStruct("AttributeInUse", {
  attributeId: unchecked.attributeId,
  choices: Schema.Array(Schema.String),
  values: Schema.Int
})

/** Every refusal, in the order of precedence. */
export const CatalogRefusal = Schema.Union([
  Unauthenticated,
  Forbidden,
  InvalidInput,
  IdempotencyMismatch,
  ProductNotFound,
  SlugNotFound,
  OptionNotFound,
  CategoryNotFound,
  AttributeNotFound,
  SkuNotFound,
  IdTaken,
  StaleExpectation,
  ProductReserved,
  ProductConflict,
  ExternalIdTaken,
  SlugTaken,
  AttributeCodeTaken,
  ProductTooLarge,
  AttributeInactive,
  AttributeNotForType,
  AttributeMismatch,
  MappingsMismatch,
  CurrencyMismatch,
  NothingOnOffer,
  StaleStock,
  CategoryNameTaken,
  CategoryCycle,
  CategoryTooDeep,
  CategoryNotEmpty,
  AttributeInUse,
  GonePosition,
  RestoredLog
])
export type CatalogRefusal = typeof CatalogRefusal.Type

/** The name of a refusal. */
export type RefusalTag = CatalogRefusal["_tag"]

/** The refusal of one name. */
export type RefusalOf<Tag extends RefusalTag> = Extract<CatalogRefusal, { readonly _tag: Tag }>

/** How each refusal is reported: its HTTP status, a stable slug, and a title for people. */
export const refusals: { readonly [Tag in RefusalTag]: Reported } = {
  Unauthenticated: sharedRefusals.Unauthenticated,
  Forbidden: sharedRefusals.Forbidden,
  InvalidInput: sharedRefusals.InvalidInput,
  IdempotencyMismatch: sharedRefusals.IdempotencyMismatch,
  ProductNotFound: { status: 404, slug: "product-not-found", title: "No such product" },
  SlugNotFound: { status: 404, slug: "slug-not-found", title: "No product has this slug" },
  OptionNotFound: { status: 404, slug: "option-not-found", title: "No such option" },
  CategoryNotFound: { status: 404, slug: "category-not-found", title: "No such category" },
  AttributeNotFound: { status: 404, slug: "attribute-not-found", title: "No such attribute" },
  SkuNotFound: { status: 404, slug: "sku-not-found", title: "No such SKU" },
  IdTaken: { status: 409, slug: "id-taken", title: "The id is taken" },
  StaleExpectation: sharedRefusals.StaleExpectation,
  ProductReserved: {
    status: 409,
    slug: "product-reserved",
    title: "The product has open reservations"
  },
  ProductConflict: {
    status: 409,
    slug: "product-conflict",
    title: "The status of the product does not allow this"
  },
  ExternalIdTaken: { status: 409, slug: "external-id-taken", title: "The external id is taken" },
  SlugTaken: { status: 409, slug: "slug-taken", title: "The slug is taken" },
  AttributeCodeTaken: {
    status: 409,
    slug: "attribute-code-taken",
    title: "The code of the attribute is taken"
  },
  ProductTooLarge: { status: 409, slug: "product-too-large", title: "The product is too large" },
  AttributeInactive: {
    status: 409,
    slug: "attribute-inactive",
    title: "The attribute takes no new values"
  },
  AttributeNotForType: {
    status: 409,
    slug: "attribute-not-for-type",
    title: "The attribute is not for products of this type"
  },
  AttributeMismatch: {
    status: 409,
    slug: "attribute-mismatch",
    title: "The value does not fit its attribute"
  },
  MappingsMismatch: {
    status: 409,
    slug: "mappings-mismatch",
    title: "The mappings do not fit the type of the product"
  },
  CurrencyMismatch: {
    status: 409,
    slug: "currency-mismatch",
    title: "The options are not in one currency"
  },
  NothingOnOffer: {
    status: 409,
    slug: "nothing-on-offer",
    title: "The product has no option to sell"
  },
  StaleStock: { status: 409, slug: "stale-stock", title: "Newer stock was followed already" },
  CategoryNameTaken: {
    status: 409,
    slug: "category-name-taken",
    title: "A sibling has this name"
  },
  CategoryCycle: {
    status: 409,
    slug: "category-cycle",
    title: "A category cannot be below itself"
  },
  CategoryTooDeep: { status: 409, slug: "category-too-deep", title: "The tree would be too deep" },
  CategoryNotEmpty: {
    status: 409,
    slug: "category-not-empty",
    title: "The category has children or products"
  },
  AttributeInUse: {
    status: 409,
    slug: "attribute-in-use",
    title: "Products have values of the attribute"
  },
  PositionGone: sharedRefusals.PositionGone,
  LogRestored: sharedRefusals.LogRestored
}
