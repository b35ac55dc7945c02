/**
 * Everything that may go wrong, by name, and what each says in data: the refusals of the engine,
 * what its store could not do, and what went wrong around it. A test of types holds the refusals
 * to those of the engine.
 */
import type { ShortLine } from "./InventoryAnswers.ts"

/** A bad field of a request: its path from the root of the input, and what is wrong with it. */
export interface FieldIssue {
  readonly path: string
  readonly message: string
}

/** A hold that a lower total would break. */
export interface HoldInTheWay {
  readonly reservationId: string
  readonly orderId: string
  readonly status: string
  readonly quantity: number
}

/** Calls of one method that were not answered. */
export interface UnansweredCalls {
  readonly method: string
  readonly count: number
}

/** What a failure of the infrastructure says. */
export interface StoreFailure {
  readonly reason: string
}

/**
 * The details of each code. First the refusals, in the order of precedence: nothing was written.
 * Then what the store could not do, and what went wrong around it.
 */
export interface HoldfastErrorDetails {
  /** The input breaks a bound or lacks a field; every bad field is named. */
  readonly InvalidInput: { readonly issues: ReadonlyArray<FieldIssue> }
  /** The idempotency key was used before, with another request. */
  readonly IdempotencyMismatch: { readonly key: string }
  /** No such SKU; all that are unknown are named. */
  readonly SkuNotFound: { readonly skuIds: ReadonlyArray<string> }
  /** No such location; all that are unknown are named. */
  readonly LocationNotFound: { readonly locationIds: ReadonlyArray<string> }
  /** No such reservation. */
  readonly ReservationNotFound: { readonly reservationId: string }
  /** The order has no reservations. */
  readonly OrderNotFound: { readonly orderId: string }
  /** Another SKU, location or reservation has this id already. */
  readonly IdTaken: { readonly kind: "sku" | "location" | "reservation"; readonly id: string }
  /** Another SKU has this code already. */
  readonly SkuCodeTaken: { readonly code: string }
  /** The SKU is archived; all that are, are named. */
  readonly SkuArchived: { readonly skuIds: ReadonlyArray<string> }
  /** The SKU still has stock or open holds, so it cannot be archived. */
  readonly SkuNotEmpty: {
    readonly skuId: string
    readonly totalQuantity: number
    readonly reservedQuantity: number
  }
  /** The location is not active, or not sellable where a promise was asked. */
  readonly LocationUnavailable: {
    readonly locationId: string
    readonly reason: "INACTIVE" | "NOT_SELLABLE"
  }
  /** One location must be the default, active and sellable. */
  readonly DefaultLocationRequired: { readonly locationId: string }
  /** The state is no longer the one that the request expects. */
  readonly StaleExpectation: {
    readonly field: string
    readonly expected: number
    readonly actual: number
  }
  /** The order has, or would have, more lines that are open or lost than an order may have. */
  readonly OrderTooLarge: {
    readonly orderId: string
    /** A lower bound of the number of lines. */
    readonly lines: number
    readonly orderLinesMax: number
  }
  /** A hold of the order is confirmed, so its lines can no longer be replaced. */
  readonly OrderAlreadyConfirmed: { readonly orderId: string }
  /** Not every open hold of the order is confirmed, so it cannot be fulfilled. */
  readonly OrderNotConfirmed: { readonly orderId: string }
  /** The hold lapsed before it was confirmed, or a correction took it; every such hold is named. */
  readonly ReservationExpired: { readonly reservationIds: ReadonlyArray<string> }
  /** The hold's status does not allow this. Releasing a confirmed hold needs `confirmed: true`. */
  readonly ReservationConflict: {
    readonly reservationId: string
    readonly status: string
    readonly action: string
  }
  /** The quantity is more than the hold keeps, or less than what has left for it. */
  readonly QuantityOutOfHold: {
    readonly reservationId: string
    readonly requested: number
    readonly quantity: number
    readonly fulfilledQuantity: number
  }
  /** Not enough stock; every short line is named. */
  readonly InsufficientStock: { readonly lines: ReadonlyArray<ShortLine> }
  /**
   * Fewer units could leave than should. `removable` units could: for a shipment or a transfer
   * those that are promised to nobody, for a hold or a correction all that are on hand.
   */
  readonly InsufficientOnHand: {
    readonly skuId: string
    readonly locationId: string
    readonly requested: number
    readonly removable: number
  }
  /** A lower total would break promises; the holds that stand in the way, newest first. */
  readonly PromisesInTheWay: {
    readonly skuId: string
    readonly locationId: string
    readonly shortfallQuantity: number
    readonly holds: ReadonlyArray<HoldInTheWay>
    readonly unlistedQuantity: number
  }
  /** The balance would pass 2^53 − 1. */
  readonly BalanceOutOfRange: { readonly skuId: string; readonly locationId: string }
  /** The ledger no longer reaches back to that instant. */
  readonly BeforeLedger: { readonly skuId: string; readonly at: Date; readonly horizon: Date }

  /** The store cannot be reached. Nothing was written. */
  readonly Unavailable: StoreFailure
  /** A lock or a conflict outlived its retries. Nothing was written. */
  readonly Busy: StoreFailure
  /** It took too long. Nothing was written. */
  readonly TimedOut: StoreFailure
  /** Too many requests are waiting. Nothing was written. */
  readonly Overloaded: StoreFailure
  /** The answer to COMMIT was lost: it may have been written. Ask again with the same key. */
  readonly OutcomeUnknown: StoreFailure
  /**
   * The first request with this key took effect, but this release cannot read its kept answer. Read
   * what the request changed; a repeat with the same key gets the same refusal.
   */
  readonly AnswerUnreadable: StoreFailure
  /** The inventory is closed, or closing. Nothing was written. */
  readonly Closed: StoreFailure
  /** The database refused what Holdfast sent, which is a bug of Holdfast. */
  readonly Rejected: StoreFailure
  /**
   * The host's own transaction has not begun, has had its one engine call, is of another isolation
   * or read only; or the host's query failed without an answer of the server. Nothing was written.
   */
  readonly TransactionUnusable: StoreFailure

  /** The inventory could not be opened; `reason` is the adapter's own word, as `FolderInUse`. */
  readonly StartFailed: { readonly reason: string; readonly explanation: string }
  /**
   * Closing took longer than its time-out. The calls that were left have been rejected. Without any,
   * the engine's own work was left, such as a sweep. Whether it took effect is not known.
   */
  readonly CloseTimedOut: {
    readonly timeout: number
    readonly calls: ReadonlyArray<UnansweredCalls>
  }
  /**
   * The call was ended from inside the engine, or by a close that waited no longer; whether it took
   * effect is not known.
   */
  readonly Interrupted: StoreFailure
  /** Something threw that never should: a bug, and `cause` is what was thrown. */
  readonly Defect: StoreFailure
}

/** What may go wrong, by name. */
export type HoldfastErrorCode = keyof HoldfastErrorDetails
