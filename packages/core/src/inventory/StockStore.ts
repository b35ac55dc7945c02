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
    /**
     * Runs one decision in one transaction. Conflicts are retried with the same batch id, so
     * `decide` may run more than once, but only one of its results takes effect.
     * `OutcomeUnknown` means that the answer to COMMIT stayed unknown.
     */
    readonly transact: <A>(
      scope: StockScope,
      decide: (loaded: LoadedStock) => StockDecision<A>
    ) => Effect.Effect<A, StoreError>
    /** Loads a scope without locks, as of now. For answers that change nothing. */
    readonly load: (scope: StockScope) => Effect.Effect<LoadedStock, StoreError>
  }
>()("@holdfast/core/inventory/StockStore") {}
