/**
 * Options are checked again by what the inventory answers now: those of some SKUs, those of some
 * products, or all of them, page by page.
 *
 * A quick check compares the stock of SKUs with what their options take, and reads the products alone
 * of which an option does not agree with it. A thorough check reads all products, and sends the catalog
 * what is answered also where nothing moves, so that words about older stock are refused from then on.
 *
 * A product that was moved is checked again: what happened to its stock between the answer and the
 * move is found then. So who writes last has looked after it. Thorough checks of one process run
 * one at a time.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import {
  CatalogReads,
  everyProduct,
  type ProductPlace,
  type ProductsQuery,
  type SkuDemand
} from "../catalog/ports/CatalogReads.ts"
import { type SkuStock, StockStatus } from "../catalog/ports/StockStatus.ts"
import type { Catalog } from "../catalog/services/Catalog.ts"
import {
  followStockOfProducts,
  isAnswered,
  type SeenVersions
} from "../catalog/services/followStockOf.ts"
import type { Product } from "../catalog/state/Product.ts"
import type { ProductId, SkuId } from "../kernel/Identifier.ts"
import { StoreError } from "../kernel/StoreError.ts"
import { productsOf } from "./productsOf.ts"

/** Products that are checked together: their options, and the stock of all their SKUs, are in memory. */
const productsAtOnce = 100

/** SKUs that are compared together. */
const skusAtOnce = 5_000

const unanswered = new StoreError({
  reason: "Unavailable",
  message: "the inventory does not answer how much there is of mapped SKUs"
})

const orFail = (skuIds: ReadonlyArray<SkuId>) =>
  skuIds.length === 0 ? Effect.void : Effect.fail(unanswered)

/** All of them, oldest first. */
const oldestFirst: ProductsQuery = { ...everyProduct, sortBy: "createdAt", limit: productsAtOnce }

const placeOf = ({ createdAt, id, name }: Product): ProductPlace => ({
  rank: 0,
  price: null,
  name,
  createdAt,
  id
})

/**
 * Whether an option may have to move by the stock of a SKU: one that is shown takes more than there is, or
 * one that is sold out takes no more.
 */
const isAtOdds = ({ shown, soldOut }: SkuDemand, stock: SkuStock | undefined): boolean =>
  stock?._tag === "Known" &&
  ((shown !== null && stock.availableQuantity < shown) ||
    (soldOut !== null && stock.availableQuantity >= soldOut))

/** What checking needs. */
export type Rechecked = Catalog | CatalogReads | StockStatus

type Recheck = Effect.Effect<void, StoreError, Rechecked>

/** How a check is made: see above. */
export type HowChecked = "QUICKLY" | "THOROUGHLY"

/** The checks of one process. Each fails when the inventory did not answer about a SKU. */
export interface Rechecking {
  /** Checks the options that map these SKUs, by stock of these versions at least. */
  readonly skus: (how: HowChecked, seen: SeenVersions) => Recheck
  /** Checks the options of these products, thoroughly. */
  readonly products: (productIds: ReadonlyArray<ProductId>) => Recheck
  /** Checks every option there is, by pages; it ends at the first page that has no answer. */
  readonly all: (how: HowChecked, seen?: SeenVersions) => Recheck
}

/** Makes products follow stock until none of them moves; answers the SKUs without an answer. */
const settled = (
  products: ReadonlyArray<Product>,
  seen: SeenVersions
): Effect.Effect<ReadonlyArray<SkuId>, StoreError, Rechecked> =>
  Effect.gen(function* () {
    const reads = yield* CatalogReads
    const followed = yield* followStockOfProducts(products, seen)
    if (followed.moved.length === 0) return followed.unanswered
    const again = yield* settled(yield* reads.products(followed.moved), seen)
    return [...followed.unanswered, ...again]
  })

/** Makes the checks of one process. */
export const makeRechecking = (): Rechecking => {
  const oneAtATime = Semaphore.makeUnsafe(1)
  const answered = (check: ReturnType<typeof settled>) =>
    Effect.flatMap(oneAtATime.withPermits(1)(check), orFail)
  const products = Effect.fnUntraced(function* (
    productIds: ReadonlyArray<ProductId>,
    seen: SeenVersions = new Map()
  ) {
    const reads = yield* CatalogReads
    for (let from = 0; from < productIds.length; from += productsAtOnce) {
      const page = reads.products(productIds.slice(from, from + productsAtOnce))
      yield* answered(Effect.flatMap(page, (read) => settled(read, seen)))
    }
  })
  const productsOfSkus = (skuIds: ReadonlyArray<SkuId>, seen: SeenVersions) =>
    Effect.flatMap(productsOf({ skuIds }), (ids) => products(ids, seen))

  const compared = Effect.fnUntraced(function* (skuIds: ReadonlyArray<SkuId>, seen: SeenVersions) {
    const demands = yield* (yield* CatalogReads).demands(skuIds)
    if (demands.length === 0) return
    const answers = yield* (yield* StockStatus).stockOf(demands.map(({ skuId }) => skuId))
    const stock = new Map(answers.map((answer) => [answer.skuId, answer]))
    const atOdds = demands.filter((demand) => isAtOdds(demand, stock.get(demand.skuId)))
    if (atOdds.length > 0)
      yield* productsOfSkus(
        atOdds.map(({ skuId }) => skuId),
        seen
      )
    yield* orFail(answers.filter((it) => !isAnswered(it, seen)).map(({ skuId }) => skuId))
  })
  const everySku = Effect.fnUntraced(function* (seen: SeenVersions) {
    const reads = yield* CatalogReads
    let after: SkuId | null = null
    while (true) {
      const page: ReadonlyArray<SkuId> = yield* reads.mappedSkus(after, skusAtOnce)
      yield* compared(page, seen)
      const last = page.at(-1)
      if (last === undefined || page.length < skusAtOnce) return
      after = last
    }
  })
  const everyProductOf = Effect.fnUntraced(function* (seen: SeenVersions) {
    const reads = yield* CatalogReads
    let after: ProductPlace | null = null
    while (true) {
      const page: ReadonlyArray<Product> = yield* reads.productsPage({ ...oldestFirst, after })
      yield* answered(settled(page, seen))
      const last = page.at(-1)
      if (last === undefined || page.length < productsAtOnce) return
      after = placeOf(last)
    }
  })
  return {
    products: (productIds) => products(productIds),
    skus: Effect.fnUntraced(function* (how, seen) {
      const skuIds = [...seen.keys()]
      const check = how === "THOROUGHLY" ? productsOfSkus : compared
      for (let from = 0; from < skuIds.length; from += skusAtOnce) {
        yield* check(skuIds.slice(from, from + skusAtOnce), seen)
      }
    }),
    all: (how, seen = new Map()) => (how === "QUICKLY" ? everySku(seen) : everyProductOf(seen))
  }
}
