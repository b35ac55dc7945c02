import type { OptionId } from "@holdfast/core/inventory"
import { instant, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Reads those of the options ($1) of which a hold is open by the clock. Of each option it looks for
 * one such hold. The statuses are rows: as a condition they fitted reservations_open as well, and a
 * plan made while the table was empty read every open hold there is.
 * Index: reservations_option. Lock: none.
 */
export const readHeldOptions = (schema: string) => {
  const sql = `
select n.id as option_id from unnest($1::text[]) as n(id)
where exists (
  select 1 from unnest('{PENDING,CONFIRMED}'::text[]) as s(status)
  cross join lateral (
    select 1 from ${schema}.reservations r
    where r.option_id = n.id::uuid and r.status = s.status
      and (r.expires_at is null
        or r.expires_at > (select coalesce($2::timestamptz, clock_timestamp())))
    limit 1) as one)`
  return (optionIds: ReadonlyArray<OptionId>, nowMillis: number | null): Query =>
    query(sql, texts([...new Set(optionIds)]), instant(nowMillis))
}
