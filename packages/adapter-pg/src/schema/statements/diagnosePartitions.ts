import { type Query, query, text } from "../../connection/Query.ts"

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
