import type { OrderId } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { placedOrderColumns } from "../scope.ts"

/**
 * Loads those of the named orders ($1) that were placed.
 * Index: orders_pkey. Lock: none; the orders are locked already.
 */
export const loadPlacedOrders = (schema: string) => {
  const sql = `
select ${placedOrderColumns}
from ${schema}.orders o
where o.order_id = any($1::text[])`
  return (orderIds: ReadonlyArray<OrderId>): Query => query(sql, texts(orderIds))
}
