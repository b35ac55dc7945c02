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
import { LocationId, ReservationId, SkuId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { Balance } from "../../kernel/Quantity.ts"
import { Bundle } from "./Bundle.ts"

/** Where a reservation stands in its life. */
export const ReservationStatus = Schema.Literals([
  "PENDING",
  "CONFIRMED",
  "FULFILLED",
  "RELEASED",
  "EXPIRED"
]).annotate({ identifier: "ReservationStatus" })
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
export type ReservationEnd = typeof ReservationEnd.Type

/** The fields of a reservation in one of its states, in the order in which they are written. */
const inState = <
  const Status extends ReservationStatus,
  ExpiresAt extends Schema.Constraint,
  ResolvedAt extends Schema.Constraint,
  ReleaseReason extends Schema.Constraint
>(
  status: Status,
  expiresAt: ExpiresAt,
  resolvedAt: ResolvedAt,
  releaseReason: ReleaseReason
) =>
  Schema.Struct({
    id: ReservationId,
    orderId: unchecked.orderId,
    lineId: Schema.NullOr(unchecked.lineId),
    skuId: SkuId,
    locationId: LocationId,
    quantity: Balance,
    fulfilledQuantity: Balance,
    status: Schema.Literal(status),
    expiresAt,
    createdAt: Timestamp,
    resolvedAt,
    releaseReason,
    replaces: Schema.NullOr(ReservationId),
    bundle: Schema.optionalKey(Bundle),
    ownerId: Schema.optionalKey(Schema.String)
  })

/** A hold that waits for payment. It lapses at `expiresAt`. */
export const Pending = inState("PENDING", Timestamp, Schema.Null, Schema.Null).annotate({
  identifier: "PendingReservation"
})
export interface Pending extends Schema.Schema.Type<typeof Pending> {}

/** A hold that is paid. It does not lapse. */
export const Confirmed = inState("CONFIRMED", Schema.Null, Schema.Null, Schema.Null).annotate({
  identifier: "ConfirmedReservation"
})
export interface Confirmed extends Schema.Schema.Type<typeof Confirmed> {}

/** A hold whose goods have all left. */
export const Fulfilled = inState("FULFILLED", Schema.Null, Timestamp, Schema.Null).annotate({
  identifier: "FulfilledReservation"
})
export interface Fulfilled extends Schema.Schema.Type<typeof Fulfilled> {}

/** A hold that gave its units back. `expiresAt` is null if it was confirmed before. */
export const Released = inState(
  "RELEASED",
  Schema.NullOr(Timestamp),
  Timestamp,
  ReservationEnd
).annotate({ identifier: "ReleasedReservation" })
export interface Released extends Schema.Schema.Type<typeof Released> {}

/** A hold that lapsed. It is lost until another hold takes its place. */
export const Expired = inState(
  "EXPIRED",
  Timestamp,
  Timestamp,
  Schema.NullOr(Schema.Literal("REACQUIRED"))
).annotate({ identifier: "ExpiredReservation" })
export interface Expired extends Schema.Schema.Type<typeof Expired> {}

/**
 * A reservation in one of its states, quantities in units. `resolvedAt` is when it stopped keeping
 * units. `replaces` is the lost hold whose place it took. `bundle` is there when it was made through
 * an option. `ownerId` is there when somebody owns it.
 */
export const Reservation = Schema.Union([
  Pending,
  Confirmed,
  Fulfilled,
  Released,
  Expired
]).annotate({ identifier: "Reservation" })
/** A reservation in one of its states. */
export type Reservation = Pending | Confirmed | Fulfilled | Released | Expired

/** A hold that keeps units. */
export type Open = Pending | Confirmed

/** Whether the hold waits for payment, leaving its lapse aside. */
export const isPending = (reservation: Reservation): reservation is Pending =>
  reservation.status === "PENDING"

/** Whether the hold still counts, leaving its lapse aside. */
export const isOpen = (reservation: Reservation): reservation is Open =>
  reservation.status === "PENDING" || reservation.status === "CONFIRMED"

/** Whether a pending hold has outlived its `expiresAt`; it stops counting at that instant. */
export const isLapsed = (reservation: Reservation, now: DateTime.Utc): boolean =>
  reservation.status === "PENDING" &&
  reservation.expiresAt.epochMilliseconds <= now.epochMilliseconds

/** A hold as a reader sees it: one that has lapsed is expired since then. */
export const asRead = (reservation: Reservation, now: DateTime.Utc): Reservation =>
  isPending(reservation) && isLapsed(reservation, now)
    ? { ...reservation, status: "EXPIRED", resolvedAt: reservation.expiresAt }
    : reservation

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
export const byExpiry = (a: Pending, b: Pending): number =>
  a.expiresAt.epochMilliseconds - b.expiresAt.epochMilliseconds || (a.id < b.id ? -1 : 1)

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
