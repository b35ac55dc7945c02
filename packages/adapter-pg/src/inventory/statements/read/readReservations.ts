import type { OrderId, OrderPage, ReservationId, SkuId } from "@holdfast/core/inventory"
import { instant, int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import { millis } from "../../../connection/sqlText.ts"
import { isLine, placedOrderColumns, reservationColumns, wholeOrder } from "../scope.ts"

const now = (param: string) =>
  `${millis(`coalesce(${param}::timestamptz, clock_timestamp())`)} as now`

/** Reads a reservation, and the clock. Index: reservations_pkey. Lock: none. */
export const readReservation = (schema: string) => {
  const sql = `
select ${reservationColumns}, ${now("$2")} from ${schema}.reservations r where r.id = $1::text::uuid`
  return (reservationId: ReservationId, nowMillis: number | null): Query =>
    query(sql, text(reservationId), instant(nowMillis))
}

/**
 * Reads a page of an order, oldest first, after a reservation, and the clock. The index orders each
 * ending status by itself, so a page is the first rows of four ordered lists.
 * Index: reservations_lines, reservations_history. Lock: none.
 */
export const readOrder = (schema: string) => {
  const page = (which: string) => `
  (select * from ${schema}.reservations r where r.order_id = $1 and ${which}
     and (r.created_at, r.id) > (coalesce($3::timestamptz, '-infinity'), $4::text::uuid)
   order by r.created_at, r.id limit $5)`
  const parts = [
    `${isLine("r")} and r.status not in ('RELEASED', 'EXPIRED')`,
    ...["FULFILLED", "RELEASED", "EXPIRED"].map((status) => `r.status = '${status}'`)
  ]
  const sql = `
select ${reservationColumns}, ${now("$2")}
from (${parts.map(page).join("\n  union all ")}
) as r
order by r.created_at, r.id limit $5`
  const first = "00000000-0000-0000-0000-000000000000"
  return (orderId: OrderId, { after, limit }: OrderPage, nowMillis: number | null): Query =>
    query(
      sql,
      text(orderId),
      instant(nowMillis),
      instant(after?.createdAt.epochMilliseconds ?? null),
      text(after?.id ?? first),
      int8(limit)
    )
}

/**
 * Reads what a decision about an order would load, at most `limit` lines, and the clock.
 * Index: reservations_lines, reservations_history. Lock: none.
 */
export const readLines = (schema: string) => {
  const sql = `
select ${reservationColumns}, ${now("$2")} from (${wholeOrder(schema, "$1", "$3")}
) as r`
  return (orderId: OrderId, limit: number, nowMillis: number | null): Query =>
    query(sql, text(orderId), instant(nowMillis), int8(limit))
}

/**
 * Reads a placed order, a row for each of its holds that are lines or fulfilled, oldest first, at most
 * `limit`, and the clock; one row without a hold when it has none.
 * Index: orders_pkey, reservations_lines, reservations_history. Lock: none.
 */
export const readPlacedOrder = (schema: string) => {
  const holds = (which: string) => `
  select * from ${schema}.reservations r where r.order_id = $1 and ${which}`
  const sql = `
select ${placedOrderColumns}, ${reservationColumns}, ${now("$2")}
from ${schema}.orders o left join (${holds(isLine("r"))}
  union all ${holds("r.status = 'FULFILLED'")}
) as r on true
where o.order_id = $1
order by r.created_at, r.id limit $3`
  return (orderId: OrderId, limit: number, nowMillis: number | null): Query =>
    query(sql, text(orderId), instant(nowMillis), int8(limit))
}

/**
 * Reads holds that have lapsed, except those of the given SKUs ($3), oldest first.
 * Index: reservations_expiry. Lock: none.
 */
export const readLapsed = (schema: string) => {
  const sql = `
select ${reservationColumns} from ${schema}.reservations r
where r.status = 'PENDING' and r.expires_at <= (select coalesce($1::timestamptz, clock_timestamp()))
  and r.sku_id <> all($3::text[])
order by r.expires_at limit $2`
  return (nowMillis: number | null, limit: number, exceptSkuIds: ReadonlyArray<SkuId>): Query =>
    query(sql, instant(nowMillis), int8(limit), texts(exceptSkuIds))
}
