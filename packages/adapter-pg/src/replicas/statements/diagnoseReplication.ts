import { query } from "../../connection/Query.ts"

/**
 * Whom COMMITs wait for, which standbys are connected by name, and how many COMMITs of this user wait now,
 * the longest in seconds. Index: none, views of activity. Lock: none.
 */
export const diagnoseReplication = query(`
select current_setting('synchronous_standby_names') as names,
  current_setting('synchronous_commit') as synchronous_commit,
  (select coalesce(string_agg(application_name, E'\\n' order by application_name), '')
    from pg_stat_replication) as connected,
  (select count(*) from pg_stat_activity
    where datname = current_database() and wait_event = 'SyncRep')::float8 as waiting,
  (select coalesce(max(extract(epoch from clock_timestamp() - state_change)), 0)
    from pg_stat_activity
    where datname = current_database() and wait_event = 'SyncRep')::float8 as waiting_seconds`)
