import { instant, int8, type Query, query, text } from "../Query.ts"
import { millis, reservationColumns } from "./scope.ts"

const now = (param: string) =>
  `${millis(`coalesce(${param}::timestamptz, clock_timestamp())`)} as now`

/** Reads a reservation, and the clock. Index: reservations_pkey. Lock: none. */
export const readReservation = (schema: string) => {
  const sql = `
select ${reservationColumns}, ${now("$2")} from ${schema}.reservations r where r.id = $1::text::uuid`
  return (reservationId: string, nowMillis: number | null): Query =>
    query(sql, text(reservationId), instant(nowMillis))
}

/** Reads all of an order, oldest first, and the clock. Index: reservations_order. Lock: none. */
export const readOrder = (schema: string) => {
  const sql = `
select ${reservationColumns}, ${now("$2")} from ${schema}.reservations r
where r.order_id = $1 order by r.created_at, r.id`
  return (orderId: string, nowMillis: number | null): Query =>
    query(sql, text(orderId), instant(nowMillis))
}

/** Reads holds that have lapsed, oldest first. Index: reservations_expiry. Lock: none. */
export const readLapsed = (schema: string) => {
  const sql = `
select ${reservationColumns} from ${schema}.reservations r
where r.status = 'PENDING' and r.expires_at <= (select coalesce($1::timestamptz, clock_timestamp()))
order by r.expires_at limit $2`
  return (nowMillis: number | null, limit: number): Query =>
    query(sql, instant(nowMillis), int8(limit))
}
