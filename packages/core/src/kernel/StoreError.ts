/**
 * The one failure of infrastructure. A refusal by the domain is never a `StoreError`; a defect in
 * our own code is not one either, except as `Rejected`, which names the command that a database
 * would not take.
 */
import * as Schema from "effect/Schema"
import { beOnlyCopy } from "./onlyCopy.ts"

beOnlyCopy()

const brand = Symbol.for("@holdfast/core/StoreError")

/**
 * Why a store could not do what it was asked:
 * `Unavailable` it cannot be reached or used · `Busy` a lock or a serialisation conflict outlived
 * its retries · `TimedOut` a statement took too long · `Overloaded` the queue in front of it is
 * full · `OutcomeUnknown` the answer to COMMIT was lost, so ask again with the same key ·
 * `AnswerUnreadable` the first request with this key took effect, but this release cannot read its
 * kept answer · `Closed` the engine is shutting down · `Rejected` the database refused what we
 * sent, our bug · `TransactionUnusable` a host's own transaction has not begun, or has had its one
 * engine call, or is otherwise unusable.
 */
export const StoreErrorReason = Schema.Literals([
  "Unavailable",
  "Busy",
  "TimedOut",
  "Overloaded",
  "OutcomeUnknown",
  "AnswerUnreadable",
  "Closed",
  "Rejected",
  "TransactionUnusable"
])
export type StoreErrorReason = typeof StoreErrorReason.Type

const retryable: ReadonlySet<StoreErrorReason> = new Set([
  "Unavailable",
  "Busy",
  "TimedOut",
  "Overloaded"
])

/**
 * The infrastructure could not do it. `isRetryable` says whether nothing happened for certain;
 * `place` is where it was asked, such as `db-1:5432`, for hosts and logs: no door shows it.
 */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  reason: StoreErrorReason,
  message: Schema.String,
  place: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  /** True when nothing was written, so that a plain repeat is safe. */
  get isRetryable(): boolean {
    return retryable.has(this.reason)
  }
}

Object.defineProperty(StoreError.prototype, brand, { value: true })

/** Whether something that was caught is a `StoreError`, of this copy of the package or another. */
export const isStoreError = (error: unknown): error is StoreError =>
  typeof error === "object" &&
  error !== null &&
  (error as { readonly [brand]?: unknown })[brand] === true
