import type { OrderId } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { ownersOf } from "../scope.ts"

/**
 * Reads whose the named orders ($1) are.
 * Index: reservations_owner, reservations_lines, reservations_history, orders_pkey. Lock: none.
 */
export const readOwners = (schema: string) => {
  const sql = ownersOf(schema, "select distinct unnest($1::text[]) as order_id")
  return (orderIds: ReadonlyArray<OrderId>): Query => query(sql, texts(orderIds))
}
