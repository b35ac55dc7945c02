import type { EventsFilter } from "@holdfast/core/effect"
import { int8, type Param, type Query, query, text } from "../Query.ts"
import { eventColumns } from "./scope.ts"

const notReserved = "e.event_type <> 'inventory.stock.reserved'"
const ofSku = "and e.event_type not like 'inventory.location.%'"

/** Where a filter's parts stand among the parameters; those that are not asked for are left out. */
const conditions = (filter: EventsFilter, wanted: ReadonlyArray<keyof EventsFilter>) => {
  const params: Array<Param> = []
  const column = {
    skuId: "e.aggregate_id",
    orderId: "(e.payload ->> 'orderId')",
    type: "e.event_type"
  }
  const sql = wanted
    .flatMap((part) => {
      const value = filter[part]
      if (value === undefined) return []
      params.push(text(value))
      return [`and ${column[part]} = $${params.length + 2}`]
    })
    .join(" ")
  return { sql: filter.skuId === undefined ? sql : `${sql} ${ofSku}`, params }
}

/**
 * Reads the events of one SKU ($3) after a position, in order.
 * Index: events_aggregate. Lock: none.
 */
export const readEventsOfSku =
  (schema: string) =>
  (after: number, limit: number, filter: EventsFilter): Query => {
    const { params, sql } = conditions(filter, ["skuId", "type"])
    return query(
      `
select ${eventColumns} from ${schema}.events e
where e.position > $1 ${sql}
order by e.position
limit $2`,
      int8(after),
      int8(limit),
      ...params
    )
  }

/**
 * Reads the events of one type ($3) after a position, in order. Reservations are most of a log and
 * stand in no index of types, which all of them would pay for: they are read off the log itself.
 * Index: events_type, or events_pkey for reservations. Lock: none.
 */
export const readEventsOfType =
  (schema: string) =>
  (after: number, limit: number, filter: EventsFilter): Query => {
    const { params, sql } = conditions(filter, ["type"])
    const rare = filter.type === "inventory.stock.reserved" ? "" : `and ${notReserved}`
    return query(
      `
select ${eventColumns} from ${schema}.events e
where e.position > $1 ${sql} ${rare}
order by e.position
limit $2`,
      int8(after),
      int8(limit),
      ...params
    )
  }

/**
 * Reads the events that name an order ($3) after a position, in order. All but the making of its
 * holds stand in an index of their own. The making of a hold is looked for among the events of its
 * SKU, whose timestamps never fall: by halves, one look-up a binary digit of the log's length.
 * Index: events_order, reservations_order, events_aggregate. Lock: none.
 */
export const readEventsOfOrder =
  (schema: string) =>
  (after: number, limit: number, filter: EventsFilter): Query => {
    const { params, sql } = conditions(filter, ["orderId", "skuId", "type"])
    const page = `
  order by e.position
  limit $2`
    return query(
      `
select * from (
  (select ${eventColumns} from ${schema}.events e
  where e.position > $1 and ${notReserved} ${sql}${page})
  union all
  (select ${eventColumns} from ${schema}.reservations r
  cross join lateral (
    with recursive halves(step, before) as (
      select floor(log(2, greatest(s.last_value, 1)))::int, 0::bigint from ${schema}.event_positions s
      union all
      select h.step - 1, case when coalesce((
          select e."timestamp" from ${schema}.events e
          where e.aggregate_id = r.sku_id and e.position <= h.before + (1::bigint << h.step)
          order by e.position desc limit 1) < r.created_at, true)
        then h.before + (1::bigint << h.step) else h.before end
      from halves h where h.step >= 0
    )
    select h.before from halves h where h.step = -1
  ) as found
  cross join lateral (
    select e.* from ${schema}.events e
    where e.aggregate_id = r.sku_id and e.position > found.before
      and e.event_type = 'inventory.stock.reserved' and e.payload ->> 'reservationId' = r.id::text
    order by e.position limit 1
  ) as e
  where r.order_id = $3 and e.position > $1 ${sql}${page})
) as e order by e.position limit $2`,
      int8(after),
      int8(limit),
      ...params
    )
  }
