/**
 * The look-ups that begin a decision: the thing that a command names, or the refusal that says that
 * it is unknown, or no longer as the caller has read it.
 */
import * as Result from "effect/Result"
import type { AttributeId, CategoryId, OptionId, ProductId } from "../../kernel/Identifier.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import type { Attribute } from "../state/Attribute.ts"
import type { CatalogBook } from "../state/CatalogBook.ts"
import type { Category } from "../state/Category.ts"
import { optionOf, type Product } from "../state/Product.ts"
import type { ProductOption } from "../state/ProductOption.ts"

/** What a decision step gives: a value, or a refusal. */
export type Decided<A> = Result.Result<A, CatalogRefusal>

/** A product that exists. */
export const findProduct = (book: CatalogBook, productId: ProductId): Decided<Product> => {
  const product = book.product(productId)
  return product === undefined
    ? Result.fail({ _tag: "ProductNotFound", productId })
    : Result.succeed(product)
}

/** An option that the product has. */
export const findOption = (product: Product, optionId: OptionId): Decided<ProductOption> => {
  const option = optionOf(product, optionId)
  return option === undefined
    ? Result.fail({ _tag: "OptionNotFound", productId: product.id, optionId })
    : Result.succeed(option)
}

/** A category that exists; `field` is the one that names it. */
export const findCategory = (
  book: CatalogBook,
  categoryId: CategoryId,
  field: "categoryId" | "parentId"
): Decided<Category> => {
  const category = book.category(categoryId)
  return category === undefined
    ? Result.fail({ _tag: "CategoryNotFound", categoryIds: [categoryId], fields: [field] })
    : Result.succeed(category)
}

/** Categories that all exist; the fields of those that do not are named. */
export const findCategories = (
  book: CatalogBook,
  categoryIds: ReadonlyArray<CategoryId>
): Decided<ReadonlyArray<CategoryId>> => {
  const unknown = categoryIds.flatMap((id, index) =>
    book.category(id) === undefined ? [{ id, field: `categoryIds.${index}` }] : []
  )
  if (unknown.length === 0) return Result.succeed(categoryIds)
  const ids = unknown.map(({ id }) => id)
  const fields = unknown.map(({ field }) => field)
  return Result.fail({ _tag: "CategoryNotFound", categoryIds: ids, fields })
}

/** An attribute that exists. */
export const findAttribute = (book: CatalogBook, attributeId: AttributeId): Decided<Attribute> => {
  const attribute = book.attribute(attributeId)
  return attribute === undefined
    ? Result.fail({
        _tag: "AttributeNotFound",
        attributes: [attributeId],
        fields: ["attributeId"]
      })
    : Result.succeed(attribute)
}

/** Refuses values of attributes that do not exist; the fields that name them are named. */
export const knownAttributes = (
  book: CatalogBook,
  values: { readonly [code: string]: unknown }
): Decided<void> => {
  const unknown = Object.keys(values).filter((code) => book.attributeOfCode(code) === undefined)
  return unknown.length === 0
    ? Result.succeed(undefined)
    : Result.fail({
        _tag: "AttributeNotFound",
        attributes: unknown,
        fields: unknown.map((code) => `attributes.${code}`)
      })
}

/** Refuses a change of what is no longer as the caller has read it. */
export const expecting = (
  field: "revision" | "version",
  actual: number,
  expected: number | undefined
): Decided<void> =>
  expected === undefined || expected === actual
    ? Result.succeed(undefined)
    : Result.fail({ _tag: "StaleExpectation", field, expected, actual })
