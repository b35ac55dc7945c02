/**
 * One SKU with all its levels: the aggregate that events of stock belong to, and the monitor that
 * a store locks. Its version is the newest version of its levels, so no row of its own is written
 * when only stock changes.
 */

import type { LocationId } from "../../kernel/Identifier.ts"
import type { Balances } from "./Balances.ts"
import * as Location from "./Location.ts"
import * as Room from "./Room.ts"
import type { Sku } from "./Sku.ts"
import * as StockLevel from "./StockLevel.ts"

/** A SKU and its levels, in the order of allocation. */
export interface SkuStock {
  readonly sku: Sku
  readonly levels: ReadonlyArray<StockLevel.StockLevel>
  readonly version: number
}

/** Finds a location that is known to exist. */
export type LocationOf = (locationId: LocationId) => Location.Location | undefined

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
export const levelAt = (
  stock: SkuStock,
  locationId: LocationId
): StockLevel.StockLevel | undefined => {
  for (const level of stock.levels) if (level.locationId === locationId) return level
  return undefined
}

/** Whether stock of this level may be promised. */
export const isPromising = (level: StockLevel.StockLevel, locationOf: LocationOf): boolean => {
  const location = locationOf(level.locationId)
  return location !== undefined && Location.isPromising(location)
}

/** How much more of the SKU may be promised by its rows, which still count lapsed holds. */
export const room = (
  stock: SkuStock,
  isPromising: (level: StockLevel.StockLevel) => boolean
): Room.Room => Room.roomOf(stock.sku, stock.levels, isPromising)

/** The balances that follow from the sums of a SKU. */
export const balancesOf = (sums: Room.Room): Balances => ({
  totalQuantity: sums.totalQuantity,
  reservedQuantity: sums.reservedQuantity,
  availableQuantity: Room.available(sums)
})

/** Units promised beyond the stock of their places, by the rows. */
const promisedBeyondStock = (stock: SkuStock): number => {
  let units = 0
  for (const level of stock.levels) units += StockLevel.shortfall(level)
  return units
}

/**
 * What is wrong with a SKU after a command, or undefined. A changed level may break its own bounds,
 * or promises may exceed the policy. Earlier promises may stay, and an accepted shortfall may add
 * to them.
 */
export const violation = (
  before: SkuStock | undefined,
  after: SkuStock,
  isShortfallAccepted: boolean
): string | undefined => {
  for (const level of after.levels) {
    if (before?.levels.includes(level)) continue
    const broken = StockLevel.violation(level)
    if (broken !== undefined) return `${level.skuId} at ${level.locationId}: ${broken}`
  }
  const promised = promisedBeyondStock(after)
  if (promised === 0 || isShortfallAccepted) return undefined
  const limit = Math.max(
    after.sku.backorderLimit,
    before === undefined ? 0 : promisedBeyondStock(before)
  )
  return promised > limit
    ? `${after.sku.id}: ${promised} units are promised beyond stock, where ${limit} may be`
    : undefined
}

/** Units of the SKU on hand, over all its places. */
export const totalQuantity = ({ levels }: Pick<SkuStock, "levels">): number =>
  levels.reduce((sum, level) => sum + level.totalQuantity, 0)
