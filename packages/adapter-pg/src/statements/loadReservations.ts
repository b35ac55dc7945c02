import type { StockScope } from "@holdfast/core/effect"
import { type Query, query, texts } from "../Query.ts"
import { reservationColumns } from "./scope.ts"

/**
 * Loads named reservations ($1), what was made in place of them, and all of named orders ($2).
 * Index: reservations_pkey, reservations_replaces, reservations_order. Lock: none of its own.
 */
export const loadReservations = (schema: string) => {
  const sql = `
select ${reservationColumns} from ${schema}.reservations r where r.id = any($1::text[]::uuid[])
union
select ${reservationColumns} from ${schema}.reservations r
  where r.replaces = any($1::text[]::uuid[]) and r.replaces is not null
union
select ${reservationColumns} from ${schema}.reservations r where r.order_id = any($2::text[])`
  return (scope: StockScope): Query =>
    query(sql, texts(scope.reservationIds), texts(scope.orderIds))
}
