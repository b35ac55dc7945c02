import type { OrderId, OrderQuery, ReservationId, SkuId } from "@holdfast/core/inventory"
import {
  instant,
  instants,
  int8,
  int8s,
  type Query,
  query,
  text,
  texts
} from "../../../connection/Query.ts"
import { millis } from "../../../connection/sqlText.ts"
import { isLine, placedOrderColumns, reservationColumns, wholeOrder } from "../scope.ts"

const now = (param: string) =>
  `${millis(`coalesce(${param}::timestamptz, clock_timestamp())`)} as now`

/** Reads reservations, and the clock. Index: reservations_pkey. Lock: none. */
export const readReservations = (schema: string) => {
  const sql = `
select ${reservationColumns}, ${now("$2")} from ${schema}.reservations r
where r.id = any($1::text[]::uuid[])`
  return (reservationIds: ReadonlyArray<ReservationId>, nowMillis: number | null): Query =>
    query(sql, texts(reservationIds), instant(nowMillis))
}

/**
 * Reads pages of orders, each oldest first and after its own reservation, and the clock; `page` says which
 * page a row is of. The index orders each ending status by itself, so a page is the first rows of four
 * ordered lists.
 * Index: reservations_lines, reservations_history. Lock: none.
 */
export const readOrderPages = (schema: string) => {
  const page = (which: string) => `
  (select * from ${schema}.reservations r where r.order_id = asked.order_id and ${which}
     and (r.created_at, r.id) > (coalesce(asked.after_at, '-infinity'), asked.after_id::uuid)
   order by r.created_at, r.id limit asked.size)`
  const parts = [
    `${isLine("r")} and r.status not in ('RELEASED', 'EXPIRED')`,
    ...["FULFILLED", "RELEASED", "EXPIRED"].map((status) => `r.status = '${status}'`)
  ]
  const sql = `
select asked.page::float8, found.*
from unnest($1::text[], $3::timestamptz[], $4::text[], $5::int8[])
  with ordinality as asked(order_id, after_at, after_id, size, page)
cross join lateral (
select ${reservationColumns}, ${now("$2")}
from (${parts.map(page).join("\n  union all ")}
) as r
order by r.created_at, r.id limit asked.size) as found
order by asked.page, found.created_at, found.id`
  const first = "00000000-0000-0000-0000-000000000000"
  return (pages: ReadonlyArray<OrderQuery>, nowMillis: number | null): Query =>
    query(
      sql,
      texts(pages.map(({ orderId }) => orderId)),
      instant(nowMillis),
      instants(pages.map(({ after }) => after?.createdAt ?? null)),
      texts(pages.map(({ after }) => after?.id ?? first)),
      int8s(pages.map(({ limit }) => limit))
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
 * Reads placed orders, a row for each of their holds that are lines or fulfilled, oldest first, at most
 * `limit` of each, and the clock; one row without a hold of an order that has none.
 * Index: orders_pkey, reservations_lines, reservations_history. Lock: none.
 */
export const readPlacedOrders = (schema: string) => {
  const holds = (which: string) => `
  select * from ${schema}.reservations r where r.order_id = o.order_id and ${which}`
  const sql = `
select ${placedOrderColumns}, ${reservationColumns}, ${now("$2")}
from unnest($1::text[]) as asked(order_id)
cross join lateral (
  select * from ${schema}.orders where order_id = asked.order_id limit 1) as o
left join lateral (
  select * from (${holds(isLine("r"))}
  union all ${holds("r.status = 'FULFILLED'")}
  ) as r
  order by r.created_at, r.id limit $3) as r on true
order by o.order_id, r.created_at, r.id`
  return (orderIds: ReadonlyArray<OrderId>, limit: number, nowMillis: number | null): Query =>
    query(sql, texts([...new Set(orderIds)]), instant(nowMillis), int8(limit))
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
