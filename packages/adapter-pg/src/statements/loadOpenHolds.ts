import { int8, type Query, query, texts } from "../Query.ts"
import { reservationColumns } from "./scope.ts"

/**
 * Loads the newest open holds of each named SKU ($1), at most $2 of each, for a correction that
 * may have to take some back.
 * Index: reservations_open. Lock: none; the levels of these SKUs are locked already.
 */
export const loadOpenHolds = (schema: string) => {
  const sql = `
select ${reservationColumns}
from unnest($1::text[]) as named(sku_id)
cross join lateral (
  select * from ${schema}.reservations r
  where r.sku_id = named.sku_id and r.status in ('PENDING', 'CONFIRMED')
  order by r.created_at desc, r.id desc
  limit $2
) as r`
  return (skuIds: ReadonlyArray<string>, limit: number): Query =>
    query(sql, texts(skuIds), int8(limit))
}
