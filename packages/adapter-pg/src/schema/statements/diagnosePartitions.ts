import { int8, type Query, query, text } from "../../connection/Query.ts"

/** The partitions of a schema by name, and the newest position. Index: catalogs. Lock: none. */
export const diagnosePartitions = (schema: string): Query =>
  query(
    `
select c.relname::text as name,
  (select last_value from ${schema}.event_positions)::float8 as position
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where c.relnamespace = to_regnamespace($1)`,
    text(schema)
  )

/** Rows in the DEFAULT partitions, counted up to $1 each. Index: none, a bounded scan. Lock: none. */
export const diagnoseDefaults = (schema: string, limit: number): Query =>
  query(
    `
select (select count(*) from (select 1 from ${schema}.stock_movements_default limit $1) m)::float8
    as stock_movements,
  (select count(*) from (select 1 from ${schema}.events_default limit $1) e)::float8 as events`,
    int8(limit)
  )
