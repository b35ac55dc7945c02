/**
 * Everything that may go wrong with the inventory, by name, and what each says in data: its
 * refusals, those of the catalog, and what may go wrong in any context. A test of types holds the refusals to those of the
 * engine.
 */
import type { CatalogErrorDetails } from "../catalog/CatalogErrorDetails.ts"
import type { EngineErrorDetails } from "../engine/EngineErrorDetails.ts"
import type { MovementType, OrderStatus, RefusedLine, ShortLine } from "./InventoryAnswers.ts"

/** A hold that a lower total would break. */
export interface HoldInTheWay {
  readonly reservationId: string
  readonly orderId: string
  readonly status: string
  readonly quantity: number
}

/** The details of each code. Those of the refusals are in the order of precedence. */
export interface HoldfastErrorDetails extends EngineErrorDetails, CatalogErrorDetails {
  /** This process has no key ring, and the field is kept encrypted. Nothing was written. */
  readonly KeyRingMissing: { readonly field: string }
  /** The catalog has no such option, or there is no catalog; all that are unknown are named. */
  readonly UnknownOption: {
    readonly optionIds: ReadonlyArray<string>
    readonly hasCatalog: boolean
  }
  /** The catalog does not sell the option now; all such options are named, and why. */
  readonly OptionNotForSale: {
    readonly options: ReadonlyArray<{
      readonly optionId: string
      readonly productId: string
      readonly reason: "INACTIVE" | "SOLD_OUT" | "PRODUCT_NOT_SHOWN" | "INCOMPLETE"
    }>
  }
  /**
   * The reference is for one booking of the SKU by this kind of movement, and the named movement was
   * booked under it already.
   */
  readonly ReferenceTaken: {
    readonly skuId: string
    readonly reference: string
    readonly movementType: MovementType
    readonly movementId: string
    readonly locationId: string
    readonly quantity: number
    readonly bookedAt: Date
  }
  /** No such SKU; all that are unknown are named. */
  readonly SkuNotFound: { readonly skuIds: ReadonlyArray<string> }
  /** No SKU in use has the code; all such codes are named. */
  readonly SkuCodeNotFound: { readonly codes: ReadonlyArray<string> }
  /** No such location; all that are unknown are named. */
  readonly LocationNotFound: { readonly locationIds: ReadonlyArray<string> }
  /** No such reservation. */
  readonly ReservationNotFound: { readonly reservationId: string }
  /** The order has no reservations. */
  readonly OrderNotFound: { readonly orderId: string }
  /** The order was never placed, so it has no state; it may have holds. */
  readonly OrderNotPlaced: { readonly orderId: string }
  /** Nothing is kept about the customer of the order, or not any more. */
  readonly CustomerNotFound: { readonly orderId: string }
  /** What is kept about the customer cannot be decrypted: by a lost key, or since it was changed. */
  readonly CustomerUnreadable: {
    readonly orderId: string
    readonly reason: "KEY_MISSING" | "ALTERED" | "MALFORMED"
    readonly keyId: string
  }
  /** The order has no such bundle. */
  readonly BundleNotFound: { readonly orderId: string; readonly bundleId: string }
  /** Another SKU, location or reservation has this id, or another product, option or category. */
  readonly IdTaken: {
    readonly kind:
      | "sku"
      | "location"
      | "reservation"
      | "product"
      | "option"
      | "category"
      | "attribute"
    readonly id: string
  }
  /** Another SKU has this code already. */
  readonly SkuCodeTaken: { readonly code: string }
  /** The SKU is archived; all that are, are named. */
  readonly SkuArchived: { readonly skuIds: ReadonlyArray<string> }
  /** The SKU still has stock or open holds, so it cannot be archived. */
  readonly SkuNotEmpty: {
    readonly skuId: string
    readonly totalQuantity: number
    readonly reservedQuantity: number
  }
  /** The location is not active, or not sellable where a promise was asked. */
  readonly LocationUnavailable: {
    readonly locationId: string
    readonly reason: "INACTIVE" | "NOT_SELLABLE"
  }
  /** One location must be the default, active and sellable. */
  readonly DefaultLocationRequired: { readonly locationId: string }
  /** The state is no longer the one that the request expects. */
  readonly StaleExpectation: {
    readonly field: string
    readonly expected: number
    readonly actual: number
  }
  /** The order has, or would have, more lines that are open or lost than an order may have. */
  readonly OrderTooLarge: {
    readonly orderId: string
    /** A lower bound of the number of lines. */
    readonly lines: number
    readonly orderLinesMax: number
  }
  /** A hold of the order is confirmed, so its lines can no longer be replaced. */
  readonly OrderAlreadyConfirmed: { readonly orderId: string }
  /** The state of the placed order does not allow this. */
  readonly OrderConflict: {
    readonly orderId: string
    readonly status: OrderStatus
    readonly action: string
  }
  /** Not every open hold of the order is confirmed, so it cannot be fulfilled. */
  readonly OrderNotConfirmed: { readonly orderId: string }
  /** The hold is a part of a bundle, and is released, resized or extended with the whole of it. */
  readonly BundleLine: {
    readonly reservationId: string
    readonly orderId: string
    readonly bundleId: string
    readonly optionId: string
    readonly action: string
  }
  /** The hold lapsed before it was confirmed, or a correction took it; every such hold is named. */
  readonly ReservationExpired: { readonly reservationIds: ReadonlyArray<string> }
  /** The hold's status does not allow this. Releasing a confirmed hold needs `confirmed: true`. */
  readonly ReservationConflict: {
    readonly reservationId: string
    readonly status: string
    readonly action: string
  }
  /** The quantity is more than the hold keeps, or less than what has left for it. */
  readonly QuantityOutOfHold: {
    readonly reservationId: string
    readonly requested: number
    readonly quantity: number
    readonly fulfilledQuantity: number
  }
  /** Not enough stock; every short line is named. */
  readonly InsufficientStock: { readonly lines: ReadonlyArray<ShortLine> }
  /**
   * Fewer units could leave than should. `removable` units could: for a shipment or a transfer
   * those that are promised to nobody, for a hold or a correction all that are on hand.
   */
  readonly InsufficientOnHand: {
    readonly skuId: string
    readonly locationId: string
    readonly requested: number
    readonly removable: number
  }
  /** More would come back of an order than it got. */
  readonly ReturnExceedsOrder: {
    readonly orderId: string
    readonly skuId: string
    readonly requested: number
    /** Units of the SKU that left for the order. */
    readonly fulfilledQuantity: number
    readonly returnedQuantity: number
  }
  /** A lower total would break promises; the holds that stand in the way, newest first. */
  readonly PromisesInTheWay: {
    readonly skuId: string
    readonly locationId: string
    readonly shortfallQuantity: number
    readonly holds: ReadonlyArray<HoldInTheWay>
    readonly unlistedQuantity: number
  }
  /** The balance would pass 2^53 − 1. */
  readonly BalanceOutOfRange: { readonly skuId: string; readonly locationId: string }
  /** Lines of a bulk request were refused, and it was to take effect whole or not at all. */
  readonly LinesRefused: { readonly lines: ReadonlyArray<RefusedLine> }
  /** The ledger no longer reaches back to that instant. */
  readonly BeforeLedger: { readonly skuId: string; readonly at: Date; readonly horizon: Date }
  /** The events after `after` are not all there: those up to `horizon` were dropped. */
  readonly PositionGone: { readonly after: number; readonly horizon: number }
  /** The event is not at the position where you had it: the database was restored to an earlier state. */
  readonly LogRestored: { readonly after: number; readonly afterEventId: string }
}

/** What may go wrong, by name. */
export type HoldfastErrorCode = keyof HoldfastErrorDetails

/** The codes of what one line of a bulk request can be refused with. */
type LineRefusalCode =
  | "InvalidInput"
  | "ReferenceTaken"
  | "SkuNotFound"
  | "SkuCodeNotFound"
  | "LocationNotFound"
  | "SkuArchived"
  | "LocationUnavailable"
  | "StaleExpectation"
  | "InsufficientOnHand"
  | "PromisesInTheWay"
  | "BalanceOutOfRange"

/** What one line of a bulk request was refused with; its `_tag` says which. */
export type LineRefusal = {
  readonly [Code in LineRefusalCode]: { readonly _tag: Code } & HoldfastErrorDetails[Code]
}[LineRefusalCode]
