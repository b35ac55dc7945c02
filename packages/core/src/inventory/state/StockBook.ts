/**
 * The slice of state that one batch of commands reads: what a store loads under its locks, and the
 * questions that a decision may ask of it. A book is read, never changed, by a decision.
 */
import type * as DateTime from "effect/DateTime"
import type { LocationId, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import type { Receipt } from "../../kernel/Receipt.ts"
import type { Location } from "./Location.ts"
import type { OrderReturns } from "./OrderReturns.ts"
import type { PlacedOrder } from "./PlacedOrder.ts"
import type { Pending, Reservation } from "./Reservation.ts"
import type { Sku } from "./Sku.ts"
import type { SkuStock } from "./SkuStock.ts"
import type { StockLevel } from "./StockLevel.ts"
import type { MovementType, StockMovement } from "./StockMovement.ts"

/**
 * The most open holds of one level that a store loads for a correction, and so the most that a
 * correction may take back.
 */
export const openHoldsMax = 1_000

/**
 * The rows that a store loads for a scope, in any order, all as of one instant under its locks.
 * `lapsed` holds at most 1,000 pending holds whose `expiresAt` has passed, oldest first, and
 * `lapsedMore` names the SKUs of which there are others.
 */
export interface LoadedStock {
  readonly now: DateTime.Utc
  readonly skus: ReadonlyArray<Sku>
  readonly levels: ReadonlyArray<StockLevel>
  readonly locations: ReadonlyArray<Location>
  readonly reservations: ReadonlyArray<Reservation>
  /** How many lines an order has, up to `orderLinesMax`, for each order of `countedOrderIds`. */
  readonly orderLines: ReadonlyArray<{ readonly orderId: OrderId; readonly lines: number }>
  /** The placed orders among `placedOrderIds`. */
  readonly placedOrders: ReadonlyArray<PlacedOrder>
  readonly lapsed: ReadonlyArray<Pending>
  readonly lapsedMore: ReadonlyArray<SkuId>
  readonly receipts: ReadonlyArray<Receipt>
  /** The first movements under the references of `onceOnly`. */
  readonly booked: ReadonlyArray<StockMovement>
  /** What left for the orders of `returnsOf`, and what came back. */
  readonly returns: ReadonlyArray<OrderReturns>
  readonly codes: ReadonlyArray<{ readonly code: string; readonly skuId: SkuId }>
  /** Whose the orders of `ownersOf` and of `ownersOfHolds` are. */
  readonly owners: ReadonlyArray<OrderOwner>
}

/**
 * Whose an order is: the owner that the first of its owned holds names, or else that of the placed
 * order. `ownerId` is null for an order that is nobody's. `isKnown` is false when nobody has made a
 * hold for it, and it was never placed.
 */
export interface OrderOwner {
  readonly orderId: OrderId
  readonly ownerId: string | null
  readonly isKnown: boolean
}

/** What a decision may ask. Everything answered belongs to one instant, `now`. */
export interface StockBook {
  readonly now: DateTime.Utc
  /** The instant so many seconds from now, the same value however often it is asked for. */
  readonly instantAfter: (seconds: number) => DateTime.Utc
  readonly defaultLocation: Location
  readonly stock: (skuId: SkuId) => SkuStock | undefined
  readonly location: (locationId: LocationId) => Location | undefined
  readonly reservation: (reservationId: ReservationId) => Reservation | undefined
  /** The confirmed hold that was made in place of a lost one. */
  readonly replacementOf: (reservationId: ReservationId) => Reservation | undefined
  /**
   * The reservations of an order that the scope named, oldest first: its lines, which are its open
   * and its lost holds, and the newest hold of each ending status.
   */
  readonly reservationsOfOrder: (orderId: OrderId) => ReadonlyArray<Reservation>
  /** How many lines an order has, up to `orderLinesMax`, when the scope asked for the number. */
  readonly lineCountOf: (orderId: OrderId) => number | undefined
  /** The state of an order, if it was placed and the scope asked for it. */
  readonly placedOrder: (orderId: OrderId) => PlacedOrder | undefined
  /** Pending holds of one level that have lapsed, oldest first. */
  readonly lapsedAt: (skuId: SkuId, locationId: LocationId) => ReadonlyArray<Pending>
  /** The newest open holds of one level, newest first, when the scope asked for them. */
  readonly openHoldsAt: (skuId: SkuId, locationId: LocationId) => ReadonlyArray<Reservation>
  /**
   * Whose an order is: null for an order that nobody knows, undefined when the scope did not ask.
   */
  readonly ownerOf: (orderId: OrderId) => Pick<OrderOwner, "ownerId"> | null | undefined
  readonly skuIdOfCode: (code: string) => SkuId | undefined
  /** The first movement of a SKU and a kind under a reference, when the scope asked for it. */
  readonly bookedUnder: (
    reference: string,
    skuId: SkuId,
    type: MovementType
  ) => StockMovement | undefined
  /** What left for an order and came back of it, when the scope asked for it. */
  readonly returnsOf: (
    orderId: OrderId,
    skuId: SkuId
  ) => Pick<OrderReturns, "fulfilledQuantity" | "returnedQuantity">
}
