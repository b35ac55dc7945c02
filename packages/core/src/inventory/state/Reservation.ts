/**
 * A hold: units of one SKU at one location, promised to one order. Its SKU and location never
 * change. A pending hold lapses at the instant `expiresAt`; a confirmed one does not.
 *
 *     PENDING ── confirm ─► CONFIRMED ── fulfil ─► FULFILLED
 *        ├── expire ─► EXPIRED   └── release ─► RELEASED
 *        │                └── release ─► RELEASED
 *        └── release ─► RELEASED
 *
 * A hold is lost when it expired or a correction took it, and nothing has replaced or released it
 * since. Three things end the loss: a release, a `replace` of the whole order, and another hold in
 * its place. Each is written on the lost hold itself.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { LocationId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { Balance } from "../../kernel/Quantity.ts"

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
 * Why a hold keeps no units any more: it was given back, `replace` put other lines in its place, a
 * correction took it, or, after it was lost, another hold took its place.
 */
export const ReservationEnd = Schema.Literals([
  "RELEASED",
  "REPLACED",
  "SHORTFALL",
  "REACQUIRED"
]).annotate({ identifier: "ReservationEnd" })
/** Why a hold keeps no units any more. */
export type ReservationEnd = typeof ReservationEnd.Type

/**
 * A reservation, quantities in units. `expiresAt` is null once it is confirmed. `resolvedAt` is
 * when it stopped keeping units, null while it is open. `replaces` is the lost hold whose place it
 * took. `releaseReason` is null while the hold is open, once it is fulfilled, and as long as an
 * expired hold is lost.
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
 * Whether the hold is lost: it expired or a correction took it, and nothing has answered for it
 * yet. A lapsed hold counts only once its lapse is written down.
 */
export const isLost = (reservation: Reservation): boolean =>
  reservation.status === "EXPIRED"
    ? reservation.releaseReason === null
    : reservation.releaseReason === "SHORTFALL"

/**
 * Whether the buyer has paid for the hold: it was confirmed, and it was not given back. A hold that
 * a correction took after its confirmation has no `expiresAt`.
 */
export const isPaid = (reservation: Reservation): boolean =>
  reservation.status === "CONFIRMED" ||
  reservation.status === "FULFILLED" ||
  (reservation.releaseReason === "SHORTFALL" && reservation.expiresAt === null)

/** Whether a decision about the whole order needs the hold: it is open or lost. */
export const isLine = (reservation: Reservation): boolean =>
  isOpen(reservation) || isLost(reservation)

/** Units that an open hold still keeps: what was reserved less what has left. */
export const heldQuantity = (reservation: Reservation): number =>
  reservation.quantity - reservation.fulfilledQuantity

/** Oldest lapse first, then by id: the order in which lapsed holds are expired. */
export const byExpiry = (a: Reservation, b: Reservation): number =>
  (a.expiresAt?.epochMilliseconds ?? 0) - (b.expiresAt?.epochMilliseconds ?? 0) ||
  (a.id < b.id ? -1 : 1)

/** Oldest first, then by id: the reading order of an order's holds. */
export const byAge = (
  a: Pick<Reservation, "createdAt" | "id">,
  b: Pick<Reservation, "createdAt" | "id">
): number =>
  a.createdAt.epochMilliseconds - b.createdAt.epochMilliseconds ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Newest first, then by id: the order in which a shortfall takes holds back. */
export const byNewest = (a: Reservation, b: Reservation): number =>
  b.createdAt.epochMilliseconds - a.createdAt.epochMilliseconds || (a.id < b.id ? 1 : -1)
