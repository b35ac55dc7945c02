import type { EventsFilter, OrderId } from "@holdfast/core/inventory"
import { int8, type Query, query, text, texts } from "../../connection/Query.ts"
import { isLine } from "../../inventory/statements/scope.ts"
import { eventColumns } from "./scope.ts"

const notReserved = "e.event_type <> 'inventory.stock.reserved'"
const notOfOrders = "e.event_type not like 'ordering.%'"
const ofSkusOnly = `e.event_type not like 'inventory.location.%' and ${notOfOrders}`
const ofLocationsOnly = "e.event_type like 'inventory.location.%'"
const noEnd = "9223372036854775807"
const orderOf = "(e.payload ->> 'orderId')"

/**
 * The stretch of an index on a column and the position that has one value, in order of position.
 * For a rare type, an equality with `order by position` let the planner walk along the whole log
 * and throw nearly all rows away.
 */
const stretch = (column: string, value: string, after: string) => `
where (${column}, e.position) > (${value}, ${after}) and ${column} <= ${value}`

const page = (column: string) => `
order by ${column}, e.position
limit $2`

/** The other parts of a filter, as conditions on parameters from $4. */
const beside = (lists: { readonly [column: string]: ReadonlyArray<string> | undefined }) => {
  const wanted = Object.entries(lists).flatMap(([column, list]) =>
    list === undefined ? [] : [{ column, list }]
  )
  return {
    sql: wanted.map(({ column }, index) => `\n  and ${column} = any($${index + 4})`).join(""),
    params: wanted.map(({ list }) => texts(list))
  }
}

/**
 * Reads the events of one SKU ($3) after a position, in order. Only the events that open a run are
 * in an index. The versions of a SKU are dense, so they tell how many events follow each opening.
 * These lie close by, and the log itself is read until all are found. It reads no more runs than
 * the page needs. When events were dropped, a run may have lost its opening; what is left of it lies
 * close to where the log begins.
 * Index: events_runs, events_pkey, inventory_pkey, event_log_pkey. Lock: none.
 */
export const readEventsOfSku = (schema: string) => {
  const sql = `
with opened as (
  (select e.position, e.version from ${schema}.events e
  where e.opens_run and (e.aggregate_id, e.position) <= ($3, $1) and e.aggregate_id >= $3
    and ${ofSkusOnly}
  order by e.aggregate_id desc, e.position desc
  limit 1)
  union all
  (select e.position, e.version from ${schema}.events e${stretch("e.aggregate_id", "$3", "$1")}
    and e.opens_run and ${ofSkusOnly}${page("e.aggregate_id")} + 1)
), runs as (
  select o.position, greatest(1, coalesce(lead(o.version) over (order by o.position),
    1 + (select max(i.version) from ${schema}.inventory i where i.sku_id = $3)) - o.version) as length
  from opened o
), needed as (
  select r.*, coalesce(sum(case when r.position > $1 then r.length end) over (order by r.position
    rows between unbounded preceding and 1 preceding), 0) as before
  from runs r
)
select ${eventColumns} from (
  (select e.* from ${schema}.events e
  where e.position > $1 and e.position <= (select l.open_runs_until from ${schema}.event_log l
      where l.is_only_row and not exists (select 1 from opened o where o.position <= $1))
    and e.position < coalesce((select min(o.position) from opened o), ${noEnd})
    and e.aggregate_id = $3 and ${ofSkusOnly}
  order by e.position limit $2)
  union all
  select e.* from needed n
  cross join lateral (
    select e.* from ${schema}.events e
    where e.position >= n.position and e.aggregate_id = $3 and ${ofSkusOnly}
    order by e.position limit n.length
  ) as e
  where n.before < $2 and e.position > $1
) as e
order by e.position
limit $2`
  return (after: number, limit: number, skuId: string): Query =>
    query(sql, int8(after), int8(limit), text(skuId))
}

/**
 * Reads the events of locations ($3) after a position, in order. All of them are in the index of
 * runs. Other ids, such as those of SKUs, are left out first: their events are never looked at.
 * Index: locations_pkey, events_runs. Lock: none.
 */
