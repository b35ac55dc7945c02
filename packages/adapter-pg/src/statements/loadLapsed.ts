import type { StockScope } from "@holdfast/core/effect"
import { instant, int8, type Query, query, texts } from "../Query.ts"
import { reservationColumns, scopeSkus } from "./scope.ts"

/**
 * Loads holds of the SKUs in scope that have lapsed by the clock, or by the given instant ($4),
 * oldest first, one more than a transaction expires ($5), so that a further one shows.
 * Index: reservations_open. Lock: none; the levels of these SKUs are locked already.
 */
export const loadLapsed = (schema: string) => {
  const sql = `
select ${reservationColumns}
from (${scopeSkus(schema)}) as scope
cross join lateral (
  select * from ${schema}.reservations r
  where r.sku_id = scope.sku_id and r.status in ('PENDING', 'CONFIRMED')
    and r.expires_at <= coalesce($4::timestamptz, clock_timestamp())
) as r
order by r.expires_at, r.id
limit $5`
  return (scope: StockScope, nowMillis: number | null, limit: number): Query =>
    query(
      sql,
      texts(scope.skuIds),
      texts(scope.reservationIds),
      texts(scope.orderIds),
      instant(nowMillis),
      int8(limit)
    )
}
