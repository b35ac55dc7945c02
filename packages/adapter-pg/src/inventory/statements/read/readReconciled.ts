import type { LocationId, SkuId } from "@holdfast/core/inventory"
import { int8, type Query, query, text } from "../../../connection/Query.ts"

/**
 * Reads a page of levels in key order, from after a key, each beside the sum of its movements and
 * the units of its open holds, all in one statement and so of one instant.
 * Index: inventory_pkey, stock_movements_level, reservations_open. Lock: none.
 */
export const readReconciled = (schema: string) => {
  const sql = `
with page as materialized (
  select i.sku_id, i.location_id, i.total_quantity, i.reserved_quantity
  from ${schema}.inventory i
  where (i.sku_id, i.location_id) > ($1, $2)
  order by i.sku_id, i.location_id limit $3)
select page.sku_id::text, page.location_id::text, page.total_quantity::float8,
  page.reserved_quantity::float8,
  coalesce((select sum(m.quantity) from ${schema}.stock_movements m
    where m.sku_id = page.sku_id and m.location_id = page.location_id), 0)::float8
    as ledger_quantity,
  coalesce((select sum(r.quantity - r.fulfilled_quantity) from ${schema}.reservations r
    where r.sku_id = page.sku_id and r.location_id = page.location_id
      and r.status in ('PENDING', 'CONFIRMED')), 0)::float8 as held_quantity
from page
order by page.sku_id, page.location_id`
  return (
    after: { readonly skuId: SkuId; readonly locationId: LocationId } | null,
    limit: number
  ): Query => query(sql, text(after?.skuId ?? ""), text(after?.locationId ?? ""), int8(limit))
}
