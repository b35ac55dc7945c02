import { int8, type Query, query } from "../../connection/Query.ts"

/** Events in the DEFAULT partition, counted up to $1. Index: none, a bounded scan. Lock: none. */
export const diagnoseDefaultEvents = (schema: string, limit: number): Query =>
  query(
    `
select (select count(*) from (select 1 from ${schema}.events_default limit $1) e)::float8 as events`,
    int8(limit)
  )
