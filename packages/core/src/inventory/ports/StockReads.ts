/**
 * PORT. Reads of the inventory. Every read is true at its instant: holds that have lapsed no longer
 * count, even if their rows do not say so yet. No read takes a lock, and none is longer than a page.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { PositionGone } from "../../events/PositionGone.ts"
import type {
  BundleId,
  LocationId,
  MovementId,
  OptionId,
  OrderId,
  ReservationId,
  SkuId
} from "../../kernel/Identifier.ts"
import type { RankingQuery } from "../../kernel/Page.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type {
  EventsFilter,
  HoldsOfSku,
  KeptChecks,
  LoggedEvent,
  MissedSku,
  PlacedOrderView,
  ReconciledLevel
} from "../messages/InventoryQuery.ts"
import type { Location } from "../state/Location.ts"
import type { Reservation } from "../state/Reservation.ts"
import type { Sku } from "../state/Sku.ts"
import type { OrderOwner } from "../state/StockBook.ts"
import type { StockMovement } from "../state/StockMovement.ts"
import type { ReadLevel } from "../state/StockStatus.ts"

/**
 * A SKU with its levels as read. `lapsesInMillis` is how long it takes, from the instant of the read, until
 * the next hold of the SKU lapses, by which the answer changes without an event; null when none does.
 */
export interface ReadStock {
  readonly sku: Sku
  readonly levels: ReadonlyArray<ReadLevel>
  readonly lapsesInMillis: number | null
}

/** A page of the ledger of one SKU, newest first, from before a movement. */
export interface MovementsQuery {
  readonly skuId: SkuId
  readonly locationId?: LocationId | undefined
  /** Only those that have this reference. */
  readonly reference?: string | undefined
  readonly before: { readonly createdAt: DateTime.Utc; readonly id: MovementId } | null
  readonly limit: number
}

/** A page of what was booked under a reference, by SKU and oldest first, after a movement. */
export interface ReferenceQuery {
  readonly reference: string
  readonly after: {
    readonly skuId: SkuId
    readonly createdAt: DateTime.Utc
    readonly id: MovementId
  } | null
  readonly limit: number
}

/** A page of the reservations of one order, oldest first, after a given reservation. */
export interface OrderPage {
  readonly after: { readonly createdAt: DateTime.Utc; readonly id: ReservationId } | null
  readonly limit: number
}

/** Such a page, and of which order it is. */
export interface OrderQuery extends OrderPage {
  readonly orderId: OrderId
}

/**
 * A page of the open holds of one SKU, oldest first, after a given hold. The instant at which a
 * hold was made and its id never change, so a hold that stays open is on exactly one page.
 */
export interface HoldsQuery {
  readonly skuId: SkuId
  readonly status: typeof HoldsOfSku.Type
  readonly after: { readonly createdAt: DateTime.Utc; readonly id: ReservationId } | null
  readonly limit: number
}

/** A bundle that is no longer whole. */
export interface BrokenBundle {
  readonly orderId: OrderId
  readonly bundleId: BundleId
}

/** Totals as of an instant; `horizon` is set when the ledger no longer reaches back so far. */
export interface StockAsOf {
  readonly levels: ReadonlyArray<{
    readonly locationId: LocationId
    readonly totalQuantity: number
  }>
  readonly horizon: DateTime.Utc | null
}

