import type { SkuId } from "@holdfast/core/inventory"
import { instant, type Query, query, texts } from "../../../connection/Query.ts"
import { levelColumns, locationColumns, skuColumns } from "../scope.ts"

/**
 * Reads the levels of many SKUs in one statement, with the units of holds that have lapsed, and in how
 * many milliseconds the next one lapses. Both are seen from one instant, so that no hold falls between.
 * Index: inventory_pkey, skus_pkey, locations_pkey, reservations_open. Lock: none.
 */
export const readStock = (schema: string) => {
  const sql = `
with read_at as materialized (select coalesce($2::timestamptz, clock_timestamp()) as now)
select ${skuColumns}, ${levelColumns}, ${locationColumns}, coalesce((
    select sum(r.quantity - r.fulfilled_quantity) from ${schema}.reservations r
    where r.sku_id = i.sku_id and r.location_id = i.location_id
      and r.status in ('PENDING', 'CONFIRMED')
      and r.expires_at <= (select now from read_at)
  ), 0)::float8 as lapsed_quantity, (
    select extract(epoch from r.expires_at - (select now from read_at)) * 1000
    from ${schema}.reservations r
    where r.sku_id = i.sku_id and r.status in ('PENDING', 'CONFIRMED')
      and r.expires_at > (select now from read_at)
    order by r.expires_at limit 1
  )::float8 as lapses_in
from ${schema}.inventory i
join ${schema}.skus s on s.id = i.sku_id
join ${schema}.locations l on l.id = i.location_id
where i.sku_id = any($1::text[])
order by i.sku_id, l.priority, l.id`
  return (skuIds: ReadonlyArray<SkuId>, nowMillis: number | null): Query =>
    query(sql, texts(skuIds), instant(nowMillis))
}
