/** What is read with products: their categories whole, and the stock of the SKUs that they map. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { CategoryId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { ProductAnswer, ProductView, SkuStockView } from "../messages/CatalogQuery.ts"
import type { CatalogReads } from "../ports/CatalogReads.ts"
import type { SkuStock, StockStatus } from "../ports/StockStatus.ts"
import type { Attribute } from "../state/Attribute.ts"
import { availabilityOf } from "../state/Availability.ts"
import type { Category } from "../state/Category.ts"
import { isShownAt, type Product, skuIdsOf } from "../state/Product.ts"
import { textIn } from "../state/Translations.ts"
import type { KeepAnswer } from "./keptAnswers.ts"

/** The instant of a read, and the language that is asked for. */
export interface Reading {
  readonly now: DateTime.Utc
  readonly locale: string | undefined
}

/** A thing with its name in the language that is asked for, or the nearest. */
export const named = <T extends Pick<Category, "name" | "translations">>(
  thing: T,
  locale: string | undefined
): T => ({ ...thing, name: textIn(thing.translations, "name", locale, thing.name) })

/** An attribute with the names of its choices in the language that is asked for, or the nearest. */
export const namedChoices = (attribute: Attribute, locale: string | undefined): Attribute => ({
  ...attribute,
  choices: attribute.choices.map((choice) => named(choice, locale))
})

/** A product with its texts and those of its options in the language that is asked for, or the nearest. */
export const localisedProduct = <P extends Omit<Product, "categories">>(
  product: P,
  locale: string | undefined
): P => ({
  ...product,
  name: textIn(product.translations, "name", locale, product.name),
  description: textIn(product.translations, "description", locale, product.description),
  options: product.options.map((option) => named(option, locale))
})

const viewOf =
  (categoryOf: (id: CategoryId) => Category | undefined, { locale, now }: Reading) =>
  ({ categories, ...product }: Product): ProductView => ({
    ...localisedProduct(product, locale),
    isShown: isShownAt(product, now),
    categories: categories.flatMap(({ categoryId, isPrimary }) => {
      const category = categoryOf(categoryId)
      return category === undefined ? [] : [{ ...named(category, locale), isPrimary }]
    })
  })

/** The categories of products, by their ids, which are read in one statement. */
const categoriesOf = (
  reads: CatalogReads["Service"],
  products: ReadonlyArray<Product>
): Effect.Effect<(id: CategoryId) => Category | undefined, StoreError> => {
  const ids = new Set(products.flatMap(({ categories }) => categories.map((it) => it.categoryId)))
  const read = ids.size === 0 ? Effect.succeed([]) : reads.categories([...ids])
  return Effect.map(read, (categories) => {
    const known = new Map(categories.map((category) => [category.id, category]))
    return (id) => known.get(id)
  })
}

/** Products with their categories whole. */
export const productViews = (
  reads: CatalogReads["Service"],
  products: ReadonlyArray<Product>,
  reading: Reading
): Effect.Effect<ReadonlyArray<ProductView>, StoreError> =>
  Effect.map(categoriesOf(reads, products), (categoryOf) =>
    products.map(viewOf(categoryOf, reading))
  )

const availableOf = (stock: SkuStock | undefined): number | undefined =>
  stock?._tag === "Known" ? stock.availableQuantity : undefined

const stockView = (skuId: SkuId, stock: SkuStock | undefined): SkuStockView =>
  stock?._tag === "Known"
    ? {
        skuId,
        status: "known",
        availableQuantity: stock.availableQuantity,
        inStockQuantity: stock.inStockQuantity
      }
    : { skuId, status: "unknown", availableQuantity: null, inStockQuantity: null }

/** Who answers about products: where they are read, who knows their stock, and which answers are kept. */
export interface Answering {
  readonly reads: CatalogReads["Service"]
  readonly stock: StockStatus["Service"]
  readonly keep: KeepAnswer
}

/** Products with their options and their stock, which is asked for once for all of them. */
export const productAnswers = (
  { keep, reads, stock }: Answering,
  products: ReadonlyArray<Product>,
  locale: string | undefined
): Effect.Effect<ReadonlyArray<ProductAnswer>, StoreError> =>
  Effect.gen(function* () {
    const skuIds = [...new Set(products.flatMap(skuIdsOf))]
    const now = yield* DateTime.now
    const categoryOf = yield* categoriesOf(reads, products)
    const stocks = skuIds.length === 0 ? [] : yield* stock.stockOf(skuIds)
    const known = new Map(stocks.map((it) => [it.skuId, it]))
    const view = viewOf(categoryOf, { now, locale })
    return products.map((product) => {
      const ofProduct = skuIdsOf(product)
      const parts = {
        locale,
        isShown: isShownAt(product, now),
        categories: product.categories.map(({ categoryId }) => categoryOf(categoryId)),
        stock: ofProduct.map((skuId) => known.get(skuId))
      }
      return keep(product, parts, () => answerOf(view(product), ofProduct, known))
    })
  })

const answerOf = (
  product: ProductView,
  skuIds: ReadonlyArray<SkuId>,
  known: ReadonlyMap<SkuId, SkuStock>
): ProductAnswer => ({
  product,
  options: product.options,
  stockStatus: skuIds.map((skuId) => stockView(skuId, known.get(skuId))),
  availability: product.options.map((option) => {
    const available = availabilityOf(option, (skuId) => availableOf(known.get(skuId)))
    return {
      optionId: option.id,
      availableQuantity: available?.quantity ?? null,
      limitingSkuId: available?.limitingSkuId ?? null
    }
  })
})
