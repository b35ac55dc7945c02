import { int8, type Query, query } from "../../connection/Query.ts"
import { drawnOf, standingOf } from "./scope.ts"

/**
 * Reads the first $1 cursors by name: how far each is behind the last event, how long the first
 * event that it has not passed has waited since the cursor moved, and its dead letters, counted up
 * to $2.
 * Index: event_cursors_pkey, events_pkey, event_log_pkey, dead_letters_pkey. Lock: none.
 */
export const diagnoseCursors = (schema: string, limit: number, lettersMax: number): Query =>
  query(
    `
with l as materialized (
  select (select e.position from ${schema}.events e order by e.position desc limit 1) as head,
    log.horizon
  from ${schema}.event_log log
)
select c.name::text as name, c.position::float8 as position,
  coalesce(c.reached_before, c.position)::float8 as reached,
  ${drawnOf(schema)}::float8 as drawn, ${standingOf(schema)} as standing,
  greatest(0, l.head - c.position)::float8 as lag,
  case when c.lease_until > clock_timestamp() then c.owner::text end as owner,
  coalesce((select extract(epoch from clock_timestamp() - greatest(e."timestamp", c.updated_at))
    from ${schema}.events e where e.position > c.position order by e.position limit 1), 0)::float8
    as waiting_seconds,
  (select count(*) from (select 1 from ${schema}.dead_letters d where d.cursor = c.name limit $2) d
    )::float8 as dead_letters
from l cross join (select * from ${schema}.event_cursors order by name limit $1) as c
order by c.name`,
    int8(limit),
    int8(lettersMax)
  )
