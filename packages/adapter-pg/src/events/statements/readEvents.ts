import { int8, type Query, query } from "../../connection/Query.ts"
import { eventColumns } from "./scope.ts"

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
