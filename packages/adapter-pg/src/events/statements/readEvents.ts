import { int8, type Query, query, texts } from "../../connection/Query.ts"
import { envelopeColumns, eventColumns } from "./scope.ts"

/**
 * Reads events after a position, in order.
 * Index: events_pkey. Lock: none.
 */
export const readEvents = (schema: string) => {
  const sql = `
select ${eventColumns}
from ${schema}.events e
where e.position > $1
order by e.position
limit $2`
  return (after: number, limit: number): Query => query(sql, int8(after), int8(limit))
}

/**
 * Reads the newest event of each aggregate and type after a position, up to another one ($2), without its
 * payload. Of some types ($3) only those of some aggregates ($4) are read, which are looked up in a hash.
 * Index: events_pkey. Lock: none.
 */
export const readNewestEvents = (schema: string) => {
  const sql = `
select distinct on (e.aggregate_id, e.event_type collate "C") ${envelopeColumns}, 'null' as payload
from ${schema}.events e
where e.position > $1 and e.position <= $2
  and (e.event_type <> all($3::text[]) or e.aggregate_id in (select unnest($4::text[])))
order by e.aggregate_id, e.event_type collate "C", e.position desc`
  return (
    after: number,
    upTo: number,
    types: ReadonlyArray<string>,
    aggregateIds: ReadonlyArray<string>
  ): Query => query(sql, int8(after), int8(upTo), texts(types), texts(aggregateIds))
}

/**
 * Reads the last event up to a position ($1), without its payload.
 * Index: events_pkey. Lock: none.
 */
export const readLastUpTo = (schema: string) => {
  const sql = `
select ${envelopeColumns}, 'null' as payload
from ${schema}.events e
where e.position <= $1
order by e.position desc
limit 1`
  return (upTo: number): Query => query(sql, int8(upTo))
}
