/**
 * PORT. What is kept about the customers of orders, encrypted, in a table of its own. It is written with the
 * reserve that brings it (`StockChanges.customers`). Here it is read and erased, each with its
 * record of the audit log, in one transaction: what cannot be recorded does not happen.
 */
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { AuditDraft } from "../../audit/AuditRecord.ts"
import type { OrderId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"

/** The column that holds it, as the place of its values names it; the order's id is the row. */
export const customerColumn = "order_customers.ciphertext"

/** What is kept about the customer of an order, and since when. */
export interface KeptCustomer {
  readonly ciphertext: string
  readonly changedAt: DateTime.Utc
}

/** Reads and erases; a record that is null is not written. */
export interface CustomerStore {
  /** What is kept; undefined when there is nothing. */
  readonly read: (
    orderId: OrderId,
    record: AuditDraft | null
  ) => Effect.Effect<KeptCustomer | undefined, StoreError>
  /** Erases it; whether there was something. */
  readonly erase: (
    orderId: OrderId,
    record: AuditDraft | null
  ) => Effect.Effect<boolean, StoreError>
}
