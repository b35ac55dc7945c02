/**
 * What may be asked of the catalog. A command carries ids and no time: `now` is the store's. Ids
 * that are left out are derived from the command's own id. In a change, what is left out stays, and
 * null clears. `expectedVersion` is the `revision` of the product, or the `version` of the category or
 * the attribute, that the caller has read: when it is another by now, the change is refused.
 */
import * as Schema from "effect/Schema"
import { AttributeId, CategoryId, OptionId, ProductId } from "../../kernel/Identifier.ts"
import { AttributeCode, AttributeKind, AttributeName, AttributeUnit } from "../state/Attribute.ts"
import { CategoryName, SortOrder } from "../state/Category.ts"
import { ExternalId, ProductName, ProductType } from "../state/Product.ts"
import { mappingsMax } from "../state/ProductOption.ts"
import {
  AttributeChoices,
  CategoryIds,
  Images,
  isPrimaryAmong,
  NewOption,
  NewOptions,
  namesByLocale,
  OptionEntries,
  optionalOrNull,
  optionChanges,
  productFields,
  SkuMappings,
  StockFact
} from "./productFields.ts"

const optional = Schema.optionalKey

/** A revision of a product, or a version of a category or an attribute, as it was read. */
export const ExpectedVersion = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
)

const expected = { expectedVersion: optional(ExpectedVersion) }

/** Says that a mapping may name a SKU that the inventory does not know yet. */
const beforeSkus = { allowUnknownSkus: optional(Schema.Boolean) }

const ofProduct = { productId: ProductId, ...expected }
const ofOption = { ...ofProduct, optionId: OptionId }
const ofCategory = { categoryId: CategoryId, ...expected }
const ofAttribute = { attributeId: AttributeId, ...expected }

/**
 * Make a product, whole: with its options, mappings, images and categories, or nothing of it. It is
 * a DRAFT unless `status` says ACTIVE. The first category is primary unless another is named.
 */
export const CreateProduct = Schema.TaggedStruct("CreateProduct", {
  productId: optional(ProductId),
  name: ProductName,
  type: ProductType,
  status: optional(Schema.Literals(["DRAFT", "ACTIVE"])),
  options: optional(NewOptions),
  ...productFields,
  ...beforeSkus
}).check(isPrimaryAmong)

/**
 * Change a product. `options`, `images` and `categoryIds` are the whole list that it is to have. An
 * option of the list that the product has is changed, one that it has not is made, and an option
 * that is not in the list is removed. Of `attributes`, what is left out stays, and null clears.
 */
export const UpdateProduct = Schema.TaggedStruct("UpdateProduct", {
  ...ofProduct,
  name: optional(ProductName),
  type: optional(ProductType),
  options: optional(OptionEntries),
  ...productFields,
  ...beforeSkus
}).check(isPrimaryAmong)

/**
 * Make a draft that is like a product: with its texts, images, categories, attributes, metadata
 * and options, whose ids are new. What is unique stays with the original: external ids and the slug. The copy has
 * no time of publication. It has the name of the original unless another one is given.
 */
export const DuplicateProduct = Schema.TaggedStruct("DuplicateProduct", {
  productId: ProductId,
  copyId: optional(ProductId),
  name: optional(ProductName)
})

/** Put a product on sale. */
export const ActivateProduct = Schema.TaggedStruct("ActivateProduct", ofProduct)

/** Withdraw a product from sale; it may come back. */
export const DeactivateProduct = Schema.TaggedStruct("DeactivateProduct", ofProduct)

/** Take a product out of the range. It stays readable, and may be activated again. */
export const DiscontinueProduct = Schema.TaggedStruct("DiscontinueProduct", ofProduct)

/** Delete a product; refused while holds made through its options are open. */
export const DeleteProduct = Schema.TaggedStruct("DeleteProduct", ofProduct)

/** Where an option is to stand among the others, from 0; at the end when there are fewer. */
const position = optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })))

/** Add an option to a product, at the end unless `position` says where. */
export const AddOption = Schema.TaggedStruct("AddOption", {
  ...ofProduct,
  ...NewOption.fields,
  position,
  ...beforeSkus
})

/** Change an option of a product. */
export const UpdateOption = Schema.TaggedStruct("UpdateOption", {
  ...ofOption,
  ...optionChanges,
  position,
  ...beforeSkus
})

/** Remove an option from a product. */
export const RemoveOption = Schema.TaggedStruct("RemoveOption", ofOption)

/** Set the SKUs of an option, all of them. */
export const SetSkuMappings = Schema.TaggedStruct("SetSkuMappings", {
  ...ofOption,
  skuMappings: SkuMappings,
  ...beforeSkus
})

/** Set the images of a product, all of them, in their order. */
export const SetImages = Schema.TaggedStruct("SetImages", { ...ofProduct, images: Images })

