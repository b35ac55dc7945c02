/**
 * One SKU with all its levels: the aggregate that events of stock belong to, and the monitor that
 * a store locks. Its version is the newest version of its levels, so no row of its own is written
 * when only stock changes.
 */
import type { Balances } from "./InventoryEvent.ts"
import * as Location from "./Location.ts"
import type { Sku } from "./Sku.ts"
import * as StockLevel from "./StockLevel.ts"

/** A SKU and its levels, in the order of allocation. */
export interface SkuStock {
  readonly sku: Sku
  readonly levels: ReadonlyArray<StockLevel.StockLevel>
  readonly version: number
}

/** Finds a location that is known to exist. */
export type LocationOf = (locationId: string) => Location.Location | undefined

/** A SKU and its levels as loaded: brought into the order of allocation. */
export const make = (
  sku: Sku,
  levels: ReadonlyArray<StockLevel.StockLevel>,
  locationOf: LocationOf
): SkuStock => ({
  sku,
  levels: levels.length < 2 ? levels : [...levels].sort(byAllocation(locationOf)),
  version: levels.reduce((newest, level) => Math.max(newest, level.version), 0)
})

/** Levels in the order in which a line without a location tries them. */
export const byAllocation =
  (locationOf: LocationOf) =>
  (a: StockLevel.StockLevel, b: StockLevel.StockLevel): number => {
    const [left, right] = [locationOf(a.locationId), locationOf(b.locationId)]
    if (left === undefined || right === undefined) return a.locationId < b.locationId ? -1 : 1
    return Location.byPriority(left, right)
  }

/** The level at one location. */
export const levelAt = (stock: SkuStock, locationId: string): StockLevel.StockLevel | undefined => {
  for (const level of stock.levels) if (level.locationId === locationId) return level
  return undefined
}

/** Whether stock of this level may be promised. */
export const isPromising = (level: StockLevel.StockLevel, locationOf: LocationOf): boolean => {
  const location = locationOf(level.locationId)
  return location !== undefined && Location.isPromising(location)
}

/** The SKU's balances: the sum over its sellable locations. */
export const balances = (stock: SkuStock, locationOf: LocationOf): Balances => {
  let totalQuantity = 0
  let reservedQuantity = 0
  let availableQuantity = 0
  for (const level of stock.levels) {
    if (!isPromising(level, locationOf)) continue
    totalQuantity += level.totalQuantity
    reservedQuantity += level.reservedQuantity
    availableQuantity += StockLevel.available(level, stock.sku)
  }
  return { totalQuantity, reservedQuantity, availableQuantity }
}

/** Units of the SKU on hand, over all its places. */
export const totalQuantity = ({ levels }: Pick<SkuStock, "levels">): number =>
  levels.reduce((sum, level) => sum + level.totalQuantity, 0)
