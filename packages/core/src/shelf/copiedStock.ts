/** What a catalog shows of the stock of an inventory in the same process, over copies of its reads. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { StockStatus } from "../catalog/ports/StockStatus.ts"
import { StockCopies } from "../inventory/ports/StockCopies.ts"
import { StockReads } from "../inventory/ports/StockReads.ts"
import { layerStockStatus } from "./inventoryStock.ts"
import type { StockStatusOptions } from "./stockStatusOver.ts"

/** The port over copies: for what people look at alone. The commands of a catalog ask the store. */
export const layerCopiedStock = (
  options: StockStatusOptions = {}
): Layer.Layer<StockStatus, never, StockReads | StockCopies> =>
  Layer.provide(
    layerStockStatus(options),
    Layer.effect(
      StockReads,
      Effect.zipWith(StockReads, StockCopies, (reads, { stock }) => ({ ...reads, stock }))
    )
  )
