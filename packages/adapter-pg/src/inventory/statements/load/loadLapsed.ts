import type { StockScope } from "@holdfast/core/inventory"
import { instant, int8, type Query } from "../../../connection/Query.ts"
import { overScope, reservationColumns } from "../scope.ts"

/**
 * Loads holds of the SKUs in scope that have lapsed by the clock, or by the given instant, oldest
 * first, at most `limit`.
 * Index: reservations_open. Lock: none; the levels of these SKUs are locked already.
 * The clock is asked in a subquery of its own, here and wherever rows are found by it: a volatile
 * function is no index condition, and all 10,000 open holds of a hot SKU were read (2.4 ms).
 */
export const loadLapsed = (schema: string) => {
  const statement = overScope(
    schema,
    (skuIds, next) => `
select ${reservationColumns}
from ${schema}.reservations r
where r.sku_id = any(${skuIds}) and r.status in ('PENDING', 'CONFIRMED')
  and r.expires_at <= (select coalesce(${next(0)}::timestamptz, clock_timestamp()))
order by r.expires_at, r.id
limit ${next(1)}`
  )
  return (scope: StockScope, nowMillis: number | null, limit: number): Query =>
    statement(scope, instant(nowMillis), int8(limit))
}
