/**
 * What the Promise door answers: plain values, quantities in the SKU's smallest unit, instants as
 * `Date`. They are the answers of the engine with nothing of Effect in their types; a test of types
 * holds the two together.
 */
import type { LineRefusal } from "./HoldfastErrorDetails.ts"

/**
 * A SKU: the thing that is counted, and the policy under which its stock may be promised.
 * `weight` is in kilograms and `volume` in litres. `backorderLimit` units may be promised beyond
 * stock, `safetyStock` units are never promised, `lowStockThreshold` is where a warning is raised.
 */
export interface Sku {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly description: string | null
  readonly weight: number | null
  readonly volume: number | null
  readonly backorderLimit: number
  readonly safetyStock: number
  readonly lowStockThreshold: number | null
  readonly createdAt: Date
  /** When it was taken out of use; null while it is in use. */
  readonly archivedAt: Date | null
}

/** A place where stock lies. Only locations that are `sellable` and `active` make promises. */
export interface Location {
  readonly id: string
  readonly name: string
  /** Where it stands in the order of allocation: the lower, the sooner. */
  readonly priority: number
  readonly isDefault: boolean
  readonly sellable: boolean
  readonly active: boolean
  /** Counts its changes from 1. */
  readonly version: number
}

/** Units of one level or SKU. Holds that have lapsed count nowhere in here. */
export interface StockBalances {
  /** On hand. */
  readonly totalQuantity: number
  /** Promised, and not yet gone. */
  readonly reservedQuantity: number
  /** What may be promised now, backorders included. */
  readonly availableQuantity: number
  /** What may be promised now and can leave at once. */
  readonly inStockQuantity: number
  /** Promised beyond what is on hand. */
  readonly shortfallQuantity: number
}

/** One SKU at one location. */
export interface LevelStatus extends StockBalances {
  readonly skuId: string
  readonly locationId: string
  readonly lastUpdated: Date
}

/** One SKU, summed over its sellable locations. */
export interface StockStatus extends StockBalances {
  readonly skuId: string
  /** The most that one line at one location can take. */
  readonly largestSingleQuantity: number
  /** That of the last event of the SKU. */
  readonly version: number
  readonly lastUpdated: Date
}

/** What can be had of one SKU, in units: `inStockQuantity` of what is available is on hand. */
export interface OfferedStock {
  readonly skuId: string
  readonly availableQuantity: number
  readonly inStockQuantity: number
  /** The most that one line at one location can take. */
  readonly largestSingleQuantity: number
  /** That of the last event of the SKU. */
  readonly version: number
  readonly lastUpdated: Date
}

/** One SKU, and each of its locations when you asked for them. */
export interface StockView extends StockStatus {
  readonly locations?: ReadonlyArray<LevelStatus>
}

/** Where a reservation stands in its life. */
export type ReservationStatus = "PENDING" | "CONFIRMED" | "FULFILLED" | "RELEASED" | "EXPIRED"

/**
 * Why a hold keeps no units any more: it was given back, `replace` put other lines in its place, a
 * correction took it, or, after it expired or was taken, another hold took its place.
 */
export type ReservationEnd = "RELEASED" | "REPLACED" | "SHORTFALL" | "REACQUIRED"

/** The holds that one line of an option made; they share the two ids. */
export interface Bundle {
  readonly bundleId: string
  readonly optionId: string
  /** Units of the hold's SKU that one unit of the option takes, as the mapping was then. */
  readonly perBundle: number
}

/** What a reservation has in every state: units of one SKU at one location, for one order. */
export interface ReservationBase {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  /** What has left for it already; an open hold keeps `quantity - fulfilledQuantity`. */
  readonly fulfilledQuantity: number
  readonly createdAt: Date
  /** The hold that expired or that a correction took, and whose place this one took. */
  readonly replaces: string | null
  /** The bundle that it belongs to, when it was made through an option of the catalog. */
  readonly bundle?: Bundle
  /** Whose hold it is, when it is somebody's: the id of a principal, or who was named. */
  readonly ownerId?: string
}

