import type { EventsFilter } from "@holdfast/core/effect"
import { int8, type Query, query, text } from "../Query.ts"
import { eventColumns, isLine } from "./scope.ts"

const notReserved = "e.event_type <> 'inventory.stock.reserved'"
const ofSkusOnly = "e.event_type not like 'inventory.location.%'"
const orderOf = "(e.payload ->> 'orderId')"

/**
 * Where an index of a column and the position begins and ends for one value, in that order. An
 * equality and `order by position` would let the planner walk along the whole log instead, and
 * throw all but a few rows away: it did, for a rare type.
 */
const stretch = (column: string, value: string, after: string) => `
where (${column}, e.position) > (${value}, ${after}) and ${column} <= ${value}`

const page = (column: string) => `
order by ${column}, e.position
limit $2`

/** The parts of a filter beside its first, as conditions on parameters from $4. */
const beside = (values: { readonly [column: string]: string | undefined }) => {
  const wanted = Object.entries(values).flatMap(([column, value]) =>
    value === undefined ? [] : [{ column, value }]
  )
  return {
    sql: wanted.map(({ column }, index) => `\n  and ${column} = $${index + 4}`).join(""),
    params: wanted.map(({ value }) => text(value))
  }
}

/**
 * Reads the events of one SKU ($3) after a position, in order.
 * Index: events_aggregate. Lock: none.
 */
export const readEventsOfSku = (schema: string) => {
  const sql = `
select ${eventColumns} from ${schema}.events e${stretch("e.aggregate_id", "$3", "$1")}
  and ${ofSkusOnly}`
  return (after: number, limit: number, { skuId = "", type }: EventsFilter): Query => {
    const more = beside({ "e.event_type": type })
    const whole = `${sql}${more.sql}${page("e.aggregate_id")}`
    return query(whole, int8(after), int8(limit), text(skuId), ...more.params)
  }
}

/**
 * Reads the events of one type ($3) after a position, in order. Reservations are most of a log and
 * stand in no index of types, which all of them would pay for: they are read off the log itself.
 * Index: events_type, or events_pkey for reservations. Lock: none.
 */
export const readEventsOfType = (schema: string) => {
  const indexed = `
select ${eventColumns} from ${schema}.events e${stretch("e.event_type", "$3", "$1")}
  and ${notReserved}${page("e.event_type")}`
  const reserved = `
select ${eventColumns} from ${schema}.events e
where e.position > $1 and e.event_type = $3${page("e.event_type")}`
  return (after: number, limit: number, { type }: EventsFilter): Query =>
    query(
      type === "inventory.stock.reserved" ? reserved : indexed,
      int8(after),
      int8(limit),
      text(type ?? "")
    )
}

/**
 * Reads the events that name an order ($3) after a position, in order. All but the making of its
 * holds stand in an index of their own. The making of a hold is looked for among the events of its
 * SKU, whose timestamps never fall: by halves, one look-up a binary digit of the log's length.
 * Index: events_order, reservations_lines, reservations_history, events_aggregate. Lock: none.
 */
export const readEventsOfOrder = (schema: string) => {
  const madeOf = `(
  with recursive halves(step, before) as (
    select floor(log(2, greatest(s.last_value, 1)))::int, 0::bigint from ${schema}.event_positions s
    union all
    select h.step - 1, case when coalesce((
        select e."timestamp" from ${schema}.events e
        where (e.aggregate_id, e.position) <= (r.sku_id, h.before + (1::bigint << h.step))
          and e.aggregate_id >= r.sku_id
        order by e.aggregate_id desc, e.position desc limit 1) < r.created_at, true)
      then h.before + (1::bigint << h.step) else h.before end
    from halves h where h.step >= 0
  )
  select h.before from halves h where h.step = -1
) as found
cross join lateral (
  select e.* from ${schema}.events e${stretch("e.aggregate_id", "r.sku_id", "found.before")}
    and e.event_type = 'inventory.stock.reserved' and e.payload ->> 'reservationId' = r.id::text
  order by e.aggregate_id, e.position limit 1
) as e`
  return (after: number, limit: number, { orderId = "", skuId, type }: EventsFilter): Query => {
    const more = beside({ "e.aggregate_id": skuId, "e.event_type": type })
    const sql = `
select * from (
(select ${eventColumns} from ${schema}.events e${stretch(orderOf, "$3", "$1")}
  and ${notReserved}${more.sql}${page(orderOf)})
union all
(select ${eventColumns} from (
  select r.id, r.sku_id, r.created_at from ${schema}.reservations r
  where r.order_id = $3 and ${isLine("r")}
  union
  select r.id, r.sku_id, r.created_at from ${schema}.reservations r
  where r.order_id = $3 and r.status in ('FULFILLED', 'RELEASED', 'EXPIRED')
) as r
cross join lateral ${madeOf}
where e.position > $1${more.sql}
order by e.position
limit $2)
) as e order by e.position limit $2`
    return query(sql, int8(after), int8(limit), text(orderId), ...more.params)
  }
}
