/**
 * What the Promise door takes: plain values, quantities in the SKU's smallest unit, instants as
 * `Date` or ISO 8601 text. The default of each optional field is named beside it, and `undefined`
 * means left out. Unknown fields are refused, since a misspelt field would silently get its
 * default. A SKU or location id is 1–100 of `A-Z a-z 0-9 . _ ~ : -`; a quantity is a whole number
 * up to 1,000,000,000. Text other than a description is one line, without white space at its ends,
 * and without control and format characters. Text that is compared (codes, ids, references) is in
 * NFC.
 */
import type { QuestionOptions, ReadOptions } from "../engine/RequestOptions.ts"
import type { CustomerData } from "./InventoryCustomers.ts"
import type { InventoryEventType } from "./InventoryEvents.ts"

/** What a SKU is counted and promised by. */
export interface SkuPolicy {
  /** Units that may be promised beyond stock: 0. */
  readonly backorderLimit?: number | undefined
  /** Units that are never promised: 0. */
  readonly safetyStock?: number | undefined
  /** Available units at which a warning event is raised; none when null. */
  readonly lowStockThreshold?: number | null | undefined
}

/** What describes a SKU beside its code and name. */
export interface SkuNotes {
  readonly description?: string | null | undefined
  /** In kilograms, at most three decimals. */
  readonly weight?: number | null | undefined
  /** In litres, at most three decimals. */
  readonly volume?: number | null | undefined
}

/** Make a SKU known, with its first stock. */
export interface RegisterSkuInput extends SkuPolicy, SkuNotes {
  /** Made up when left out. */
  readonly skuId?: string | undefined
  /** The code on the goods: unique, 1–100 printable characters. */
  readonly code: string
  /** 1–255 characters. */
  readonly name: string
  /** Units on hand from the start: 0. */
  readonly initialStock?: number | undefined
  /**
   * Where they lie: the default location. It must exist and be active, even when there are no
   * units.
   */
  readonly locationId?: string | undefined
}

/** Change the description of a SKU, or its policy. A field that is left out stays. */
export interface UpdateSkuInput extends SkuPolicy, SkuNotes {
  readonly skuId: string
  readonly code?: string | undefined
  readonly name?: string | undefined
}

/** Take a SKU out of use. */
export interface ArchiveSkuInput {
  readonly skuId: string
}

/** Take an archived SKU into use again. */
export interface UnarchiveSkuInput {
  readonly skuId: string
}

/** Make a location. */
export interface RegisterLocationInput {
  readonly locationId: string
  readonly name: string
  /** Where it stands in the order of allocation, the lower the sooner: 100. */
  readonly priority?: number | undefined
  /** Whether it takes over from the present default location: false. */
  readonly isDefault?: boolean | undefined
  /** Whether its stock may be promised: true. */
  readonly sellable?: boolean | undefined
  /** Whether it takes part at all: true. */
  readonly active?: boolean | undefined
}

/** Change a location. What is left out stays. */
export interface UpdateLocationInput {
  readonly locationId: string
  readonly name?: string | undefined
  readonly priority?: number | undefined
  readonly isDefault?: boolean | undefined
  readonly sellable?: boolean | undefined
  readonly active?: boolean | undefined
}

/** One line of an order: units of a SKU, or of an option of the catalog, of whose SKUs each is held. */
export interface ReserveLine {
  /** The SKU; or else give `optionId`. */
  readonly skuId?: string | undefined
  /** The option, in place of `skuId`. What it maps now is frozen on the holds. */
  readonly optionId?: string | undefined
  readonly quantity: number
  /**
   * When left out: the first location by priority that has the whole line on hand, else the first
   * that may promise it.
   */
  readonly locationId?: string | undefined
  /** Your own id of the line, 1–100 characters. */
  readonly lineId?: string | undefined
  /** A UUID for the hold; made up when left out. Not for a line with `optionId`. */
  readonly reservationId?: string | undefined
}

/** Hold every line for one order, or none. */
export interface ReserveStockInput {
  /** Your own id of the order, 1–100 characters. */
  readonly orderId: string
  /** 1 to 2,000 lines. */
  readonly lines: ReadonlyArray<ReserveLine>
  /** Seconds until the holds lapse, 1 to 2,678,400 (31 days): 900. */
  readonly ttl?: number | undefined
  /** Whether the order's pending holds give way to these lines: false. */
  readonly replace?: boolean | undefined
  /** Whose order it is, if it has no holds yet: 1–255 printable code points. */
  readonly ownerId?: string | undefined
  /**
   * Kept encrypted with the order, in the place of what was kept before: an object of at most 4,096
   * bytes as JSON. It needs a key ring. A repeat under an idempotency key keeps that of the first.
   */
  readonly customer?: CustomerData | undefined
}

/** One hold. */
export interface ReservationInput {
  readonly reservationId: string
}

/** Give back one hold. */
export interface ReleaseReservationInput extends ReservationInput {
  /** Whether you mean a confirmed hold; without it, releasing one is refused: false. */
  readonly confirmed?: boolean | undefined
}

/** Payment is in. */
export interface ConfirmReservationInput extends ReservationInput {
  /** Whether to take the stock again, if it is there, when the hold lapsed before this: false. */
  readonly reacquire?: boolean | undefined
}

/** Goods leave for a confirmed hold. */
export interface FulfilReservationInput extends ReservationInput {
  /** All that the hold still keeps, when left out. */
  readonly quantity?: number | undefined
  readonly reference?: string | null | undefined
  readonly actor?: string | null | undefined
}

/** Change the quantity of an open hold. */
export interface ResizeReservationInput extends ReservationInput {
  readonly quantity: number
}

