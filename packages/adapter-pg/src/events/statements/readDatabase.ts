import { type Query, query } from "../../connection/Query.ts"

/**
 * Reads when a schema was made, the number of its database, and whether its cluster may be asked for.
 * Index: migrations_pkey, pg_database_datname_index. Lock: none.
 */
export const readDatabase = (schema: string): Query =>
  query(`
select (select extract(epoch from m.applied_at)::text from ${schema}.migrations m order by m.id limit 1)
    as made_at,
  (select d.oid::text from pg_database d where d.datname = current_database()) as number,
  has_function_privilege('pg_control_system()', 'execute') as may_read_cluster`)

/** Reads which cluster this is. Index: none, no table is read. Lock: none. */
export const readCluster: Query = query(
  "select system_identifier::text as cluster from pg_control_system()"
)
