/**
 * How much more of a SKU may be promised. The policy of a SKU counts once for the SKU, wherever its
 * units lie: all its places share one backorder limit and one safety stock.
 *
 *     unpromised U = Σ max(0, total − reserved)   over the places that promise
 *     shortfall  D = Σ max(0, reserved − total)   over every place
 *     headroom   H = U − D + backorderLimit − safetyStock
 *
 * D counts closed places too: closing a place must not grant its backorders a second time. Two
 * places may offer the same units, so their available quantities do not add up.
 */
import type { Sku } from "./Sku.ts"
import * as StockLevel from "./StockLevel.ts"

/** The policy of a SKU, as far as promises need it. */
export type Policy = Pick<Sku, "backorderLimit" | "safetyStock">

/**
 * The sums of a SKU, in units. `totalQuantity` and `reservedQuantity` are sums over the places that
 * promise. `headroom` is below zero when promises exceed the policy.
 */
export interface Room {
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly unpromised: number
  readonly shortfall: number
  readonly headroom: number
  readonly hasPlace: boolean
}

/** The balances of one place that enter the sums. */
export type PlaceBalances = Pick<StockLevel.StockLevel, "totalQuantity" | "reservedQuantity">

/** The sums of a SKU over all its places. `isPromising` selects the places that promise. */
export const roomOf = <Place extends PlaceBalances>(
  policy: Policy,
  places: ReadonlyArray<Place>,
  isPromising: (place: Place) => boolean
): Room => {
  let totalQuantity = 0
  let reservedQuantity = 0
  let unpromised = 0
  let shortfall = 0
  let hasPlace = false
  for (const place of places) {
    shortfall += StockLevel.shortfall(place)
    if (!isPromising(place)) continue
    hasPlace = true
    totalQuantity += place.totalQuantity
    reservedQuantity += place.reservedQuantity
    unpromised += StockLevel.unpromised(place)
  }
  const headroom = unpromised - shortfall + policy.backorderLimit - policy.safetyStock
  return { totalQuantity, reservedQuantity, unpromised, shortfall, headroom, hasPlace }
}

/** Units of the SKU that may be promised now: never below zero. */
export const available = (room: Room): number => (room.hasPlace ? Math.max(0, room.headroom) : 0)

/** Units of the SKU that may be promised and can leave at once, backorders aside. */
export const inStock = (room: Room, policy: Policy): number =>
  Math.min(available(room), Math.max(0, room.unpromised - policy.safetyStock))

/** Units that one line could take at a place that promises. */
export const availableAt = (room: Room, policy: Policy, place: PlaceBalances): number =>
  Math.max(
    0,
    Math.min(
      room.headroom,
      StockLevel.unpromised(place) + Math.max(0, policy.backorderLimit - room.shortfall)
    )
  )
