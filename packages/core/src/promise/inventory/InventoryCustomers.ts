/**
 * What is kept about the customer of an order: read and erased apart from everything else, each with a record
 * in the audit log. No type of Effect is reachable from here.
 */
import type { ReadOptions, RequestOptions } from "../engine/RequestOptions.ts"

/** Any object with fields of JSON, at most 4,096 bytes as JSON. */
export interface CustomerData {
  readonly [field: string]: unknown
}

/** What is kept about the customer of an order, and since when. */
export interface OrderCustomer {
  readonly orderId: string
  readonly customer: CustomerData
  readonly changedAt: Date
}

/** Erase what is kept about the customer of an order. */
export interface EraseCustomerInput {
  readonly orderId: string
}

/** That nothing is kept any more. */
export interface CustomerErased {
  readonly orderId: string
  /** False when there was nothing to erase. */
  readonly isErased: boolean
}

/** The data of customers. Under a principal it needs the role ADMIN, or a scope. */
export interface InventoryCustomers {
  /**
   * What is kept about the customer of an order, or undefined when nothing is. Refusals: `KeyRingMissing`,
   * `CustomerUnreadable` (its key is not in the ring, or it was changed).
   */
  readonly customer: (orderId: string, options?: ReadOptions) => Promise<OrderCustomer | undefined>
  /**
   * Erases what is kept about the customer of an order; holds, events and the ledger stay. A repeat is
   * answered too. It needs no key ring.
   */
  readonly eraseCustomer: (
    input: EraseCustomerInput,
    options?: Omit<RequestOptions, "idempotencyKey" | "caller">
  ) => Promise<CustomerErased>
}
