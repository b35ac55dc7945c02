import type { StockScope } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { isLine } from "../scope.ts"

/**
 * Loads how much of a SKU ($2) left for an order ($1), and how much came back of it. Goods leave for
 * confirmed holds, which are open then, fulfilled, or released with the rest.
 * The SKU and `CONFIRMED` are no conditions of a row: the planner would read all open holds for them.
 * Index: reservations_lines, reservations_history, stock_movements_order. Lock: none; the levels of
 * these SKUs are locked already, and goods leave and come back under their locks.
 */
export const loadReturns = (schema: string) => {
  const left = (which: string, and = "") => `(
    select coalesce(sum(r.fulfilled_quantity) filter (where r.sku_id = n.sku_id${and}), 0)::float8
    from ${schema}.reservations r where r.order_id = n.order_id and ${which})`
  const open = left(isLine("r"), " and r.status = 'CONFIRMED'")
  const sql = `
select n.order_id, n.sku_id,
  ${open} + ${left("r.status = 'FULFILLED'")} + ${left("r.status = 'RELEASED'")}
    as fulfilled_quantity, (
    select coalesce(sum(m.quantity), 0)::float8 from ${schema}.stock_movements m
    where m.order_id = n.order_id and m.order_id is not null
      and m.sku_id = n.sku_id) as returned_quantity
from unnest($1::text[], $2::text[]) as n(order_id, sku_id)`
  return (of: StockScope["returnsOf"]): Query =>
    query(sql, texts(of.map(({ orderId }) => orderId)), texts(of.map(({ skuId }) => skuId)))
}
