/** What the catalog asks of an inventory in the same process, over its reads. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StockStatus } from "../catalog/ports/StockStatus.ts"
import { type ReadStock, StockReads } from "../inventory/ports/StockReads.ts"
import { stockStatus } from "../inventory/state/StockStatus.ts"
import { type KnownStock, type StockStatusOptions, stockStatusOver } from "./stockStatusOver.ts"

const knownOf = ({ levels, sku }: ReadStock): KnownStock => {
  const { availableQuantity, inStockQuantity, version } = stockStatus(sku, levels)
  return { skuId: sku.id, availableQuantity, inStockQuantity, version }
}

/**
 * The port over an inventory in the same process. The stock of up to 1,000 SKUs is one read.
 */
export const layerStockStatus = (
  options: StockStatusOptions = {}
): Layer.Layer<StockStatus, never, StockReads> =>
  Layer.effect(
    StockStatus,
    Effect.map(StockReads, (reads) =>
      stockStatusOver(
        {
          stockOf: (skuIds) => Effect.map(reads.stock(skuIds), (found) => found.map(knownOf)),
          heldOptions: (optionIds) => reads.heldOptions(optionIds)
        },
        options
      )
    )
  )
