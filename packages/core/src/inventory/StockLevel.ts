/**
 * How much of one SKU lies at one location, and how much of it is promised.
 *
 *     0 ≤ total            0 ≤ reserved ≤ total + promiseLimit
 *
 * `promiseLimit` is how far promises may stand above stock. It starts at the SKU's backorder limit
 * and then only ratchets down with every write; an accepted shortfall or a change of policy alone
 * may raise it. So a reservation can never widen it, and switching backorder off while backorders
 * are open works.
 */
import type * as DateTime from "effect/DateTime"
import type { LocationId, SkuId } from "../kernel/Identifier.ts"
import { balanceMax } from "../kernel/Quantity.ts"
import type { Sku } from "./Sku.ts"

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

/** The policy of a SKU, as far as one level needs it. */
export type Policy = Pick<Sku, "backorderLimit" | "safetyStock">

/** A level that has never held anything. */
export const empty = (
  skuId: SkuId,
  locationId: LocationId,
  policy: Policy,
  now: DateTime.Utc
): StockLevel => ({
  skuId,
  locationId,
  totalQuantity: 0,
  reservedQuantity: 0,
  promiseLimit: policy.backorderLimit,
  movementSequence: 0,
  version: 0,
  lastUpdated: now
})

/** Units that could be promised, below zero when promises already stand above the policy. */
export const headroom = (level: StockLevel, policy: Policy): number =>
  level.totalQuantity - level.reservedQuantity - policy.safetyStock + policy.backorderLimit

/** Units that may be promised now: never below zero. */
export const available = (level: StockLevel, policy: Policy): number =>
  Math.max(0, headroom(level, policy))

/** Units that may be promised and can leave at once, backorders aside. */
export const inStock = (level: StockLevel, policy: Policy): number =>
  Math.max(0, level.totalQuantity - level.reservedQuantity - policy.safetyStock)

/** Units that are on hand and promised to nobody. */
export const unpromised = (level: StockLevel): number =>
  Math.max(0, level.totalQuantity - level.reservedQuantity)

/** Units promised beyond what is on hand. */
export const shortfall = (level: StockLevel): number =>
  Math.max(0, level.reservedQuantity - level.totalQuantity)

/** The promise limit after a write that left these balances. */
export const ratchetedLimit = (
  promiseLimit: number,
  policy: Policy,
  totalQuantity: number,
  reservedQuantity: number
): number =>
  Math.max(policy.backorderLimit, Math.min(promiseLimit, reservedQuantity - totalQuantity))

/** The promise limit after an accepted shortfall or a change of policy. */
export const acceptedLimit = (
  policy: Policy,
  totalQuantity: number,
  reservedQuantity: number
): number => Math.max(policy.backorderLimit, reservedQuantity - totalQuantity)

/** What is wrong with a level, or undefined: the invariants that no write may break. */
export const violation = (level: StockLevel): string | undefined => {
  const { promiseLimit, reservedQuantity, totalQuantity } = level
  if (totalQuantity < 0) return `total ${totalQuantity} is below zero`
  if (totalQuantity > balanceMax) return `total ${totalQuantity} is above 2^53 - 1`
  if (reservedQuantity < 0) return `reserved ${reservedQuantity} is below zero`
  if (reservedQuantity > totalQuantity + promiseLimit) {
    return `reserved ${reservedQuantity} is above total ${totalQuantity} + limit ${promiseLimit}`
  }
  return undefined
}
