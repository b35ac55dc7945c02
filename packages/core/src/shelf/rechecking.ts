/**
 * Options are checked again by what the inventory answers now: those of some SKUs, those of some
 * products, or all of them, page by page. One check runs at a time, so that an answer which was
 * overtaken by a newer one is never written after it by the same process.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import {
  CatalogReads,
  everyProduct,
  type ProductPlace,
  type ProductsQuery
} from "../catalog/ports/CatalogReads.ts"
import type { StockStatus } from "../catalog/ports/StockStatus.ts"
import type { Catalog } from "../catalog/services/Catalog.ts"
import {
  followStockOf,
  followStockOfProducts,
  type SeenVersions
} from "../catalog/services/followStockOf.ts"
import type { Product } from "../catalog/state/Product.ts"
import type { ProductId, SkuId } from "../kernel/Identifier.ts"
import { StoreError } from "../kernel/StoreError.ts"
import { productsOf } from "./productsOf.ts"

/** Products that are checked together: their options, and the stock of all their SKUs, are in memory. */
const productsAtOnce = 100

const unanswered = new StoreError({
  reason: "Unavailable",
  message: "the inventory does not answer how much there is of mapped SKUs"
})

/** All of them, oldest first. */
const oldestFirst: ProductsQuery = { ...everyProduct, sortBy: "createdAt", limit: productsAtOnce }

const placeOf = ({ createdAt, id, name }: Product): ProductPlace => ({
  rank: 0,
  price: null,
  name,
  createdAt,
  id
})

/** What checking needs. */
export type Rechecked = Catalog | CatalogReads | StockStatus

type Recheck = Effect.Effect<void, StoreError, Rechecked>

/** The checks of one process. Each fails when the inventory did not answer about a SKU. */
export interface Rechecking {
  /** Checks the options of all products that map these SKUs, by stock of these versions at least. */
  readonly skus: (seen: SeenVersions) => Recheck
  /** Checks the options of these products. */
  readonly products: (productIds: ReadonlyArray<ProductId>) => Recheck
  /** Checks every option there is, by pages; it ends at the first page that has no answer. */
  readonly all: (seen?: SeenVersions) => Recheck
}

/** Makes the checks of one process. */
export const makeRechecking = (): Rechecking => {
  const oneAtATime = Semaphore.makeUnsafe(1)
  const answered = <E, R>(check: Effect.Effect<ReadonlyArray<SkuId>, E, R>) =>
    Effect.flatMap(oneAtATime.withPermits(1)(check), (skuIds) =>
      skuIds.length === 0 ? Effect.void : Effect.fail(unanswered)
    )
  const products = Effect.fnUntraced(function* (
    productIds: ReadonlyArray<ProductId>,
    seen?: SeenVersions
  ) {
    for (let from = 0; from < productIds.length; from += productsAtOnce) {
      yield* answered(followStockOf(productIds.slice(from, from + productsAtOnce), seen))
    }
  })
  return {
    products: (productIds) => products(productIds),
    skus: (seen) =>
      Effect.flatMap(productsOf({ skuIds: [...seen.keys()] }), (ids) => products(ids, seen)),
    all: Effect.fnUntraced(function* (seen) {
      const reads = yield* CatalogReads
      let after: ProductPlace | null = null
      while (true) {
        const page: ReadonlyArray<Product> = yield* reads.productsPage({ ...oldestFirst, after })
        yield* answered(followStockOfProducts(page, seen))
        const last = page.at(-1)
        if (last === undefined || page.length < productsAtOnce) return
        after = placeOf(last)
      }
    })
  }
}
