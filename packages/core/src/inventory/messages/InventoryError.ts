/**
 * Every refusal, in the order of precedence: when several apply, the first of this page is the one
 * that is answered. A refusal is a value, not an exception; it means that nothing was written.
 */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { InvalidInput } from "../../kernel/InvalidInput.ts"
import {
  Forbidden,
  GonePosition,
  IdempotencyMismatch,
  RestoredLog,
  StaleExpectation,
  Unauthenticated
} from "../../kernel/refusals.ts"
import { NotForSale } from "../state/Bundle.ts"
import { OrderStatus } from "../state/PlacedOrder.ts"
import { ShortLine } from "../state/ShortLine.ts"
import { MovementType } from "../state/StockMovement.ts"

export {
  Forbidden,
  GonePosition,
  IdempotencyMismatch,
  RestoredLog,
  StaleExpectation,
  Unauthenticated
} from "../../kernel/refusals.ts"
export { ShortLine } from "../state/ShortLine.ts"

/**
 * The reference is for one booking of the SKU by this kind of movement, and the named movement was
 * booked under it already. Status 409.
 */
export const ReferenceTaken = Schema.TaggedStruct("ReferenceTaken", {
  skuId: unchecked.skuId,
  reference: Schema.String,
  movementType: MovementType,
  movementId: unchecked.movementId,
  locationId: unchecked.locationId,
  quantity: Schema.Int,
  bookedAt: Timestamp
})

/** No such SKU; all that are unknown are named. Status 404. */
export const SkuNotFound = Schema.TaggedStruct("SkuNotFound", {
  skuIds: Schema.Array(unchecked.skuId)
})

/** No SKU in use has the code; all such codes are named. Status 404. */
export const SkuCodeNotFound = Schema.TaggedStruct("SkuCodeNotFound", {
  codes: Schema.Array(Schema.String)
})

/** No such location; all that are unknown are named. Status 404. */
export const LocationNotFound = Schema.TaggedStruct("LocationNotFound", {
  locationIds: Schema.Array(unchecked.locationId)
})

/** No such reservation. Status 404. */
export const ReservationNotFound = Schema.TaggedStruct("ReservationNotFound", {
  reservationId: unchecked.reservationId
})

/** The order has no reservations. Status 404. */
export const OrderNotFound = Schema.TaggedStruct("OrderNotFound", { orderId: unchecked.orderId })

/** The order was never placed, so it has no state; it may have holds. Status 404. */
export const OrderNotPlaced = Schema.TaggedStruct("OrderNotPlaced", { orderId: unchecked.orderId })

/**
 * The catalog has no such option, or the inventory has no catalog; all that are unknown are named.
 * Status 404.
 */
export const UnknownOption = Schema.TaggedStruct("UnknownOption", {
  optionIds: Schema.Array(unchecked.optionId),
  hasCatalog: Schema.Boolean
})

/** The order has no such bundle. Status 404. */
export const BundleNotFound = Schema.TaggedStruct("BundleNotFound", {
  orderId: unchecked.orderId,
  bundleId: unchecked.bundleId
})

/** The catalog does not sell the option now; all such options are named, and why. Status 409. */
export const OptionNotForSale = Schema.TaggedStruct("OptionNotForSale", {
  options: Schema.Array(
    Schema.Struct({
      optionId: unchecked.optionId,
      productId: unchecked.productId,
      reason: NotForSale
    })
  )
})

/**
 * The hold is a part of a bundle, and is released, resized or extended with the whole of it; or it
 * was lost, and is taken again with the whole of it. Status 409.
 */
export const BundleLine = Schema.TaggedStruct("BundleLine", {
  reservationId: unchecked.reservationId,
  orderId: unchecked.orderId,
  bundleId: unchecked.bundleId,
  optionId: unchecked.optionId,
  action: Schema.String
})

/** Another SKU, location or reservation has this id already. Status 409. */
export const IdTaken = Schema.TaggedStruct("IdTaken", {
  kind: Schema.Literals(["sku", "location", "reservation"]),
  id: Schema.String
})

/** Another SKU has this code already. Status 409. */
export const SkuCodeTaken = Schema.TaggedStruct("SkuCodeTaken", { code: Schema.String })

