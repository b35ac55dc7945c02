import { int8, type Query, query } from "../../../connection/Query.ts"

/** Rows in the DEFAULT partitions, counted up to $1 each. Index: none, a bounded scan. Lock: none. */
export const diagnoseDefaults = (schema: string, limit: number): Query =>
  query(
    `
select (select count(*) from (select 1 from ${schema}.stock_movements_default limit $1) m)::float8
    as stock_movements,
  (select count(*) from (select 1 from ${schema}.events_default limit $1) e)::float8 as events`,
    int8(limit)
  )
