/**
 * The ledger: one immutable row for every physical change of a level. The sum of a level's
 * movements is its total, and `balanceAfter` is that total after each of them.
 */
import * as Schema from "effect/Schema"
import { LocationId, MovementId, OrderId, SkuId, TransferId } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { label, printable } from "../../kernel/Text.ts"

/**
 * Why stock changed. `OPENING` carries a balance forward when an old month of the ledger is
 * dropped; transfers come in pairs that share a `transferId`.
 */
export const MovementType = Schema.Literals([
  "RECEIPT",
  "SHIPMENT",
  "ADJUSTMENT",
  "RETURN",
  "TRANSFER_IN",
  "TRANSFER_OUT",
  "OPENING"
]).annotate({ identifier: "MovementType" })
export type MovementType = typeof MovementType.Type

/** The host's own word for what caused a movement, 1–255 printable code points. */
export const Reference = printable(1, 255)
/** Why it was done, in words, one line of 1–255 code points. */
export const Reason = label(1, 255)

/**
 * A movement; `quantity` is signed, in units. `sequence` counts the movements of one level from 1.
 * `createdAt` is when it was recorded, `occurredAt` when the host says that it happened. `orderId` is
 * the order whose goods came back, when a return names it.
 */
export const StockMovement = Schema.Struct({
  id: MovementId,
  skuId: SkuId,
  locationId: LocationId,
  sequence: Schema.Int,
  type: MovementType,
  quantity: Schema.Int,
  balanceAfter: Schema.Int,
  reference: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  actor: Schema.NullOr(Schema.String),
  transferId: Schema.NullOr(TransferId),
  occurredAt: Schema.NullOr(Timestamp),
  createdAt: Timestamp,
  orderId: Schema.optionalKey(OrderId)
}).annotate({ identifier: "StockMovement" })
export interface StockMovement extends Schema.Schema.Type<typeof StockMovement> {}