/** The SKU is archived; all that are, are named. Status 409. */
export const SkuArchived = Schema.TaggedStruct("SkuArchived", {
  skuIds: Schema.Array(unchecked.skuId)
})

/** The SKU still has stock or open holds, so it cannot be archived. Status 409. */
export const SkuNotEmpty = Schema.TaggedStruct("SkuNotEmpty", {
  skuId: unchecked.skuId,
  totalQuantity: Schema.Int,
  reservedQuantity: Schema.Int
})

/** The location is not active, or not sellable where a promise was asked. Status 409. */
export const LocationUnavailable = Schema.TaggedStruct("LocationUnavailable", {
  locationId: unchecked.locationId,
  reason: Schema.Literals(["INACTIVE", "NOT_SELLABLE"])
})

/** One location must be the default, active and sellable. Status 409. */
export const DefaultLocationRequired = Schema.TaggedStruct("DefaultLocationRequired", {
  locationId: unchecked.locationId
})

/**
 * The order has, or would have, more than 2,000 lines that are open or lost. `lines` is a lower
 * bound of their number. Status 409.
 */
export const OrderTooLarge = Schema.TaggedStruct("OrderTooLarge", {
  orderId: unchecked.orderId,
  lines: Schema.Int,
  orderLinesMax: Schema.Int
})

/** A hold of the order is confirmed, so its lines can no longer be replaced. Status 409. */
export const OrderAlreadyConfirmed = Schema.TaggedStruct("OrderAlreadyConfirmed", {
  orderId: unchecked.orderId
})

/** The state of the placed order does not allow this. Status 409. */
export const OrderConflict = Schema.TaggedStruct("OrderConflict", {
  orderId: unchecked.orderId,
  status: OrderStatus,
  action: Schema.String
})

/** Not every open hold of the order is confirmed, so it cannot be fulfilled. Status 409. */
export const OrderNotConfirmed = Schema.TaggedStruct("OrderNotConfirmed", {
  orderId: unchecked.orderId
})

/**
 * The hold lapsed before it was confirmed, or a correction took it; every such hold is named.
 * Status 409.
 */
export const ReservationExpired = Schema.TaggedStruct("ReservationExpired", {
  reservationIds: Schema.Array(unchecked.reservationId)
})

/**
 * The hold's status does not allow this. Releasing a confirmed hold needs `confirmed: true`. Status
 * 409.
 */
export const ReservationConflict = Schema.TaggedStruct("ReservationConflict", {
  reservationId: unchecked.reservationId,
  status: Schema.String,
  action: Schema.String
})

/** The quantity is more than the hold keeps, or less than what has left for it. Status 409. */
export const QuantityOutOfHold = Schema.TaggedStruct("QuantityOutOfHold", {
  reservationId: unchecked.reservationId,
  requested: Schema.Int,
  quantity: Schema.Int,
  fulfilledQuantity: Schema.Int
})

/** Not enough stock; every short line is named. Status 409. */
export const InsufficientStock = Schema.TaggedStruct("InsufficientStock", {
  lines: Schema.Array(ShortLine)
})

/**
 * Fewer units could leave than should. `removable` units could: for a shipment or a transfer those
 * that are promised to nobody, for a hold or a correction all that are on hand. Status 409.
 */
export const InsufficientOnHand = Schema.TaggedStruct("InsufficientOnHand", {
  skuId: unchecked.skuId,
  locationId: unchecked.locationId,
  requested: Schema.Int,
  removable: Schema.Int
})

/**
 * More would come back of an order than it got: `fulfilledQuantity` units of the SKU left for it, and
 * `returnedQuantity` came back. Status 409.
 */
export const ReturnExceedsOrder = Schema.TaggedStruct("ReturnExceedsOrder", {
  orderId: unchecked.orderId,
  skuId: unchecked.skuId,
  requested: Schema.Int,
  fulfilledQuantity: Schema.Int,
  returnedQuantity: Schema.Int
})

/**
 * A lower total would break promises. `shortfallQuantity` units are missing. `holds` lists the 100
 * newest holds in the way, and the other holds together keep `unlistedQuantity` units. Status 409.
 */
export const PromisesInTheWay = Schema.TaggedStruct("PromisesInTheWay", {
  skuId: unchecked.skuId,
  locationId: unchecked.locationId,
  shortfallQuantity: Schema.Int,
  holds: Schema.Array(
    Schema.Struct({
      reservationId: unchecked.reservationId,
      orderId: unchecked.orderId,
      status: Schema.String,
      quantity: Schema.Int
    })
  ),
  unlistedQuantity: Schema.Int
})

