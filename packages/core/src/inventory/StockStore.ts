/**
 * PORT. Where stock is kept. `transact` is what makes a decision safe: it locks every level of the
 * SKUs in scope, loads, lets the decision be taken once, writes what it came to and commits, or
 * leaves nothing. A decision can only say events; rows follow from them, so no total changes
 * without a movement and an event.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreError } from "../kernel/StoreError.ts"
import type { LoadedStock } from "./StockBook.ts"
import type { StockChanges } from "./StockChanges.ts"

/**
 * What a batch of commands touches. Reservations and orders are resolved to their SKUs by the
 * store. `batchId` is chosen before the first try and stays the same at every retry.
 */
export interface StockScope {
  readonly batchId: string
  readonly skuIds: ReadonlyArray<string>
  readonly reservationIds: ReadonlyArray<string>
  /**
   * Orders whose holds are decided on as a whole: locked, and their lines loaded, which are the
   * holds that are open or lost, at most `wholeOrderMax` + 1 of each order; and of those that are
   * neither only the newest of each status.
   */
  readonly orderIds: ReadonlyArray<string>
  /** Orders whose lines are counted, up to `linesMax`, because more are about to be added. */
  readonly countedOrderIds: ReadonlyArray<string>
  readonly locationIds: ReadonlyArray<string>
  /** Whether locations are made or changed: they are locked first, one batch at a time. */
  readonly changesLocations: boolean
  /** SKU codes whose owner, the one SKU in use that has it, a decision asks for. */
  readonly codes: ReadonlyArray<string>
  /** SKUs of whose own code, as it is written, a decision asks the owner. */
  readonly codesOf: ReadonlyArray<string>
  /** SKUs whose open holds a correction may have to take back: the 1,000 newest of each level. */
  readonly openHoldsOf: ReadonlyArray<string>
  readonly keys: ReadonlyArray<{ readonly caller: string; readonly key: string }>
}

/** What another transaction may hold locked, and a batch may have to wait for. */
export type Obstacle =
  | { readonly _tag: "Sku"; readonly skuId: string }
  | { readonly _tag: "Order"; readonly orderId: string }
  | { readonly _tag: "Locations" }

/** What of a scope other transactions hold locked. */
export interface LockedStock {
  /** SKUs of which a level is locked. */
  readonly skuIds: ReadonlySet<string>
  /** Reservations of the scope whose SKU is locked, and that SKU. */
  readonly reservations: ReadonlyMap<string, string>
  /** Orders of the scope that are locked, or of whose holds a SKU is, and what is in the way. */
  readonly orders: ReadonlyMap<string, Obstacle>
  /** Whether the locations are, for a scope that changes them. */
  readonly locations: boolean
  /** Whether a batch of an engine holds it, this one's or another's, so that it is free shortly. */
  readonly isBrief: (obstacle: Obstacle) => boolean
}

/** How a batch behaves towards what others hold locked. */
export interface Locking {
  /**
   * What to wait for, as long as the store's time-outs allow, before anything else is locked; null
   * to wait for nothing at all.
   */
  readonly waitFor?: Obstacle | null | undefined
  /**
   * Until when to begin a wait for it, in epoch milliseconds, unless the store gives up before: the
   * last wait may end later, by one lock time-out.
   */
  readonly untilMillis?: number | undefined
  /**
   * What is left of the batch without the commands that touch what is locked; those leave it. The
   * store may call it before a decision, never after a COMMIT that went unanswered.
   */
  readonly shed: (locked: LockedStock) => Remainder
}

/** What is left of a batch of which others hold something. */
export interface Remainder {
  readonly scope: StockScope
  /** Whether all who left come again at once: batches of engines are in each other's way. */
  readonly metEngines: boolean
}

/**
 * Why a batch was not committed: a conflict that kept coming back the same, for which one of its
 * commands may be to blame. Apart, the others may pass. Nothing was written.
 */
export class Contended {
  readonly _tag = "Contended"
  /** What callers are told when there is nobody else to blame. */
  readonly error: StoreError
  constructor(error: StoreError) {
    this.error = error
  }
}

/** What a batch came to: the changes to write, and what its callers are told. */
export interface StockDecision<A> {
  readonly changes: StockChanges
  readonly answer: A
}

/** The store of stock. */
export class StockStore extends Context.Service<
  StockStore,
  {
    /** How many transactions may run side by side; at least 1. */
    readonly lanes: number
    /** How many may wait beside them for what others hold locked: 1 unless given. */
    readonly waiters?: number | undefined
    /**
     * Runs one decision in one transaction. Conflicts are retried with the same batch id, so
     * `decide` may run more than once, but only one of its results takes effect.
     * `OutcomeUnknown` means that the answer to COMMIT stayed unknown.
     *
     * Without `locking`, what others hold locked is waited for. With it, a store that can tell what
     * is locked waits shortly, then sheds the commands in the way and commits the rest; a store
     * that runs one transaction at a time may leave it unread. Once a COMMIT went unanswered the
     * batch is frozen: the same scope under the same id, all locks waited for, nothing shed, and
     * never `Contended`, until it is found or decided again.
     */
    readonly transact: <A>(
      scope: StockScope,
      decide: (loaded: LoadedStock) => StockDecision<A>,
      locking?: Locking
    ) => Effect.Effect<A, StoreError | Contended>
    /** Loads a scope without locks, as of now. For answers that change nothing. */
    readonly load: (scope: StockScope) => Effect.Effect<LoadedStock, StoreError>
  }
>()("@holdfast/core/inventory/StockStore") {}