/** Set the categories of a product, all of them; the first is primary unless another is named. */
export const SetCategories = Schema.TaggedStruct("SetCategories", {
  ...ofProduct,
  categoryIds: CategoryIds,
  primaryCategoryId: optional(CategoryId)
}).check(isPrimaryAmong)

/**
 * Let the options of a product follow the stock of their SKUs: what cannot be had is SOLD_OUT, what
 * can be had again is ACTIVE. An option moves only when the stock of all its SKUs is given, and
 * never when a person has withdrawn it or marked it sold out. `version` is that of the SKU's events.
 */
export const FollowStock = Schema.TaggedStruct("FollowStock", {
  productId: ProductId,
  stock: Schema.Array(StockFact).check(
    Schema.isBetweenLength(1, mappingsMax, { message: `must hold 1 to ${mappingsMax} SKUs` })
  )
})

/** Make a category, under a parent or as a root. Active, and at sort order 0, by default. */
export const CreateCategory = Schema.TaggedStruct("CreateCategory", {
  categoryId: optional(CategoryId),
  name: CategoryName,
  translations: optional(namesByLocale(CategoryName)),
  parentId: optionalOrNull(CategoryId),
  sortOrder: optional(SortOrder),
  isActive: optional(Schema.Boolean),
  externalId: optionalOrNull(ExternalId)
})

/** Change a category; `MoveCategory` gives it another parent. */
export const UpdateCategory = Schema.TaggedStruct("UpdateCategory", {
  ...ofCategory,
  name: optional(CategoryName),
  translations: optional(namesByLocale(CategoryName)),
  sortOrder: optional(SortOrder),
  isActive: optional(Schema.Boolean),
  externalId: optionalOrNull(ExternalId)
})

/** Move a category with all that is below it under another parent, or to the roots with null. */
export const MoveCategory = Schema.TaggedStruct("MoveCategory", {
  ...ofCategory,
  parentId: Schema.NullOr(CategoryId),
  sortOrder: optional(SortOrder)
})

/** Delete a category; refused while it has children or products. */
export const DeleteCategory = Schema.TaggedStruct("DeleteCategory", ofCategory)

/**
 * Make an attribute: say what values of it are. A CHOICE has choices, a NUMBER may have a unit. It is
 * for products of every type unless `productType` names one. A list of products may be narrowed by
 * it when it is filterable, which it is by default.
 */
export const CreateAttribute = Schema.TaggedStruct("CreateAttribute", {
  attributeId: optional(AttributeId),
  code: AttributeCode,
  name: AttributeName,
  translations: optional(namesByLocale(AttributeName)),
  kind: AttributeKind,
  unit: optionalOrNull(AttributeUnit),
  choices: optional(AttributeChoices),
  productType: optionalOrNull(ProductType),
  isFilterable: optional(Schema.Boolean),
  isActive: optional(Schema.Boolean)
})

/**
 * Change an attribute. `choices` is the whole list that it is to have; a choice that products have
 * stays in it. An inactive attribute is retired: products keep their values and get no new ones.
 */
export const UpdateAttribute = Schema.TaggedStruct("UpdateAttribute", {
  ...ofAttribute,
  name: optional(AttributeName),
  translations: optional(namesByLocale(AttributeName)),
  unit: optionalOrNull(AttributeUnit),
  choices: optional(AttributeChoices),
  isFilterable: optional(Schema.Boolean),
  isActive: optional(Schema.Boolean)
})

/** Delete an attribute; refused while products have a value of it. */
export const DeleteAttribute = Schema.TaggedStruct("DeleteAttribute", ofAttribute)

/** Any command; its `_tag` says which. */
export const CatalogCommand = Schema.Union([
  CreateProduct,
  UpdateProduct,
  DuplicateProduct,
  ActivateProduct,
  DeactivateProduct,
  DiscontinueProduct,
  DeleteProduct,
  AddOption,
  UpdateOption,
  RemoveOption,
  SetSkuMappings,
  SetImages,
  SetCategories,
  FollowStock,
  CreateCategory,
  UpdateCategory,
  MoveCategory,
  DeleteCategory,
  CreateAttribute,
  UpdateAttribute,
  DeleteAttribute
])
export type CatalogCommand = typeof CatalogCommand.Type

/** The name of a command. */
export type CommandTag = CatalogCommand["_tag"]

/** The command of one name. */
export type CommandOf<Tag extends CommandTag> = Extract<CatalogCommand, { readonly _tag: Tag }>

/** A command that a schema or a reader gave. An object made by hand does not compile as one. */
export const ValidCommand = CatalogCommand.pipe(Schema.brand("ValidCommand"))
export type ValidCommand = typeof ValidCommand.Type

/** The valid command of one name. */
export type ValidCommandOf<Tag extends CommandTag> = Extract<ValidCommand, { readonly _tag: Tag }>
