import { query } from "../../connection/Query.ts"

/**
 * Reads which server this is, and where its log ends: on a primary what is safe on its disk, on a
 * replica what it has replayed. Any role may read it. Index: none, no table is read. Lock: none.
 */
export const readServerStanding = query(`
select pg_is_in_recovery() as is_replica,
  (select system_identifier::text from pg_control_system()) as cluster,
  current_setting('port') || '/' || extract(epoch from pg_postmaster_start_time())::text
    as instance,
  (coalesce(
    case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end,
    '0/0') - '0/0'::pg_lsn)::float8 as lsn`)
