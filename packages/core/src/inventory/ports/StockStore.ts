/**
 * PORT. Where stock is kept. `transact` is what makes a decision safe: it locks every level of the
 * SKUs in scope, loads, takes the decision once, writes its changes and commits, or leaves nothing.
 * A decision only gives events; the rows follow from them, so no total changes without a movement
 * and an event.
 */
import * as Context from "effect/Context"
import type * as BatchStore from "../../engine/BatchStore.ts"
import type {
  BundleId,
  LocationId,
  OrderId,
  ReservationId,
  SkuId
} from "../../kernel/Identifier.ts"
import type { StockChanges } from "../decide/StockChanges.ts"
import type { LoadedStock } from "../state/StockBook.ts"
import type { MovementType } from "../state/StockMovement.ts"
import type { CustomerStore } from "./CustomerStore.ts"
import type { StockFigures } from "./StockFigures.ts"

/**
 * What a batch of commands touches. Reservations and orders are resolved to their SKUs by the
 * store. `batchId` is chosen before the first try and stays the same at every retry.
 */
export interface StockScope {
  readonly batchId: string
  readonly skuIds: ReadonlyArray<SkuId>
  /** Holds to load, with what was made in place of them, and in place of that. */
  readonly reservationIds: ReadonlyArray<ReservationId>
  /** Bundles to load: all holds that were ever made for each. */
  readonly bundleIds: ReadonlyArray<BundleId>
  /**
   * Orders that are decided on as a whole. The store loads their lines, which are
   * their open and their lost holds: at most `wholeOrderMax` + 1 of each order. Of their other
   * holds it loads only the newest of each status. Each hold comes with the one in its place.
   */
  readonly orderIds: ReadonlyArray<OrderId>
  /** Orders that the store locks: those of `orderIds`, and others of which bundles are changed. */
  readonly lockedOrderIds: ReadonlyArray<OrderId>
  /**
   * Orders whose lines the store counts, up to `orderLinesMax`, because more lines are about to be
   * added.
   */
  readonly countedOrderIds: ReadonlyArray<OrderId>
  /** Orders among `orderIds` whose state, if they were placed, the store loads too. */
  readonly placedOrderIds: ReadonlyArray<OrderId>
  readonly locationIds: ReadonlyArray<LocationId>
  /** Whether locations are made or changed: they are locked first, one batch at a time. */
  readonly changesLocations: boolean
  /** SKU codes whose owner a decision needs: the one SKU in use that has the code. */
  readonly codes: ReadonlyArray<string>
  /** Codes that name SKUs in use, to be locked and loaded as those of `skuIds` are. */
  readonly skuCodes: ReadonlyArray<string>
  /** SKUs for whose stored code a decision needs the present owner. */
  readonly codesOf: ReadonlyArray<SkuId>
  /** SKUs whose open holds a correction may take back: the 1,000 newest of each level. */
  readonly openHoldsOf: ReadonlyArray<SkuId>
  /** The codes among `skuCodes` of such SKUs. */
  readonly openHoldsOfCodes: ReadonlyArray<string>
  /**
   * References that are for one booking only: the store loads the first movement under each, of its
   * SKU, named by its id or its code, and its kind.
   */
  readonly onceOnly: ReadonlyArray<{
    readonly reference: string
    readonly skuId: SkuId | null
    readonly code: string | null
    readonly type: MovementType
  }>
  /** Orders of which goods come back: the store loads what left for each, and what came back. */
  readonly returnsOf: ReadonlyArray<{ readonly orderId: OrderId; readonly skuId: SkuId }>
  /** Orders of which the store loads whose they are. */
  readonly ownersOf: ReadonlyArray<OrderId>
  /** Holds of whose orders the store loads the same. */
  readonly ownersOfHolds: ReadonlyArray<ReservationId>
  readonly keys: ReadonlyArray<{ readonly caller: string; readonly key: string }>
}

/** The parts of a scope that names nothing. */
export const emptyScope: Omit<StockScope, "batchId"> = {
  skuIds: [],
  reservationIds: [],
  bundleIds: [],
  orderIds: [],
  lockedOrderIds: [],
  countedOrderIds: [],
  placedOrderIds: [],
  locationIds: [],
  changesLocations: false,
  codes: [],
  skuCodes: [],
  codesOf: [],
  openHoldsOf: [],
  openHoldsOfCodes: [],
  onceOnly: [],
  returnsOf: [],
  ownersOf: [],
  ownersOfHolds: [],
  keys: []
}

/** A lock that another transaction may hold, and that a batch may have to wait for. */
export type Obstacle =
  | { readonly _tag: "Sku"; readonly skuId: SkuId }
  | { readonly _tag: "Order"; readonly orderId: OrderId }
  | { readonly _tag: "Locations" }

/** The part of a scope that other transactions hold locked. */
export interface LockedStock {
  /** SKUs of which a level is locked. */
  readonly skuIds: ReadonlySet<SkuId>
  /** The codes of the scope whose SKU is locked, and that SKU. */
  readonly skuCodes: ReadonlyMap<string, SkuId>
  /** The reservations and bundles of the scope of which a SKU is locked, and that SKU. */
  readonly reservations: ReadonlyMap<ReservationId | BundleId, SkuId>
  /** Orders of the scope that are locked, or whose holds have a locked SKU; and the obstacle. */
  readonly orders: ReadonlyMap<OrderId, Obstacle>
  /** Whether the locations are locked, for a scope that changes them. */
  readonly locations: boolean
  /** Whether a batch of this or another engine holds it, so that it will soon be free. */
  readonly isBrief: (obstacle: Obstacle) => boolean
}

/** How a batch treats locks of other transactions. */
export type StockLocking = BatchStore.Locking<StockScope, LockedStock, Obstacle>

/** What a batch decided: the changes to write, and the answer to its callers. */
export type StockDecision<A> = BatchStore.BatchDecision<StockChanges, A>

/** The store of stock. */
export class StockStore extends Context.Service<
  StockStore,
  BatchStore.BatchStore<StockScope, LoadedStock, StockChanges, LockedStock, Obstacle> & {
    /** What is kept about the customers of orders. */
    readonly customers: CustomerStore
    /** What is kept of figures about stock. */
    readonly figures: StockFigures
  }
>()("@holdfast/core/inventory/StockStore") {}
