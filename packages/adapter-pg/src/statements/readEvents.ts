import { int8, type Query, query } from "../Query.ts"
import { millis } from "./scope.ts"

/**
 * Reads events after a position, in order.
 * Index: events_pkey. Lock: none.
 */
export const readEvents = (schema: string) => {
  const sql = `
select e.position::float8, e.event_id::text, e.event_type::text, e.aggregate_id::text,
  e.version::float8, ${millis('e."timestamp"')} as instant, e.command_id::text,
  e.correlation_id::text, e.traceparent::text, e.payload::text as payload
from ${schema}.events e
where e.position > $1
order by e.position
limit $2`
  return (after: number, limit: number): Query => query(sql, int8(after), int8(limit))
}

/**
 * Reads which transactions have drawn a position and not ended: drawing locks the sequence to the
 * end of a transaction, and the lock goes after its rows have become visible. A replica knows
 * nothing of that, and says that it is one.
 * Index: none, the table of locks in memory (0.1 ms). Lock: none.
 */
export const readDrawers = (schema: string) => {
  const sql = `
select coalesce(string_agg(l.virtualtransaction::text, ','), '') as drawers,
  pg_is_in_recovery() as is_replica
from pg_locks l
where l.locktype = 'relation' and l.mode = 'RowExclusiveLock'
  and l.relation = '${schema}.event_positions'::regclass
  and l.database = (select d.oid from pg_database d where d.datname = current_database())`
  return (): Query => query(sql)
}
