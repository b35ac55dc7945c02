import type { OrderId } from "@holdfast/core/inventory"
import { int8, type Query, query, texts } from "../../../connection/Query.ts"
import { isLine, wholeOrder, withReplacements } from "../scope.ts"

/**
 * Loads the lines of each named order ($1), at most $2 of each, and its newest hold of each ending
 * status. These show whether an order is known or has left, so its history, however long, is not
 * read. Each hold comes with the one that took its place. A hold may come twice.
 * Index: reservations_lines, reservations_history, reservations_replaces.
 * Lock: none; the orders are locked already.
 */
export const loadOrders = (schema: string) => {
  const sql = withReplacements(
    schema,
    `select held.* from unnest($1::text[]) as named(order_id)
  cross join lateral (${wholeOrder(schema, "named.order_id", "$2")}
  ) as held`
  )
  return (orderIds: ReadonlyArray<OrderId>, limit: number): Query =>
    query(sql, texts(orderIds), int8(limit))
}

/**
 * Counts the lines of named orders ($1), up to $2 of each.
 * Index: reservations_lines. Lock: none, so two who add at one instant do not see each other.
 */
export const countLines = (schema: string) => {
  const sql = `
select named.order_id, (select count(*) from (
  select 1 from ${schema}.reservations r
  where r.order_id = named.order_id and ${isLine("r")} limit $2) as lines)::float8 as lines
from unnest($1::text[]) as named(order_id)`
  return (orderIds: ReadonlyArray<OrderId>, limit: number): Query =>
    query(sql, texts(orderIds), int8(limit))
}
