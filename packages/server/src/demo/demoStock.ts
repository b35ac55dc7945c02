/**
 * Stock to try things on: the SKUs that a real retailer sold most in one month. They are registered
 * when they are not there yet, so a server that starts again finds its stock as it left it.
 */
import {
  Inventory,
  InventoryQueries,
  type InventoryRefusal,
  StockReads,
  type StoreError
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { readDemo } from "../readDemo.ts"

/** A SKU of the demo, and the units that it opens with. */
export interface DemoSku {
  readonly skuId: string
  readonly code: string
  readonly name: string
  readonly initialStock: number
}

const read = readDemo<ReadonlyArray<DemoSku>>("stock")

/**
 * Registers the demo SKUs that are not there; answers with all of them. Two servers may do it at
 * once: the second finds the id or the code taken, and leaves it.
 */
export const loadDemoStock: Effect.Effect<
  ReadonlyArray<DemoSku>,
  InventoryRefusal | StoreError,
  Inventory | StockReads
> = Effect.gen(function* () {
  const inventory = yield* Inventory
  const reads = yield* StockReads
  const skus = yield* read
  const skuIds = skus.map(({ skuId }) => skuId)
  const { unknownSkuIds } = yield* InventoryQueries.over(reads).stocks({ skuIds })
  const unknown = new Set<string>(unknownSkuIds)
  const register = (sku: DemoSku) =>
    Effect.catchTags(inventory.registerSku(sku), {
      IdTaken: () => Effect.void,
      SkuCodeTaken: () => Effect.void
    })
  yield* Effect.forEach(
    skus.filter(({ skuId }) => unknown.has(skuId)),
    register,
    { concurrency: "unbounded", discard: true }
  )
  return skus
})
