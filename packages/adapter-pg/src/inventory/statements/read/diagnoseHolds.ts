import { int8, type Query, query } from "../../../connection/Query.ts"

/**
 * Pending holds that lapsed more than a minute ago and are not written down, counted up to $1: no
 * sweeper is at work. Index: reservations_expiry. Lock: none.
 */
export const diagnoseHolds = (schema: string, limit: number): Query =>
  query(
    `
select count(*)::float8 as unswept from (
  select 1 from ${schema}.reservations
  where status = 'PENDING' and expires_at < (select clock_timestamp() - interval '1 minute')
  order by expires_at limit $1) r`,
    int8(limit)
  )
