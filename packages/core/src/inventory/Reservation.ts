/**
 * A hold: units of one SKU at one location, promised to one order. Its SKU and location never
 * change. A pending hold lapses at its `expiresAt`, at that instant; a confirmed one does not.
 *
 *     PENDING ── confirm ─► CONFIRMED ── fulfil ─► FULFILLED
 *        ├── expire ─► EXPIRED   └── release ─► RELEASED
 *        └── release ─► RELEASED
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { LocationId, ReservationId, SkuId } from "../kernel/Identifier.ts"
import { Timestamp } from "../kernel/Instant.ts"
import { Balance } from "../kernel/Quantity.ts"

/** Where a reservation stands in its life. */
export const ReservationStatus = Schema.Literals([
  "PENDING",
  "CONFIRMED",
  "FULFILLED",
  "RELEASED",
  "EXPIRED"
]).annotate({ identifier: "ReservationStatus" })
/** Where a reservation stands in its life. */
export type ReservationStatus = typeof ReservationStatus.Type

/**
 * A reservation, quantities in units. `expiresAt` is null once it is confirmed; `resolvedAt` is
 * null while it is open; `replaces` is the expired hold that this one was made for.
 */
export const Reservation = Schema.Struct({
  id: ReservationId,
  orderId: Schema.String,
  lineId: Schema.NullOr(Schema.String),
  skuId: SkuId,
  locationId: LocationId,
  quantity: Balance,
  fulfilledQuantity: Balance,
  status: ReservationStatus,
  expiresAt: Schema.NullOr(Timestamp),
  createdAt: Timestamp,
  resolvedAt: Schema.NullOr(Timestamp),
  replaces: Schema.NullOr(ReservationId)
}).annotate({ identifier: "Reservation" })
/** A reservation. */
export interface Reservation extends Schema.Schema.Type<typeof Reservation> {}

/** Whether the hold still counts, leaving its lapse aside. */
export const isOpen = (reservation: Reservation): boolean =>
  reservation.status === "PENDING" || reservation.status === "CONFIRMED"

/** Whether a pending hold has outlived its `expiresAt`; it stops counting at that instant. */
export const isLapsed = (reservation: Reservation, now: DateTime.Utc): boolean =>
  reservation.status === "PENDING" &&
  reservation.expiresAt !== null &&
  reservation.expiresAt.epochMilliseconds <= now.epochMilliseconds

/** Units that an open hold still keeps: what was reserved less what has left. */
export const heldQuantity = (reservation: Reservation): number =>
  reservation.quantity - reservation.fulfilledQuantity

/** Oldest lapse first, then by id: the order in which lapsed holds are expired. */
export const byExpiry = (a: Reservation, b: Reservation): number =>
  (a.expiresAt?.epochMilliseconds ?? 0) - (b.expiresAt?.epochMilliseconds ?? 0) ||
  (a.id < b.id ? -1 : 1)

/** Newest first, then by id: the order in which a shortfall takes holds back. */
export const byNewest = (a: Reservation, b: Reservation): number =>
  b.createdAt.epochMilliseconds - a.createdAt.epochMilliseconds || (a.id < b.id ? 1 : -1)
