/**
 * Stock as a reader sees it: levels and SKUs with their derived quantities. Lapsed holds that
 * nobody has expired on paper yet are subtracted here, so that a read is true at its instant.
 */
import type { LevelStatus, StockStatus } from "./InventoryAnswer.ts"
import type { Sku } from "./Sku.ts"
import * as StockLevel from "./StockLevel.ts"

/** One level of a reader: the row, and the units that its lapsed holds still keep on paper. */
export interface ReadLevel {
  readonly level: StockLevel.StockLevel
  readonly lapsedQuantity: number
  readonly isPromising: boolean
}

/** A level with its derived quantities, in units. */
export const levelStatus = (
  level: StockLevel.StockLevel,
  sku: Pick<Sku, "backorderLimit" | "safetyStock">,
  lapsedQuantity: number
): LevelStatus => {
  const current = { ...level, reservedQuantity: level.reservedQuantity - lapsedQuantity }
  return {
    skuId: level.skuId,
    locationId: level.locationId,
    totalQuantity: current.totalQuantity,
    reservedQuantity: current.reservedQuantity,
    availableQuantity: StockLevel.available(current, sku),
    inStockQuantity: StockLevel.inStock(current, sku),
    shortfallQuantity: StockLevel.shortfall(current),
    lastUpdated: level.lastUpdated
  }
}

/** A SKU with its derived quantities: the sum over its sellable locations. */
export const stockStatus = (sku: Sku, levels: ReadonlyArray<ReadLevel>): StockStatus => {
  const status = {
    skuId: sku.id,
    totalQuantity: 0,
    reservedQuantity: 0,
    availableQuantity: 0,
    inStockQuantity: 0,
    shortfallQuantity: 0,
    largestSingleQuantity: 0,
    lastUpdated: sku.createdAt
  }
  for (const { isPromising, lapsedQuantity, level } of levels) {
    if (level.lastUpdated.epochMilliseconds > status.lastUpdated.epochMilliseconds) {
      status.lastUpdated = level.lastUpdated
    }
    if (!isPromising) continue
    const current = levelStatus(level, sku, lapsedQuantity)
    status.totalQuantity += current.totalQuantity
    status.reservedQuantity += current.reservedQuantity
    status.availableQuantity += current.availableQuantity
    status.inStockQuantity += current.inStockQuantity
    status.shortfallQuantity += current.shortfallQuantity
    status.largestSingleQuantity = Math.max(status.largestSingleQuantity, current.availableQuantity)
  }
  return status
}
