/**
 * The tables that autovacuum would take by its default thresholds, the worst first. A table that only
 * grows has no dead rows and is only sampled: reading all of it would hold up everybody for seconds.
 * Index: none, a view of activity. Lock: none.
 */
export const wornTables = `select format('%I.%I', schemaname, relname),
  n_dead_tup > 1000 + 0.2 * n_live_tup as has_dead_rows
from pg_stat_user_tables
where n_dead_tup > 1000 + 0.2 * n_live_tup or n_mod_since_analyze > 1000 + 0.1 * n_live_tup
order by n_dead_tup desc`

/** The log written since the last checkpoint, in bytes. Index: none. Lock: none. */
export const logLength = `select (pg_current_wal_lsn() - redo_lsn)::int8 from pg_control_checkpoint()`