/** Reads of the inventory. */
export class StockReads extends Context.Service<
  StockReads,
  {
    readonly sku: (skuId: SkuId) => Effect.Effect<Sku | undefined, StoreError>
    readonly skuByCode: (code: string) => Effect.Effect<Sku | undefined, StoreError>
    /** The SKUs in use that have one of these codes, in any order. */
    readonly skusByCodes: (
      codes: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Sku>, StoreError>
    /** SKUs by id, from after an id, at most `limit`. */
    readonly skus: (
      after: SkuId | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Sku>, StoreError>
    /** The levels of many SKUs, in one statement; unknown SKUs are left out. */
    readonly stock: (
      skuIds: ReadonlyArray<SkuId>
    ) => Effect.Effect<ReadonlyArray<ReadStock>, StoreError>
    /** Reservations, in any order; one that has lapsed reads as EXPIRED, and unknown ones are left out. */
    readonly reservations: (
      reservationIds: ReadonlyArray<ReservationId>
    ) => Effect.Effect<ReadonlyArray<Reservation>, StoreError>
    /** A page of the reservations of an order, oldest first; without a page, the first 1,000. */
    readonly reservationsOfOrder: (
      orderId: OrderId,
      page?: OrderPage
    ) => Effect.Effect<ReadonlyArray<Reservation>, StoreError>
    /** Such pages of many orders, in one statement: a list for each question, in their order. */
    readonly orderPages: (
      queries: ReadonlyArray<OrderQuery>
    ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Reservation>>, StoreError>
    /** What a decision about the whole order would load: see `StockScope.orderIds`. */
    readonly linesOfOrder: (
      orderId: OrderId
    ) => Effect.Effect<ReadonlyArray<Reservation>, StoreError>
    /**
     * Placed orders, in any order, each with its holds that are open, lost or fulfilled, oldest first;
     * those that were never placed are left out.
     */
    readonly placedOrders: (
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<PlacedOrderView>, StoreError>
    /** Whose these orders are, each once: see `OrderOwner`. */
    readonly ownersOf: (
      orderIds: ReadonlyArray<OrderId>
    ) => Effect.Effect<ReadonlyArray<OrderOwner>, StoreError>
    /** The holds of a SKU that count now, by pages. */
    readonly reservationsOfSku: (
      query: HoldsQuery
    ) => Effect.Effect<ReadonlyArray<Reservation>, StoreError>
    /** Such pages of many SKUs, in one statement: a list for each question, in their order. */
    readonly holdPages: (
      queries: ReadonlyArray<HoldsQuery>
    ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Reservation>>, StoreError>
    /** Those of the options through which holds were made that count now. */
    readonly heldOptions: (
      optionIds: ReadonlyArray<OptionId>
    ) => Effect.Effect<ReadonlyArray<OptionId>, StoreError>
    /**
     * Bundles of which a correction took a part, while another part is still open, at most `limit`:
     * all, or those of which a part was taken in so many milliseconds.
     */
    readonly brokenBundles: (
      limit: number,
      withinMillis: number | null
    ) => Effect.Effect<ReadonlyArray<BrokenBundle>, StoreError>
    readonly movements: (
      query: MovementsQuery
    ) => Effect.Effect<ReadonlyArray<StockMovement>, StoreError>
    /**
     * Pages of the ledgers of many SKUs, whole, in one statement: a list for each question, in their
     * order.
     */
    readonly movementPages: (
      queries: ReadonlyArray<Pick<MovementsQuery, "skuId" | "before" | "limit">>
    ) => Effect.Effect<ReadonlyArray<ReadonlyArray<StockMovement>>, StoreError>
    readonly movementsOfReference: (
      query: ReferenceQuery
    ) => Effect.Effect<ReadonlyArray<StockMovement>, StoreError>
    readonly stockAsOf: (skuId: SkuId, at: DateTime.Utc) => Effect.Effect<StockAsOf, StoreError>
    readonly locations: Effect.Effect<ReadonlyArray<Location>, StoreError>
    /**
     * Events after a position, in order, at most `limit`: all events, or those of a filter. No page
     * passes a position at which an event may still become visible, so no event is ever missed.
     * Fails with `PositionGone` when events after the position were dropped.
     */
    readonly events: (
      after: number,
      limit: number,
      filter?: EventsFilter
    ) => Effect.Effect<ReadonlyArray<LoggedEvent>, StoreError | PositionGone>
    /**
     * Pending holds that have lapsed, except those of the given SKUs, oldest first, at most
     * `limit`.
     */
    readonly lapsed: (
      limit: number,
      exceptSkuIds?: ReadonlyArray<SkuId>
    ) => Effect.Effect<ReadonlyArray<Reservation>, StoreError>
    /** Levels beside ledger and holds, in key order from after a key, at most `limit`. */
    readonly reconciled: (
      after: { readonly skuId: SkuId; readonly locationId: LocationId } | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<ReconciledLevel>, StoreError>
    /** The SKUs that were missed most in some days, most units first, then most often, then by id. */
    readonly mostMissed: (
      query: RankingQuery
    ) => Effect.Effect<ReadonlyArray<MissedSku>, StoreError>
    /** How many units left of SKUs in the last days, by shipments; SKUs of which none left are left out. */
    readonly shipped: (
      skuIds: ReadonlyArray<SkuId>,
      days: number
    ) => Effect.Effect<ReadonlyArray<{ readonly skuId: SkuId; readonly units: number }>, StoreError>
    /** What is kept of the checks of stock against its ledger. */
    readonly checks: Effect.Effect<KeptChecks, StoreError>
    /** A short statement that fails when the store cannot be reached. */
    readonly ping: Effect.Effect<void, StoreError>
  }
>()("@holdfast/core/inventory/StockReads") {}
