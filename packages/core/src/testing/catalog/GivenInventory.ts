/**
 * An inventory that tests make up. The name of a SKU says what is in stock of it: `known-7` has 7
 * units, `missing…` is no SKU, and any other SKU has 100 units. Options are held that a test adds to `heldOptions`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type SkuStock, StockStatus } from "../../catalog/ports/StockStatus.ts"
import type { OptionId, SkuId } from "../../kernel/Identifier.ts"

/** The options through which holds are open, as tests have it. */
export const heldOptions = new Set<OptionId>()

const stockOf = (skuId: SkuId): SkuStock => {
  if (skuId.startsWith("missing")) return { _tag: "Missing", skuId }
  const units = Number(/^known-(\d+)$/.exec(skuId)?.[1] ?? 100)
  return {
    _tag: "Known",
    skuId,
    availableQuantity: units,
    inStockQuantity: units,
    version: 1
  }
}

/** The inventory of tests. */
export const layerGivenInventory: Layer.Layer<StockStatus> = Layer.succeed(StockStatus, {
  isJoined: true,
  stockOf: (skuIds) => Effect.succeed(skuIds.map(stockOf)),
  heldOptions: (optionIds) =>
    Effect.succeed(optionIds.filter((optionId) => heldOptions.has(optionId)))
})
