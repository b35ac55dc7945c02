import type { OrderId } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { millis } from "../../../connection/sqlText.ts"

/**
 * Loads those of the named orders ($1) that were placed.
 * Index: orders_pkey. Lock: none; the orders are locked already.
 */
export const loadPlacedOrders = (schema: string) => {
  const sql = `
select o.order_id::text, o.version::float8, o.status::text, o.owner_id::text, o.short::text,
  ${millis("o.placed_at")} as placed_at, ${millis("o.changed_at")} as changed_at
from ${schema}.orders o
where o.order_id = any($1::text[])`
  return (orderIds: ReadonlyArray<OrderId>): Query => query(sql, texts(orderIds))
}
