/**
 * The ledger: one immutable row for every physical change of a level. The sum of a level's
 * movements is its total, and `balanceAfter` is that total after each of them.
 */
import * as Schema from "effect/Schema"
import { LocationId, SkuId, Uuid } from "../kernel/Identifier.ts"
import { text } from "../kernel/Text.ts"

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
/** Why stock changed. */
export type MovementType = typeof MovementType.Type

/** The host's own word for what caused a movement, 1–255 code points. */
export const Reference = text(1, 255)
/** Why it was done, in words, 1–255 code points. */
export const Reason = text(1, 255)
/** Who did it, 1–255 code points. */
export const Actor = text(1, 255)

/**
 * A movement; `quantity` is signed, in units. `sequence` counts the movements of one level from 1.
 * `createdAt` is when it was recorded, `occurredAt` when the host says that it happened.
 */
export const StockMovement = Schema.Struct({
  id: Uuid,
  skuId: SkuId,
  locationId: LocationId,
  sequence: Schema.Int,
  type: MovementType,
  quantity: Schema.Int,
  balanceAfter: Schema.Int,
  reference: Schema.NullOr(Reference),
  reason: Schema.NullOr(Reason),
  actor: Schema.NullOr(Actor),
  transferId: Schema.NullOr(Uuid),
  occurredAt: Schema.NullOr(Schema.DateTimeUtcFromString),
  createdAt: Schema.DateTimeUtcFromString
}).annotate({ identifier: "StockMovement" })
/** A movement. */
export interface StockMovement extends Schema.Schema.Type<typeof StockMovement> {}
