import { instant, int8, type Query, query } from "../../../connection/Query.ts"

/**
 * Reads bundles of which a correction took a part, while another part is still open. With $2, only
 * parts are looked at that were taken in so many milliseconds.
 * Index: reservations_taken_parts, reservations_option. Lock: none.
 */
export const readBrokenBundles = (schema: string) => {
  const sqlOf = (isRecent: string) => `
select distinct r.order_id::text as order_id, r.bundle_id::text as bundle_id
from (
  select t.order_id, t.bundle_id, t.option_id from ${schema}.reservations t
  where t.bundle_id is not null and t.release_reason = 'SHORTFALL'${isRecent}
  offset 0) as r
where exists (
  select 1 from unnest('{PENDING,CONFIRMED}'::text[]) as s(status)
  cross join lateral (
    select 1 from ${schema}.reservations o
    where o.option_id = r.option_id and o.status = s.status and o.bundle_id = r.bundle_id
    limit 1) as one)
limit $1`
  const [whole, recent] = [
    sqlOf(""),
    sqlOf(` and t.resolved_at >
    (select coalesce($3::timestamptz, clock_timestamp()) - $2::int8 * interval '1 millisecond')`)
  ]
  return (limit: number, withinMillis: number | null, nowMillis: number | null): Query =>
    withinMillis === null
      ? query(whole, int8(limit))
      : query(recent, int8(limit), int8(withinMillis), instant(nowMillis))
}
