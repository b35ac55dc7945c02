import type { OrderId } from "@holdfast/core/inventory"
import { instant, int8, type Query, query, text, texts } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

const columns = (alias: string) => `${alias}.event_id::text, ${alias}.order_id::text,
  ${alias}.event::text, ${millis(`${alias}.happened_at`)} as happened_at`

/**
 * Parks an event, unless it is a dead letter. When so many ($6) events of its order wait, it becomes
 * a dead letter ($7). The row says why it is one, or null. Two who park at one instant do not see
 * each other.
 * Index: parked_order_events_pkey, dead_order_events_pkey. Lock: the row.
 */
export const parkEvent = (schema: string) => {
  const sql = `
with known as (
  select (select d.cause from ${schema}.dead_order_events d where d.event_id = $1) as cause,
    (select count(*) from (select 1 from ${schema}.parked_order_events w
      where w.order_id = $2 and w.event_id <> $1 limit $6) as others) >= $6 as is_full
), parked as (
  insert into ${schema}.parked_order_events (order_id, event_id, event, happened_at, parked_at)
  select $2, $1, $3::json, $4, coalesce($5, clock_timestamp()) from known
  where cause is null and not is_full
  on conflict (order_id, event_id) do nothing
), dead as (
  insert into ${schema}.dead_order_events (event_id, order_id, event, happened_at, cause)
  select $1, $2, $3::json, $4, $7 from known where cause is null and is_full
  on conflict (event_id) do nothing
)
select coalesce(cause, case when is_full then $7 end) as cause from known`
  return (
    event: {
      readonly eventId: string
      readonly orderId: OrderId
      readonly json: string
      readonly happenedAt: { readonly epochMilliseconds: number }
    },
    nowMillis: number | null,
    waitingMax: number,
    causeWhenFull: string
  ): Query =>
    query(
      sql,
      text(event.eventId),
      text(event.orderId),
      text(event.json),
      instant(event.happenedAt.epochMilliseconds),
      instant(nowMillis),
      int8(waitingMax),
      text(causeWhenFull)
    )
}

/**
 * Reads the waiting events of an order, in the order in which they happened.
 * Index: parked_order_events_pkey. Lock: none.
 */
export const readWaiting = (schema: string) => {
  const sql = `
select ${columns("p")} from ${schema}.parked_order_events p
where p.order_id = $1
order by p.happened_at, p.event_id`
  return (orderId: OrderId): Query => query(sql, text(orderId))
}

/**
 * Reads waiting events that were parked more than $1 milliseconds ago, oldest first, at most $2.
 * Index: parked_order_events_parked_at. Lock: none.
 */
export const readOverdue = (schema: string) => {
  const sql = `
select ${columns("p")} from ${schema}.parked_order_events p
where p.parked_at < coalesce($3, clock_timestamp()) - $1::int8 * interval '1 millisecond'
order by p.parked_at limit $2`
  return (waitMillis: number, limit: number, nowMillis: number | null): Query =>
    query(sql, int8(waitMillis), int8(limit), instant(nowMillis))
}

/**
 * Makes a dead letter of a waiting event.
 * Index: parked_order_events_pkey, dead_order_events_pkey. Lock: the row.
 */
export const condemnEvent = (schema: string) => {
  const sql = `
with gone as (
  delete from ${schema}.parked_order_events p where p.order_id = $1 and p.event_id = $2
  returning p.*
)
insert into ${schema}.dead_order_events (event_id, order_id, event, happened_at, cause)
select event_id, order_id, event, happened_at, $3 from gone
on conflict (event_id) do nothing`
  return (orderId: OrderId, eventId: string, cause: string): Query =>
    query(sql, text(orderId), text(eventId), text(cause))
}

/**
 * Forgets an event, whether it waits or is a dead letter.
 * Index: parked_order_events_pkey, dead_order_events_pkey. Lock: the rows.
 */
export const removeEvent = (schema: string) => {
  const sql = `
with gone as (
  delete from ${schema}.parked_order_events p where p.order_id = $1 and p.event_id = $2
)
delete from ${schema}.dead_order_events d where d.event_id = $2`
  return (orderId: OrderId, eventId: string): Query => query(sql, text(orderId), text(eventId))
}

/**
 * Forgets dead letters.
 * Index: dead_order_events_pkey. Lock: the rows.
 */
export const removeDead = (schema: string) => {
  const sql = `delete from ${schema}.dead_order_events d where d.event_id = any($1::text[])`
  return (eventIds: ReadonlyArray<string>): Query => query(sql, texts(eventIds))
}

/**
 * Reads dead letters by id, from after one ($1).
 * Index: dead_order_events_pkey. Lock: none.
 */
export const readDead = (schema: string) => {
  const sql = `
select ${columns("d")}, d.cause from ${schema}.dead_order_events d
where d.event_id > $1
order by d.event_id limit $2`
  return (after: string, limit: number): Query => query(sql, text(after), int8(limit))
}
