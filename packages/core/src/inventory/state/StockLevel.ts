/**
 * How much of one SKU lies at one location, and how much of that is promised.
 *
 *     0 ≤ total            0 ≤ reserved ≤ total + promiseLimit
 *
 * `promiseLimit` is how many units of this place are promised beyond its stock: after every command
 * it is `max(0, reserved − total)`. It is not computed from these two alone, because then it would
 * bound nothing. A promise may raise it only as far as the SKU's policy allows. An accepted
 * shortfall may raise it as far as it must. Everything else can only lower it.
 */
import type * as DateTime from "effect/DateTime"
import type { LocationId, SkuId } from "../../kernel/Identifier.ts"
import { balanceMax } from "../../kernel/Quantity.ts"

/**
 * The row of one SKU at one location, in units. `movementSequence` is the number of its movements
 * so far; `version` is the SKU's event version when this row last changed.
 */
export interface StockLevel {
  readonly skuId: SkuId
  readonly locationId: LocationId
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly promiseLimit: number
  readonly movementSequence: number
  readonly version: number
  readonly lastUpdated: DateTime.Utc
}

/** A level that has never held anything. */
export const empty = (skuId: SkuId, locationId: LocationId, now: DateTime.Utc): StockLevel => ({
  skuId,
  locationId,
  totalQuantity: 0,
  reservedQuantity: 0,
  promiseLimit: 0,
  movementSequence: 0,
  version: 0,
  lastUpdated: now
})

type Balances = Pick<StockLevel, "totalQuantity" | "reservedQuantity">

/** Units that are on hand and promised to nobody. */
export const unpromised = (level: Balances): number =>
  Math.max(0, level.totalQuantity - level.reservedQuantity)

/** Units promised beyond what is on hand. */
export const shortfall = (level: Balances): number =>
  Math.max(0, level.reservedQuantity - level.totalQuantity)

/** What is wrong with a level after a command, or undefined. */
export const violation = (level: StockLevel): string | undefined => {
  const { promiseLimit, reservedQuantity, totalQuantity } = level
  if (totalQuantity < 0) return `total ${totalQuantity} is below zero`
  if (totalQuantity > balanceMax) return `total ${totalQuantity} is above 2^53 - 1`
  if (reservedQuantity < 0) return `reserved ${reservedQuantity} is below zero`
  if (reservedQuantity > totalQuantity + promiseLimit) {
    return `reserved ${reservedQuantity} is above total ${totalQuantity} + limit ${promiseLimit}`
  }
  if (promiseLimit !== shortfall(level)) {
    return `the promise limit ${promiseLimit} is not the shortfall ${shortfall(level)}`
  }
  return undefined
}
