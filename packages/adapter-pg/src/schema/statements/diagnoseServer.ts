import { type Query, query, text } from "../../connection/Query.ts"

/**
 * What the server is and how busy it is, and whether this user may create in the schema.
 * Index: none, catalogs and views of activity. Lock: none.
 */
export const diagnoseServer = (schema: string): Query =>
  query(
    `
select current_setting('server_version_num')::float8 as version,
  current_setting('server_version') as version_text,
  extract(epoch from clock_timestamp())::float8 * 1000 as now,
  current_setting('max_connections')::float8 as connections_max,
  current_setting('superuser_reserved_connections')::float8
    + coalesce(current_setting('reserved_connections', true), '0')::float8 as connections_reserved,
  (select count(*) from pg_stat_activity where backend_type = 'client backend')::float8
    as connections,
  (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
    from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend')
    as oldest_transaction_seconds,
  (select count(*) from pg_prepared_xacts)::float8 as prepared_transactions,
  pg_is_in_recovery() as is_replica,
  case when to_regnamespace($1) is null
    then has_database_privilege(current_database(), 'CREATE')
    else has_schema_privilege(to_regnamespace($1)::oid, 'CREATE') end as may_create,
  to_regclass($1 || '.migrations') is not null as has_schema`,
    text(schema)
  )