/** A hold that waits for payment. It lapses at `expiresAt`. */
export interface PendingReservation extends ReservationBase {
  readonly status: "PENDING"
  readonly expiresAt: Date
  readonly resolvedAt: null
  readonly releaseReason: null
}

/** A hold that is paid. It does not lapse. */
export interface ConfirmedReservation extends ReservationBase {
  readonly status: "CONFIRMED"
  readonly expiresAt: null
  readonly resolvedAt: null
  readonly releaseReason: null
}

/** A hold whose goods have all left, the last of them at `resolvedAt`. */
export interface FulfilledReservation extends ReservationBase {
  readonly status: "FULFILLED"
  readonly expiresAt: null
  readonly resolvedAt: Date
  readonly releaseReason: null
}

/** A hold that gave its units back at `resolvedAt`. */
export interface ReleasedReservation extends ReservationBase {
  readonly status: "RELEASED"
  /** When it would have lapsed; null if it was confirmed before. */
  readonly expiresAt: Date | null
  readonly resolvedAt: Date
  readonly releaseReason: ReservationEnd
}

/** A hold that lapsed. */
export interface ExpiredReservation extends ReservationBase {
  readonly status: "EXPIRED"
  readonly expiresAt: Date
  readonly resolvedAt: Date
  /** Null as long as it is lost: until another hold takes its place. */
  readonly releaseReason: "REACQUIRED" | null
}

/**
 * A reservation in one of its states. Its `status` says which: once it is compared, the other
 * fields have the types of that state.
 */
export type Reservation =
  | PendingReservation
  | ConfirmedReservation
  | FulfilledReservation
  | ReleasedReservation
  | ExpiredReservation

/** Why stock changed. */
export type MovementType =
  | "RECEIPT"
  | "SHIPMENT"
  | "ADJUSTMENT"
  | "RETURN"
  | "TRANSFER_IN"
  | "TRANSFER_OUT"
  | "OPENING"

/** A row of the ledger: one physical change of one level. It is never changed. */
export interface StockMovement {
  readonly id: string
  readonly skuId: string
  readonly locationId: string
  /** Counts the movements of one level from 1. */
  readonly sequence: number
  readonly type: MovementType
  /** Signed: what came in is above zero. */
  readonly quantity: number
  /** The total of the level after it. */
  readonly balanceAfter: number
  readonly reference: string | null
  readonly reason: string | null
  readonly actor: string | null
  /** Pairs the two movements of a transfer. */
  readonly transferId: string | null
  /** When the host says that it happened. */
  readonly occurredAt: Date | null
  /** When it was recorded. */
  readonly createdAt: Date
  /** The order whose goods came back, when a return names it. */
  readonly orderId?: string
}

/** What a physical change did: its movements, the levels after it, the holds it took back. */
export interface StockChanged {
  readonly movements: ReadonlyArray<StockMovement>
  readonly levels: ReadonlyArray<LevelStatus>
  readonly released: ReadonlyArray<Reservation>
}

/** A line of a bulk request that was refused, while the others were taken. */
export interface RefusedLine {
  /** The place of the line in the request, from 0. */
  readonly line: number
  /** The field of the request that is to blame, such as `lines.3.code`. */
  readonly path: string
  /** What it says to a person. */
  readonly message: string
  /** The refusal that the line would get alone; its `_tag` is the code of a `HoldfastError`. */
  readonly refusal: LineRefusal
}

/** What each line of a bulk request did, in their order, and how many did what. */
export interface StockLinesChanged {
  readonly changed: number
  readonly refused: number
  readonly lines: ReadonlyArray<
    | (StockChanged & {
        readonly _tag: "Changed"
        /** The place of the line in the request, from 0. */
        readonly line: number
        readonly skuId: string
      })
    | (RefusedLine & { readonly _tag: "Refused" })
  >
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: ReadonlyArray<Item>
  /** Give it back as `cursor` for the next page; null at the end. */
  readonly next: string | null
}

