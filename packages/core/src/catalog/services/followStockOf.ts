/**
 * Products follow the stock of their SKUs: the part that a consumer of stock events, and a sweep, do
 * alike. A stock event is only a hint to look: what counts is what the inventory answers now.
 */
import * as Effect from "effect/Effect"
import type { ProductId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import { CatalogReads } from "../ports/CatalogReads.ts"
import { type SkuStock, StockStatus } from "../ports/StockStatus.ts"
import { type Product, skuIdsOf } from "../state/Product.ts"
import { Catalog } from "./Catalog.ts"

/** How often the inventory is asked about one product whose answers are older and newer at once. */
const asksMax = 3

/** The newest version of SKUs that is known of: an answer about an older one is no answer. */
export type SeenVersions = ReadonlyMap<SkuId, number>

/** What is known of the stock, as the command takes it. */
const factsOf = (stock: ReadonlyArray<SkuStock>) =>
  stock.flatMap((it) =>
    it._tag === "Known"
      ? [{ skuId: it.skuId, availableQuantity: it.availableQuantity, version: it.version }]
      : []
  )

/** Whether an answer says how much there is, or that there is none, as of the version seen. */
export const isAnswered = (stock: SkuStock, seen: SeenVersions): boolean => {
  const version = seen.get(stock.skuId)
  if (stock._tag === "Missing") return version === undefined
  return stock._tag === "Known" && stock.version >= (version ?? 0)
}

/**
 * Moves the options of these products between ACTIVE and SOLD_OUT, by the stock that the inventory
 * answers for all of them in one call. A product that is gone, or that has followed newer stock
 * already, is left alone; so are options with a SKU whose stock is not known. When the answer about
 * a product is older in one SKU and newer in another than what was followed, the inventory is asked
 * again, three times at most; then the next event or sweep settles it.
 *
 * Answers the SKUs that the inventory did not answer, or not as new as what was `seen`. Who
 * follows a log asks again later for their sake.
 */
export const followStockOf = Effect.fnUntraced(function* (
  productIds: ReadonlyArray<ProductId>,
  seen: SeenVersions = new Map()
): Effect.fn.Return<ReadonlyArray<SkuId>, StoreError, Catalog | CatalogReads | StockStatus> {
  const reads = yield* CatalogReads
  return (yield* followStockOfProducts(yield* reads.products(productIds), seen)).unanswered
})

/** What became of products that followed stock. */
export interface FollowedProducts {
  /** The SKUs that the inventory did not answer, or not as new as what was seen. */
  readonly unanswered: ReadonlyArray<SkuId>
  /** The products of which an option was moved. */
  readonly moved: ReadonlyArray<ProductId>
}

/** Like `followStockOf`, for products that have just been read; it answers also which were moved. */
export const followStockOfProducts = Effect.fnUntraced(function* (
  products: ReadonlyArray<Product>,
  seen: SeenVersions = new Map()
): Effect.fn.Return<FollowedProducts, StoreError, Catalog | CatalogReads | StockStatus> {
  const reads = yield* CatalogReads
  const stock = yield* StockStatus
  const catalog = yield* Catalog
  const mapped = products.filter((product) => skuIdsOf(product).length > 0)
  if (mapped.length === 0) return { unanswered: [], moved: [] }
  const moved = new Set<ProductId>()
  const answers = yield* stock.stockOf([...new Set(mapped.flatMap(skuIdsOf))])
  const known = new Map(factsOf(answers).map((fact) => [fact.skuId, fact]))
  const follow = (
    productId: ProductId,
    facts: ReturnType<typeof factsOf>,
    asked: number
  ): Effect.Effect<void, StoreError> =>
    facts.length === 0
      ? Effect.void
      : Effect.catch(
          Effect.map(catalog.followStock({ productId, stock: facts }), ({ back, soldOut }) => {
            if (back.length + soldOut.length > 0) moved.add(productId)
          }),
          (refusal): Effect.Effect<void, StoreError> => {
            if (refusal._tag === "StoreError") return Effect.fail(refusal)
            return isMixed(refusal) && asked < asksMax ? again(productId, asked) : Effect.void
          }
        )
  const again = (productId: ProductId, asked: number): Effect.Effect<void, StoreError> =>
    Effect.flatMap(reads.products([productId]), ([product]) =>
      product === undefined
        ? Effect.void
        : Effect.flatMap(stock.stockOf(skuIdsOf(product)), (answered) =>
            follow(productId, factsOf(answered), asked + 1)
          )
    )
  const ofProduct = (product: Product) =>
    follow(
      product.id,
      skuIdsOf(product).flatMap((skuId) => known.get(skuId) ?? []),
      1
    )
  // At once, so that the engine commits them together.
  yield* Effect.forEach(mapped, ofProduct, { concurrency: "unbounded", discard: true })
  const unanswered = answers.filter((answer) => !isAnswered(answer, seen))
  return { unanswered: unanswered.map(({ skuId }) => skuId), moved: [...moved] }
})

const isMixed = (refusal: CatalogRefusal): boolean =>
  refusal._tag === "StaleStock" && refusal.isMixed
