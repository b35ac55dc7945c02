import type { SkuId } from "@holdfast/core/inventory"
import { int8, type Query, query, texts } from "../../../connection/Query.ts"
import { reservationColumns } from "../scope.ts"

/**
 * Loads the newest open holds of each level of the named SKUs ($1), at most $2 of each level, for a
 * correction that may have to take some back.
 * Index: reservations_open. Lock: none; the levels of these SKUs are locked already.
 */
export const loadOpenHolds = (schema: string) => {
  const sql = `
select ${reservationColumns}
from (
  select *, row_number() over (partition by sku_id, location_id
    order by created_at desc, id desc) as place
  from ${schema}.reservations
  where sku_id = any($1::text[]) and status in ('PENDING', 'CONFIRMED')
) as r
where r.place <= $2`
  return (skuIds: ReadonlyArray<SkuId>, limit: number): Query =>
    query(sql, texts(skuIds), int8(limit))
}
