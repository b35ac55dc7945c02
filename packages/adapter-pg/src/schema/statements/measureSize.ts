import { type Query, query, text } from "../../connection/Query.ts"

/** What the tables of a schema take on disk, with their indexes. Index: none, catalogs. Lock: none. */
export const measureSize = (schema: string): Query =>
  query(
    `
select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'm')`,
    text(schema)
  )
