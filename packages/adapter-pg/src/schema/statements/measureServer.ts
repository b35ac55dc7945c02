import { type Query, query } from "../../connection/Query.ts"

/**
 * How much was written ahead since the server was made, and how many sessions are in each state.
 * Index: none, views of activity. Lock: none.
 */
export const measureServer: Query = query(`
select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
    - '0/0')::float8 as wal_bytes,
  coalesce((select array_agg(s.state order by s.state) from (
    select coalesce(a.state, 'hidden') as state from pg_stat_activity a
    where a.backend_type = 'client backend') as s), '{}')::text[] as states`)
