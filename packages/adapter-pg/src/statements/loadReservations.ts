import { type Query, query, texts } from "../Query.ts"
import { reservationColumns } from "./scope.ts"

/**
 * Loads named reservations ($1), and those that took their place.
 * Index: reservations_pkey, reservations_replaces. Lock: none of its own.
 */
export const loadReservations = (schema: string) => {
  const sql = `
select ${reservationColumns} from ${schema}.reservations r where r.id = any($1::text[]::uuid[])
union
select ${reservationColumns} from ${schema}.reservations r
  where r.replaces = any($1::text[]::uuid[]) and r.replaces is not null`
  return (reservationIds: ReadonlyArray<string>): Query => query(sql, texts(reservationIds))
}
