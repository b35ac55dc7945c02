/**
 * Commands about a bundle: the holds that one line of an option made. They change all of its holds
 * or none, so that nobody is left with a part of what was bought.
 */
import * as Schema from "effect/Schema"
import { BundleId, OrderId } from "../../kernel/Identifier.ts"
import { Quantity, TtlSeconds } from "../../kernel/Quantity.ts"

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
