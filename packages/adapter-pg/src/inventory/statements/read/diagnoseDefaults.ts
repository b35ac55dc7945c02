import { int8, type Query, query } from "../../../connection/Query.ts"

/**
 * Movements in the DEFAULT partition, counted up to $1. Index: none, a bounded scan. Lock: none.
 */
export const diagnoseDefaults = (schema: string, limit: number): Query =>
  query(
    `
select (select count(*) from (select 1 from ${schema}.stock_movements_default limit $1) m)::float8
    as stock_movements`,
    int8(limit)
  )
