/**
 * What each command answers when it took effect. Answers are plain values with a codec, because a
 * receipt keeps the first answer to a key and gives it back byte for byte.
 */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"
import { Attribute } from "../state/Attribute.ts"
import { Category } from "../state/Category.ts"
import { Product } from "../state/Product.ts"

/** A product that was deleted, and the version of its last event. */
export const ProductDeleted = Schema.Struct({
  productId: unchecked.productId,
  version: Schema.Int
}).annotate({ identifier: "ProductDeleted" })

/** A category that was deleted, and the version of its last event. */
export const CategoryDeleted = Schema.Struct({
  categoryId: unchecked.categoryId,
  version: Schema.Int
}).annotate({ identifier: "CategoryDeleted" })

/** An attribute that was deleted, and the version of its last event. */
export const AttributeDeleted = Schema.Struct({
  attributeId: unchecked.attributeId,
  version: Schema.Int
}).annotate({ identifier: "AttributeDeleted" })

/** The options that followed the stock, and the version of the product after that. */
export const StockFollowed = Schema.Struct({
  productId: unchecked.productId,
  version: Schema.Int,
  soldOut: Schema.Array(unchecked.optionId),
  back: Schema.Array(unchecked.optionId)
}).annotate({ identifier: "StockFollowed" })

/** The version of the form of the answers below. Each receipt keeps it. */
export const answerVersion = 1

/** The codec of each command's answer, as it is kept. */
export const answerOf = {
  CreateProduct: Product,
  UpdateProduct: Product,
  DuplicateProduct: Product,
  ActivateProduct: Product,
  DeactivateProduct: Product,
  DiscontinueProduct: Product,
  DeleteProduct: ProductDeleted,
  AddOption: Product,
  UpdateOption: Product,
  RemoveOption: Product,
  SetSkuMappings: Product,
  SetImages: Product,
  SetCategories: Product,
  FollowStock: StockFollowed,
  CreateCategory: Category,
  UpdateCategory: Category,
  MoveCategory: Category,
  DeleteCategory: CategoryDeleted,
  CreateAttribute: Attribute,
  UpdateAttribute: Attribute,
  DeleteAttribute: AttributeDeleted
} as const

/** The answer to the command of one name. */
export type AnswerOf<Tag extends keyof typeof answerOf> = (typeof answerOf)[Tag]["Type"]

/** Any answer. */
export type CatalogAnswer = AnswerOf<keyof typeof answerOf>