export const readEventsOfLocations = (schema: string) => {
  const sql = `
select ${eventColumns} from ${schema}.locations l
cross join lateral (
  select e.* from ${schema}.events e${stretch("e.aggregate_id", "l.id", "$1")}
    and e.opens_run and ${ofLocationsOnly}${page("e.aggregate_id")}
) as e
where l.id = any($3)
order by e.position
limit $2`
  return (after: number, limit: number, ids: ReadonlyArray<string>): Query =>
    query(sql, int8(after), int8(limit), texts(ids))
}

/**
 * Reads the events of one type ($3) after a position, in order. Reservations are most of a log. No
 * index has them by type, because every reservation would pay for it: they are read from the log
 * itself.
 * Index: events_type, or events_pkey for reservations. Lock: none.
 */
export const readEventsOfType = (schema: string) => {
  const indexed = `
select ${eventColumns} from ${schema}.events e${stretch("e.event_type", "$3", "$1")}
  and ${notReserved}${page("e.event_type")}`
  const reserved = `
select ${eventColumns} from ${schema}.events e
where e.position > $1 and e.event_type = $3${page("e.event_type")}`
  return (after: number, limit: number, type: string): Query =>
    query(
      type === "inventory.stock.reserved" ? reserved : indexed,
      int8(after),
      int8(limit),
      text(type)
    )
}

/**
 * Reads the events that name an order ($3) after a position, in order. An index has all of them but
 * the reservations of its holds. The reservation of a hold is found by its instant. The timestamps
 * of a SKU's events never fall, so a binary search over the positions, in the index of runs, finds
 * the last run before that instant. The log is read from there; or from where it begins, and for
 * the length of a run, when the opening was dropped; or from after that instant was found, when the
 * SKU had no event before it.
 * Index: events_order, reservations_lines, reservations_history, events_runs, events_pkey,
 * event_log_pkey. Lock: none.
 */
export const readEventsOfOrder = (schema: string) => {
  const reservedFrom = `select e.* from ${schema}.events e where e.aggregate_id = r.sku_id
      and e.event_type = 'inventory.stock.reserved' and e.payload ->> 'reservationId' = r.id::text
      and`
  const madeOf = `(
  with recursive halves(step, before) as (
    select floor(log(2, greatest(s.last_value, 1)))::int, 0::bigint from ${schema}.event_positions s
    union all
    select h.step - 1, case when coalesce((
        select e."timestamp" from ${schema}.events e
        where e.opens_run and e.aggregate_id >= r.sku_id and ${ofSkusOnly}
          and (e.aggregate_id, e.position) <= (r.sku_id, h.before + (1::bigint << h.step))
        order by e.aggregate_id desc, e.position desc limit 1) < r.created_at, true)
      then h.before + (1::bigint << h.step) else h.before end
    from halves h where h.step >= 0
  )
  select h.before from halves h where h.step = -1
) as found
cross join lateral (
  select coalesce(opening.position, l.horizon) as position,
    case when opening.position is null then l.open_runs_until else ${noEnd} end as until,
    case when opening.position is null
      then greatest(found.before, l.open_runs_until + 1) else ${noEnd} end as otherwise
  from ${schema}.event_log l
  left join lateral (
    select e.position from ${schema}.events e
    where e.opens_run and e.aggregate_id >= r.sku_id and ${ofSkusOnly}
      and (e.aggregate_id, e.position) <= (r.sku_id, found.before)
    order by e.aggregate_id desc, e.position desc limit 1
  ) as opening on true
  where l.is_only_row
) as run
cross join lateral (
  select * from (
    (${reservedFrom} e.position >= run.position and e.position <= run.until
    order by e.position limit 1)
    union all
    (${reservedFrom} e.position >= run.otherwise order by e.position limit 1)
  ) as either limit 1
) as e`
  return (
    after: number,
    limit: number,
    orderId: OrderId,
    { aggregateIds, types }: Pick<EventsFilter, "aggregateIds" | "types"> = {}
  ): Query => {
    const more = beside({ "e.aggregate_id": aggregateIds, "e.event_type": types })
    const ofIds = aggregateIds === undefined ? "" : ` and ${notOfOrders}`
    const sql = `
select * from (
(select ${eventColumns} from ${schema}.events e${stretch(orderOf, "$3", "$1")}
  and ${notReserved}${more.sql}${ofIds}${page(orderOf)})
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
    return query(sql, int8(after), int8(limit), text(orderId ?? ""), ...more.params)
  }
}
