/**
 * A catalog in memory beside an inventory that tests make up. The name of a SKU says what is in stock
 * of it: `known-7` has 7 units, `missing…` is no SKU, and any other SKU has 100 units.
 */
import { Catalog, MemoryCatalog, OptionId, type SkuId, StockStatus } from "@holdfast/core/catalog"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { HandClock } from "../server.ts"

/** The options through which holds are open, as tests have it. */
export const heldOptions = new Set<string>()

const stockOf = (skuId: SkuId) => {
  if (skuId.startsWith("missing")) return { _tag: "Missing" as const, skuId }
  const units = Number(/^known-(\d+)$/.exec(skuId)?.[1] ?? 100)
  return {
    ...{ _tag: "Known" as const, skuId, version: 1 },
    ...{ availableQuantity: units, inStockQuantity: units }
  }
}

const layerStock = Layer.succeed(StockStatus, {
  isJoined: true,
  stockOf: (skuIds) => Effect.succeed(skuIds.map(stockOf)),
  heldOptions: (optionIds) =>
    Effect.succeed(optionIds.filter((optionId) => heldOptions.has(OptionId.make(optionId))))
})

/** The catalog by a hand clock. */
export const memoryCatalog = (clock: HandClock) =>
  Layer.provideMerge(
    Catalog.layer(),
    Layer.merge(Layer.provide(MemoryCatalog.layer, clock.layer), layerStock)
  )
