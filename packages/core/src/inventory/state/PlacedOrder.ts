/**
 * An order whose state Holdfast keeps: one that was placed. Orders that have holds alone have none
 * of this.
 *
 *     placed ─┬─► RESERVED ── pay ──► CONFIRMED ── complete ──► FULFILLED
 *             │      │  └─ pay, too late ─► PAID_LATE    │
 *             │      └────── cancel ──┬─────┴── cancel ──┘
 *             └─► REJECTED            └─► CANCELLED
 *
 * An order that is rejected, paid too late, cancelled or fulfilled has no open and no lost hold. It
 * got there by a decision that is kept, so a repeat gets the same answer.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { OrderId } from "../../kernel/Identifier.ts"
import { printable } from "../../kernel/Text.ts"
import type { ShortLine } from "./ShortLine.ts"

/** Where a placed order stands in its life. */
export const OrderStatus = Schema.Literals([
  "RESERVED",
  "REJECTED",
  "CONFIRMED",
  "PAID_LATE",
  "CANCELLED",
  "FULFILLED"
]).annotate({ identifier: "OrderStatus" })
export type OrderStatus = typeof OrderStatus.Type

/** Whose order it is, as the host names them: 1–255 printable code points. */
export const OwnerId = printable(1, 255).annotate({ identifier: "OwnerId" })

/** A placed order. Its lines are its reservations. */
export interface PlacedOrder {
  readonly orderId: OrderId
  /** The dense sequence of its events, from 1. */
  readonly version: number
  readonly status: OrderStatus
  /** Whose order it is, as the host calls him. */
  readonly ownerId: string | null
  /** The lines that were short when it was rejected, or when its payment came too late. */
  readonly short: ReadonlyArray<ShortLine>
  readonly placedAt: DateTime.Utc
  readonly changedAt: DateTime.Utc
}