/** The balance would pass 2^53 − 1. Status 409. */
export const BalanceOutOfRange = Schema.TaggedStruct("BalanceOutOfRange", {
  skuId: unchecked.skuId,
  locationId: unchecked.locationId
})

/** What one line of a bulk request can be refused with, in the order of precedence. */
export const LineRefusal = Schema.Union([
  InvalidInput,
  ReferenceTaken,
  SkuNotFound,
  SkuCodeNotFound,
  LocationNotFound,
  SkuArchived,
  LocationUnavailable,
  StaleExpectation,
  InsufficientOnHand,
  PromisesInTheWay,
  BalanceOutOfRange
])
export type LineRefusal = typeof LineRefusal.Type

/**
 * A line of a bulk request that was refused. `line` is its place, from 0; `path` names the field of
 * the request that is to blame; `message` says it to a person.
 */
export const RefusedLine = Schema.Struct({
  line: Schema.Int,
  path: Schema.String,
  message: Schema.String,
  refusal: LineRefusal
}).annotate({ identifier: "RefusedLine" })
export interface RefusedLine extends Schema.Schema.Type<typeof RefusedLine> {}

/**
 * Lines of a bulk request were refused, and it was to take effect whole or not at all. Status 409.
 */
export const LinesRefused = Schema.TaggedStruct("LinesRefused", {
  lines: Schema.Array(RefusedLine)
})

/** The ledger does not reach back to the requested instant. Status 409. */
export const BeforeLedger = Schema.TaggedStruct("BeforeLedger", {
  skuId: unchecked.skuId,
  at: Timestamp,
  horizon: Timestamp
})

/**
 * The process has no key ring, so that nothing can be encrypted or decrypted; `field` needs it. Status
 * 422.
 */
export const KeyRingMissing = Schema.TaggedStruct("KeyRingMissing", { field: Schema.String })

/** Nothing is kept about a customer of the order, or not any more. Status 404. */
export const CustomerNotFound = Schema.TaggedStruct("CustomerNotFound", {
  orderId: unchecked.orderId
})

/**
 * What is kept about the customer cannot be decrypted. KEY_MISSING: the key ring lacks its key. ALTERED:
 * it was changed or moved. MALFORMED: it is no encrypted value. Status 409.
 */
export const CustomerUnreadable = Schema.TaggedStruct("CustomerUnreadable", {
  orderId: unchecked.orderId,
  reason: Schema.Literals(["KEY_MISSING", "ALTERED", "MALFORMED"]),
  /** The key that it names; empty when it names none. */
  keyId: Schema.String
})

/** Every refusal, in the order of precedence. */
export const InventoryRefusal = Schema.Union([
  Unauthenticated,
  Forbidden,
  InvalidInput,
  KeyRingMissing,
  IdempotencyMismatch,
  ReferenceTaken,
  UnknownOption,
  OptionNotForSale,
  SkuNotFound,
  SkuCodeNotFound,
  LocationNotFound,
  ReservationNotFound,
  OrderNotFound,
  OrderNotPlaced,
  CustomerNotFound,
  CustomerUnreadable,
  BundleNotFound,
  IdTaken,
  SkuCodeTaken,
  SkuArchived,
  SkuNotEmpty,
  LocationUnavailable,
  DefaultLocationRequired,
  StaleExpectation,
  OrderTooLarge,
  OrderAlreadyConfirmed,
  OrderConflict,
  OrderNotConfirmed,
  BundleLine,
  ReservationExpired,
  ReservationConflict,
  QuantityOutOfHold,
  InsufficientStock,
  InsufficientOnHand,
  ReturnExceedsOrder,
  PromisesInTheWay,
  BalanceOutOfRange,
  LinesRefused,
  BeforeLedger,
  GonePosition,
  RestoredLog
])
export type InventoryRefusal = typeof InventoryRefusal.Type

/** The name of a refusal. */
export type RefusalTag = InventoryRefusal["_tag"]

/** The refusal of one name. */
export type RefusalOf<Tag extends RefusalTag> = Extract<InventoryRefusal, { readonly _tag: Tag }>
