/**
 * The last answer about each product that a copy was read of. A copy that is read again is the same value, so
 * an answer that would be made of the same parts is the answer that was made of them, and a door that has
 * written it once need not write it again. Nothing is kept of what is read of the store.
 */
import type { ProductAnswer } from "../messages/CatalogQuery.ts"
import type { SkuStock } from "../ports/StockStatus.ts"
import type { Category } from "../state/Category.ts"
import type { Product } from "../state/Product.ts"

/** What an answer about a product is made of, beside the product. */
export interface AnswerParts {
  readonly locale: string | undefined
  readonly isShown: boolean
  /** Those of the product that there are, in its order. */
  readonly categories: ReadonlyArray<Category | undefined>
  /** The stock of the SKUs that its options map, in their order. */
  readonly stock: ReadonlyArray<SkuStock | undefined>
}

/** Makes an answer, or gives the one that was made of the same. */
export type KeepAnswer = (
  product: Product,
  parts: AnswerParts,
  make: () => ProductAnswer
) => ProductAnswer

const isSame = (one: SkuStock | undefined, other: SkuStock | undefined): boolean => {
  if (one?._tag !== "Known" || other?._tag !== "Known") return one?._tag === other?._tag
  return (
    one.availableQuantity === other.availableQuantity &&
    one.inStockQuantity === other.inStockQuantity
  )
}

const areSame = (one: AnswerParts, other: AnswerParts): boolean =>
  one.locale === other.locale &&
  one.isShown === other.isShown &&
  one.categories.length === other.categories.length &&
  one.categories.every((category, at) => category === other.categories[at]) &&
  one.stock.every((stock, at) => isSame(stock, other.stock[at]))

/** Keeps nothing, as where nothing is read of copies. */
export const keepNoAnswer: KeepAnswer = (_product, _parts, make) => make()

/** Keeps the last answer about each product, for as long as its copy is there. */
export const keptAnswers = (): KeepAnswer => {
  const known = new WeakMap<Product, readonly [AnswerParts, ProductAnswer]>()
  return (product, parts, make) => {
    const last = known.get(product)
    if (last !== undefined && areSame(last[0], parts)) return last[1]
    const answer = make()
    known.set(product, [parts, answer])
    return answer
  }
}
