/**
 * A hold: units of one SKU at one location, promised to one order. Its SKU and location never
 * change. A pending hold lapses at its `expiresAt`, at that instant; a confirmed one does not.
 *
 *     PENDING ── confirm ─► CONFIRMED ── fulfil ─► FULFILLED
 *        ├── expire ─► EXPIRED   └── release ─► RELEASED
 *        │                └── release ─► RELEASED
 *        └── release ─► RELEASED
 *
 * A hold is lost when its buyer has not been answered for it: it expired, or a correction took it.
 * A release, a cart that is held anew and a hold that is made in its place are such answers, and
 * each is written on the lost hold itself.
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
 * Why a hold keeps nothing any more: it was given back, its order was held anew by `replace`, a
 * correction took it, or, once it was lost, another hold was made in its place.
 */
export const ReservationEnd = Schema.Literals([
  "RELEASED",
  "REPLACED",
  "SHORTFALL",
  "REACQUIRED"
]).annotate({ identifier: "ReservationEnd" })
/** Why a hold keeps nothing any more. */
export type ReservationEnd = typeof ReservationEnd.Type

/**
 * A reservation, quantities in units. `expiresAt` is null once it is confirmed; `resolvedAt` is
 * when it ceased to keep units, null while it is open; `replaces` is the lost hold that this one
 * was made for. `releaseReason` is null while it is open, once it is fulfilled, and of an expired
 * hold for as long as it is lost.
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
  releaseReason: Schema.NullOr(ReservationEnd),
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

/**
 * Whether the buyer has lost the hold and nothing has answered for that yet: it expired, or a
 * correction took it. Its lapse has to be on paper.
 */
export const isLost = (reservation: Reservation): boolean =>
  reservation.status === "EXPIRED"
    ? reservation.releaseReason === null
    : reservation.releaseReason === "SHORTFALL"

/**
 * Whether the buyer has paid for the hold: it was confirmed, and it was not given back. One that a
 * correction took after that has no `expiresAt` any more.
 */
export const isPaid = (reservation: Reservation): boolean =>
  reservation.status === "CONFIRMED" ||
  reservation.status === "FULFILLED" ||
  (reservation.releaseReason === "SHORTFALL" && reservation.expiresAt === null)

/** Whether a decision about the whole order has to know of the hold: it is open, or lost. */
export const isLine = (reservation: Reservation): boolean =>
  isOpen(reservation) || isLost(reservation)

/** Units that an open hold still keeps: what was reserved less what has left. */
export const heldQuantity = (reservation: Reservation): number =>
  reservation.quantity - reservation.fulfilledQuantity

/** Oldest lapse first, then by id: the order in which lapsed holds are expired. */
export const byExpiry = (a: Reservation, b: Reservation): number =>
  (a.expiresAt?.epochMilliseconds ?? 0) - (b.expiresAt?.epochMilliseconds ?? 0) ||
  (a.id < b.id ? -1 : 1)

/** Oldest first, then by id: the order in which the holds of an order are read. */
export const byAge = (
  a: Pick<Reservation, "createdAt" | "id">,
  b: Pick<Reservation, "createdAt" | "id">
): number =>
  a.createdAt.epochMilliseconds - b.createdAt.epochMilliseconds ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Newest first, then by id: the order in which a shortfall takes holds back. */
export const byNewest = (a: Reservation, b: Reservation): number =>
  b.createdAt.epochMilliseconds - a.createdAt.epochMilliseconds || (a.id < b.id ? 1 : -1)