/** The totals of a SKU as they were at an instant, from the ledger. */
export interface StockAsOf {
  readonly skuId: string
  readonly at: Date
  /** Over the locations that are sellable now. */
  readonly totalQuantity: number
  /** Every location that had a level; left out when you did not want it. */
  readonly locations?: ReadonlyArray<{
    readonly locationId: string
    readonly totalQuantity: number
  }>
}

/** A line that cannot be held: what was asked, and the most that one location could give. */
export interface ShortLine {
  /** The place of the line in the request, from 0. */
  readonly line: number
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string | null
  readonly requested: number
  readonly available: number
  /** The option that the line named, of which this SKU is short. */
  readonly optionId?: string
}

/** Where a placed order stands in its life. */
export type OrderStatus =
  | "RESERVED"
  | "REJECTED"
  | "CONFIRMED"
  | "PAID_LATE"
  | "CANCELLED"
  | "FULFILLED"

/**
 * The state of a placed order: held, or rejected with every short line; paid; paid too late, with
 * the lines that could not be had again; cancelled; fulfilled. `reservations` are its open and its
 * lost holds.
 */
export type OrderState =
  | {
      readonly _tag: "Reserved"
      readonly orderId: string
      readonly version: number
      readonly reservations: ReadonlyArray<Reservation>
    }
  | {
      readonly _tag: "Rejected"
      readonly orderId: string
      readonly version: number
      readonly short: ReadonlyArray<ShortLine>
    }
  | {
      readonly _tag: "Confirmed"
      readonly orderId: string
      readonly version: number
      readonly reservations: ReadonlyArray<Reservation>
    }
  | {
      readonly _tag: "PaidLate"
      readonly orderId: string
      readonly version: number
      readonly short: ReadonlyArray<ShortLine>
    }
  | { readonly _tag: "Cancelled"; readonly orderId: string; readonly version: number }
  | { readonly _tag: "Fulfilled"; readonly orderId: string; readonly version: number }

/**
 * A placed order as it stands. `reservations` are its holds that are open, lost or fulfilled, oldest
 * first, at most 4,000; `short` are the lines that were short when it was rejected, or when it was
 * paid too late.
 */
export interface PlacedOrder {
  readonly orderId: string
  /** The order's own sequence of events, from 1. */
  readonly version: number
  readonly status: OrderStatus
  readonly ownerId: string | null
  readonly placedAt: Date
  readonly changedAt: Date
  readonly short: ReadonlyArray<ShortLine>
  readonly reservations: ReadonlyArray<Reservation>
}

/** Whether every line could be held now, and each line that could not. */
export interface Availability {
  readonly isAvailable: boolean
  readonly shortLines: ReadonlyArray<ShortLine>
}

/** One level beside what the ledger and the open holds say it should be, in units. */
export interface ReconciledLevel {
  readonly skuId: string
  readonly locationId: string
  readonly totalQuantity: number
  /** The sum of the level's movements. */
  readonly ledgerQuantity: number
  readonly reservedQuantity: number
  /** What the open holds at the level keep, those included that lapsed but are not written down. */
  readonly heldQuantity: number
}

/** A level that disagrees, by how many units, and what it should say. */
export interface DriftedLevel extends ReconciledLevel {
  /** `totalQuantity - ledgerQuantity` */
  readonly totalDrift: number
  /** `reservedQuantity - heldQuantity` */
  readonly reservedDrift: number
  readonly repair: { readonly totalQuantity: number; readonly reservedQuantity: number }
}

/** What a reconciliation found. */
export interface Reconciliation {
  readonly levels: number
  readonly agreeing: number
  /** The share of levels that agree, 0 to 1; 1 when there is none. */
  readonly accuracy: number
  /** Units of total that disagree, summed without sign. */
  readonly totalDrift: number
  /** Units of reserved that disagree, summed without sign. */
  readonly reservedDrift: number
  /** The first levels that disagree, as many as you asked for. */
  readonly drifted: ReadonlyArray<DriftedLevel>
}
