import { type Query, query } from "../../connection/Query.ts"

/**
 * The migrations that a schema has, and from which one on a server can work beside each; null where
 * an earlier release applied it. Index: migrations_pkey. Lock: none.
 */
export const diagnoseMigrations = (schema: string): Query =>
  query(`select m.id::float8, m.name::text, m.checksum::text,
  (to_jsonb(m) ->> 'works_from')::float8 as works_from
from ${schema}.migrations m order by m.id`)
