import { instant, int8, type Query, query, text } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"
import { drawnOf, standingOf } from "./scope.ts"

/**
 * Reads the last position that has an event, or up to which events were dropped.
 * Index: events_pkey, event_log_pkey. Lock: none.
 */
export const readHead = (schema: string) => {
  const sql = `
select greatest((select e.position from ${schema}.events e order by e.position desc limit 1),
  (select l.horizon from ${schema}.event_log l where l.is_only_row))::float8 as head`
  return (): Query => query(sql)
}

/**
 * Reads up to which position events were dropped, and how often the log was adopted.
 * Index: event_log_pkey. Lock: none.
 */
export const readHorizon = (schema: string) => {
  const sql = `
select l.horizon::float8 as horizon, l.incarnation::float8 as incarnation
from ${schema}.event_log l where l.is_only_row`
  return (): Query => query(sql)
}

/**
 * Reads a cursor ($1) beside its log, before it is taken: whether it is free at $2, and which event
 * the log has at its position.
 * Index: event_cursors_pkey, events_pkey, event_log_pkey. Lock: none.
 */
export const readCursor = (schema: string) => {
  const sql = `
select c.kind::text as kind, c.position::float8 as position, c.event_id::text as event_id,
  c.reached_before::float8 as reached_before,
  (select e.event_id::text from ${schema}.events e where e.position = c.position) as found_id,
  coalesce(c.lease_until > coalesce($2, clock_timestamp()), false) as is_held,
  ${drawnOf(schema)}::float8 as head,
  (select l.horizon from ${schema}.event_log l where l.is_only_row)::float8 as horizon
from (select $1::text as name) as asked
left join ${schema}.event_cursors c on c.name = asked.name`
  return (name: string, nowMillis: number | null): Query =>
    query(sql, text(name), instant(nowMillis))
}

/**
 * Reads all cursors, by name, with the owner of a lease that still runs at $1, and whether the log
 * has what comes after them.
 * Index: event_cursors_pkey, events_pkey, event_log_pkey. Lock: none.
 */
export const readCursors = (schema: string) => {
  const sql = `
select c.name::text as name, c.kind::text as kind, c.position::float8 as position,
  c.epoch::float8 as epoch,
  case when c.lease_until > coalesce($1, clock_timestamp()) then c.owner::text end as owner,
  ${standingOf(schema)} as standing,
  ${millis("c.updated_at")} as updated_at
from ${schema}.event_cursors c cross join ${schema}.event_log l order by c.name`
  return (nowMillis: number | null): Query => query(sql, instant(nowMillis))
}

/**
 * Reads the first position of the dead letters of each cursor whose events are still there.
 * Index: event_cursors_pkey, dead_letters_pkey, event_log_pkey. Lock: none.
 */
export const readFirstLetters = (schema: string) => {
  const sql = `
select c.name::text as name, d.position::float8 as position
from ${schema}.event_cursors c
cross join lateral (select min(d.position) as position from ${schema}.dead_letters d
  where d.cursor = c.name
    and d.position > (select l.horizon from ${schema}.event_log l where l.is_only_row)) as d
where d.position is not null
order by c.name`
  return (): Query => query(sql)
}

/**
 * Reads the dead letters of a cursor ($3) after an id.
 * Index: dead_letters_pkey. Lock: none.
 */
export const readDeadLetters = (schema: string) => {
  const sql = `
select d.id::float8 as id, d.position::float8 as position, d.event_id::text as event_id, d.cause,
  ${millis("d.created_at")} as created_at
from ${schema}.dead_letters d
where d.cursor = $3 and d.id > $1
order by d.cursor, d.id limit $2`
  return (after: number, limit: number, cursor: string): Query =>
    query(sql, int8(after), int8(limit), text(cursor))
}
