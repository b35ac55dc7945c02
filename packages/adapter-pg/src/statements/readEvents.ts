import { int8, type Query, query } from "../Query.ts"
import { millis } from "./scope.ts"

/**
 * Reads events after a position, in order, and in the same snapshot the oldest transaction that
 * may still be running: an event below one of these may yet appear.
 * Index: events_pkey. Lock: none.
 */
export const readEvents = (schema: string) => {
  const sql = `
select e.position::float8, e.event_id::text, e.event_type::text, e.aggregate_id::text,
  e.version::float8, ${millis('e."timestamp"')} as instant, e.command_id::text,
  e.correlation_id::text, e.traceparent::text, e.payload::text as payload,
  pg_snapshot_xmin(pg_current_snapshot())::text::float8 as oldest_running
from ${schema}.events e
where e.position > $1
order by e.position
limit $2`
  return (after: number, limit: number): Query => query(sql, int8(after), int8(limit))
}

/** Draws a transaction id of its own: whoever might fill a gap seen before has a lower one. */
export const drawTransactionId = (): Query =>
  query("select pg_current_xact_id()::text::float8 as id")
