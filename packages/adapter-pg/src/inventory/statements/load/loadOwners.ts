import type { OrderId, ReservationId } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { ownersOf } from "../scope.ts"

/**
 * Loads whose the named orders ($1) are, and the orders of named holds ($2).
 * Index: reservations_pkey, reservations_owner, reservations_lines, reservations_history, orders_pkey.
 * Lock: none; who makes holds has locked the order.
 */
export const loadOwners = (schema: string) => {
  const sql = ownersOf(
    schema,
    `select unnest($1::text[]) as order_id
  union select order_id::text from ${schema}.reservations where id = any($2::text[]::uuid[])`
  )
  return (orderIds: ReadonlyArray<OrderId>, reservationIds: ReadonlyArray<ReservationId>): Query =>
    query(sql, texts(orderIds), texts(reservationIds))
}
