import type { StockScope } from "@holdfast/core/effect"
import { type Query, query, texts } from "../Query.ts"
import { holdsOfOrders } from "./scope.ts"

/**
 * Loads the SKU of each named reservation ($1), and the SKUs on which holds of named orders ($2) are:
 * what a batch touches beside the SKUs that it names.
 * Index: reservations_pkey, reservations_order. Lock: none; a reservation never changes its SKU.
 */
export const loadSkusOfHolds = (schema: string) => {
  const sql = `
select id::text as reservation_id, null as order_id, sku_id::text
from ${schema}.reservations where id = any($1::text[]::uuid[])
union
select null, order_id::text, sku_id::text from ${holdsOfOrders(schema, "$2")}`
  return (scope: StockScope): Query =>
    query(sql, texts(scope.reservationIds), texts(scope.orderIds))
}
