import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import { eventColumns } from "../../../events/statements/scope.ts"

/**
 * Reads the events of one product or category ($3) after a position, in order; with types ($4),
 * those of them.
 * Index: events_runs, which has every event of the catalog. Lock: none.
 */
export const readEventsOfOne = (schema: string) => {
  const sql = (and: string) => `
select ${eventColumns} from ${schema}.events e
where e.opens_run and (e.aggregate_id, e.position) > ($3, $1) and e.aggregate_id <= $3${and}
order by e.aggregate_id, e.position
limit $2`
  const all = sql("")
  const some = sql(" and e.event_type = any($4::text[])")
  return (
    after: number,
    limit: number,
    aggregateId: string,
    types: ReadonlyArray<string> | undefined
  ): Query =>
    types === undefined
      ? query(all, int8(after), int8(limit), text(aggregateId))
      : query(some, int8(after), int8(limit), text(aggregateId), texts(types))
}

/**
 * Reads the events of one type ($3) after a position, in order.
 * Index: events_type. Lock: none.
 */
export const readEventsOfOneType = (schema: string) => {
  const sql = `
select ${eventColumns} from ${schema}.events e
where (e.event_type, e.position) > ($3, $1) and e.event_type <= $3
order by e.event_type, e.position
limit $2`
  return (after: number, limit: number, type: string): Query =>
    query(sql, int8(after), int8(limit), text(type))
}
