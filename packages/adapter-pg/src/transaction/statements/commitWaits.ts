import { int8, type Query, query } from "../../connection/Query.ts"

/**
 * Counts the sessions of this user that have waited for a synchronous standby for longer than a time, in
 * milliseconds. Index: none, a view of activity. Lock: none.
 */
export const countCommitWaits = (millis: number): Query =>
  query(
    `
select count(*)::float8 as waiting from pg_stat_activity
where datname = current_database() and wait_event = 'SyncRep'
  and clock_timestamp() - state_change > $1 * interval '1 millisecond'`,
    int8(millis)
  )

/**
 * Writes a mark into the log of the server, in the transaction that is open, where COMMITs wait for
 * standbys. The answer to its COMMIT then says that the standbys have all that was committed before.
 * Index: none, no table is read. Lock: none.
 */
export const markLog = query(`
select case
  when current_setting('synchronous_standby_names') <> ''
    and current_setting('synchronous_commit') not in ('off', 'local')
  then pg_logical_emit_message(true, 'holdfast', '')::text end as mark`)
