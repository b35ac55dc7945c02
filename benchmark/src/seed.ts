/** Stock to reserve from: SKUs `sku-1` and so on, each with more units than any run can take. */
import { emptyScope, foldBatch, Inventory, SkuId, StockStore } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"

/** Units of each SKU. */
export const initialStock = 1_000_000_000

/** The names of the first `count` SKUs. */
export const skuNames = (count: number): ReadonlyArray<SkuId> =>
  Array.from({ length: count }, (_, index) => SkuId.make(`sku-${index + 1}`))

/** Registers SKUs with an engine. */
export const registerSkus = Effect.fnUntraced(function* (count: number) {
  const inventory = yield* Inventory
  yield* Effect.forEach(
    skuNames(count),
    (skuId) => inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock }),
    { concurrency: 512, discard: true }
  )
})

/** What a store loads for a batch that reserves of these SKUs. */
export const loadSkus = Effect.fnUntraced(function* (skuIds: ReadonlyArray<SkuId>) {
  const store = yield* StockStore
  const batchId = "00000000-0000-7000-8000-000000000000"
  return yield* store.transact({ batchId, ...emptyScope, skuIds }, (loaded) => ({
    changes: foldBatch(loaded, []).changes,
    answer: loaded
  }))
})
