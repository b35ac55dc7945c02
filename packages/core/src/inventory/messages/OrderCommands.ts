/**
 * Commands about an order whose state Holdfast keeps, and about a bundle of an order. The first decide
 * once and answer the same again: by the idempotency key, and by the order itself. A bundle is the
 * holds that one line of an option made: the others change all of its holds or none, so that nobody
 * is left with a part of what was bought. The commands that only act on the holds of an order are
 * `ConfirmOrder`, `ReleaseOrder` and `FulfilOrder`.
 */
import * as Schema from "effect/Schema"
import { Actor, CartToken } from "../../kernel/Actor.ts"
import { BundleId, LineId, LocationId, OrderId } from "../../kernel/Identifier.ts"
import { Quantity, TtlSeconds } from "../../kernel/Quantity.ts"
import { CustomerData, OwnerId } from "../state/PlacedOrder.ts"
import { Reference } from "../state/StockMovement.ts"
import { linesUpTo, named, namesOne, orderLinesMax } from "./linesBound.ts"

const optional = Schema.optionalKey

/** One line of an order that is placed. */
export const OrderLine = Schema.Struct({
  ...named,
  quantity: Quantity,
  locationId: optional(LocationId),
  lineId: optional(LineId)
}).check(namesOne)
export interface OrderLine extends Schema.Schema.Type<typeof OrderLine> {}

/**
 * Hold every line of a new order for `ttl` seconds (900), or reject the order and name every short
 * line. Pending holds that were made for it before give way. An order that was placed before is
 * answered with its state, whatever the lines. `customer` is kept encrypted when the lines are held; it
 * needs a key ring.
 */
export const PlaceOrder = Schema.TaggedStruct("PlaceOrder", {
  orderId: OrderId,
  lines: Schema.Array(OrderLine).check(...linesUpTo(orderLinesMax)),
  ttl: optional(TtlSeconds),
  ownerId: optional(OwnerId),
  customer: optional(CustomerData)
})

/**
 * The order is paid: its holds are confirmed. Those that were lost are taken again, all of them, or
 * else the payment came too late and the order keeps nothing.
 */
export const PayOrder = Schema.TaggedStruct("PayOrder", { orderId: OrderId })

/** The order is off, paid or not: its holds are released. */
export const CancelOrder = Schema.TaggedStruct("CancelOrder", { orderId: OrderId })

/** The goods of a confirmed order leave: everything that its holds still keep. */
export const CompleteOrder = Schema.TaggedStruct("CompleteOrder", {
  orderId: OrderId,
  reference: optional(Schema.NullOr(Reference)),
  actor: optional(Schema.NullOr(Actor))
})

/**
 * The order of a cart becomes that of a person, with its holds, open and past. `ownerId` is who asks;
 * a host names the person. A repeat by the same person is answered the same.
 */
export const ClaimOrder = Schema.TaggedStruct("ClaimOrder", {
  orderId: OrderId,
  cartToken: CartToken,
  ownerId: optional(OwnerId)
})

const ofBundle = { orderId: OrderId, bundleId: BundleId }

/**
 * Give back what the holds of a bundle still keep. When one is confirmed, this needs
 * `confirmed: true`.
 */
export const ReleaseBundle = Schema.TaggedStruct("ReleaseBundle", {
  ...ofBundle,
  confirmed: Schema.optionalKey(Schema.Boolean)
})

/** Change how many units of the option an open bundle holds; its mapping stays as it was made. */
export const ResizeBundle = Schema.TaggedStruct("ResizeBundle", { ...ofBundle, quantity: Quantity })

/** Give a pending bundle `ttl` seconds (900) from now. */
export const ExtendBundle = Schema.TaggedStruct("ExtendBundle", {
  ...ofBundle,
  ttl: Schema.optionalKey(TtlSeconds)
})

/**
 * Take the rest of a bundle of which a correction took a part: what the engine sends after such a
 * correction. The rest is lost too, so that a late payment takes all of it again or nothing.
 */
export const BreakBundle = Schema.TaggedStruct("BreakBundle", ofBundle)