/** Give a pending hold more time. */
export interface ExtendReservationInput extends ReservationInput {
  /** Seconds from now, 1 to 2,678,400 (31 days): 900. */
  readonly ttl?: number | undefined
}

/** A bundle: the holds that one line of an option made. */
export interface BundleInput {
  readonly orderId: string
  readonly bundleId: string
}

/** Give back a bundle. */
export interface ReleaseBundleInput extends BundleInput {
  /** Whether you mean confirmed holds too; without it, a bundle with one is refused: false. */
  readonly confirmed?: boolean | undefined
}

/** Change how many units of its option a bundle holds. */
export interface ResizeBundleInput extends BundleInput {
  /** Units of the option. */
  readonly quantity: number
}

/** Give a pending bundle more time. */
export interface ExtendBundleInput extends BundleInput {
  /** Seconds from now, 1 to 2,678,400 (31 days): 900. */
  readonly ttl?: number | undefined
}

/** Confirm every line of an order. */
export interface ConfirmOrderInput {
  readonly orderId: string
  /**
   * Whether to take lost holds again if there is stock: those that lapsed before this, and those
   * that a correction took: false.
   */
  readonly reacquire?: boolean | undefined
}

/** Release the holds of an order. */
export interface ReleaseOrderInput {
  readonly orderId: string
  /** Whether you mean confirmed holds too; without it, an order with one is refused: false. */
  readonly confirmed?: boolean | undefined
}

/** Ship everything that the confirmed holds of an order keep. */
export interface FulfilOrderInput {
  readonly orderId: string
  readonly reference?: string | null | undefined
  readonly actor?: string | null | undefined
}

/** Place an order whose state is kept. */
export interface PlaceOrderInput {
  readonly orderId: string
  /** 1 to 2,000 lines, held all or none. */
  readonly lines: ReadonlyArray<Omit<ReserveLine, "reservationId">>
  /** How long the holds last without a payment, in seconds, 1 to 2,678,400 (31 days): 900. */
  readonly ttl?: number | undefined
  /** Whose order it is, as you call him: 1–255 printable code points. */
  readonly ownerId?: string | undefined
  /** Kept encrypted with the order once its lines are held, as by `reserve`. It needs a key ring. */
  readonly customer?: CustomerData | undefined
}

/** Pay a placed order. */
export interface PayOrderInput {
  readonly orderId: string
}

/** Cancel a placed order. */
export interface CancelOrderInput {
  readonly orderId: string
}

/** Make the order of a guest that of a person. */
export interface ClaimOrderInput {
  readonly orderId: string
  /** The token of the guest's cart, `hfc_…`. */
  readonly cartToken: string
  /** Whose it becomes: who asks. A host without a principal must name the person. */
  readonly ownerId?: string | undefined
}

/** Ship a placed order that is confirmed. */
export interface CompleteOrderInput {
  readonly orderId: string
  readonly reference?: string | null | undefined
  readonly actor?: string | null | undefined
}

/** Ask whether an order could be held now. */
export interface AvailabilityInput {
  /** 1 to 2,000 lines. The check makes no holds, so a line has no reservation id. */
  readonly lines: ReadonlyArray<Omit<ReserveLine, "reservationId">>
  /** The order whose own pending holds count as free, as when `reserve` replaces them. */
  readonly orderId?: string | undefined
}

/** Which page of a list. */
export interface PageOptions extends QuestionOptions {
  /** The `next` of the page before; the first page when left out. */
  readonly cursor?: string | null | undefined
  /** Items on the page, 1 to 1,000: 100. */
  readonly size?: number | undefined
}

/** Which SKUs. */
export interface SkusOptions extends PageOptions {
  /** The one in use that has this code; all when left out. */
  readonly code?: string | undefined
}

/** How detailed the stock of a SKU is answered. */
export interface StockOptions extends QuestionOptions {
  /** Whether each location is listed too. */
  readonly locations?: boolean | undefined
}

/** How much a reconciliation lists. */
export interface ReconcileOptions extends QuestionOptions {
  /** Levels that disagree to list at most, 0 to 1,000,000: 1,000. */
  readonly listMax?: number | undefined
}

/** Which movements of a SKU. */
export interface MovementsOptions extends PageOptions {
  /** Of one location; of all when left out. */
  readonly locationId?: string | undefined
  /** Under one reference; under any and none when left out. */
  readonly reference?: string | undefined
}

/** Which open holds of a SKU. */
export interface HoldsOptions extends PageOptions {
  /** All holds that count, or only the pending or the confirmed ones: `open`. */
  readonly status?: "open" | "pending" | "confirmed" | undefined
}

/** Which events. When several of `types`, `aggregateIds` and `orderId` are given, all must hold. */
export interface EventsOptions extends ReadOptions {
  /** Events of any of these types, 1 to 16. */
  readonly types?: ReadonlyArray<InventoryEventType> | undefined
  /** What happened to these SKUs and locations, 1 to 100 ids. */
  readonly aggregateIds?: ReadonlyArray<string> | undefined
  /** What happened to the holds of this order: the events that name it. */
  readonly orderId?: string | undefined
  /** The position of the last event that you have: 0, from the start. */
  readonly after?: number | undefined
  /**
   * The id of that event: a log that does not have it there, since its database was restored to an
   * earlier state, is refused with `LogRestored`. An iteration checks so from page to page by itself.
   */
  readonly afterEventId?: string | undefined
  /** Events on a page at most, 1 to 1,000: 100. */
  readonly size?: number | undefined
  /**
   * Whether an iteration waits for more at the end of the log, until its `signal` aborts, Holdfast is
   * closed, or you leave the loop: false.
   */
  readonly follow?: boolean | undefined
}
