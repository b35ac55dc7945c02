import type { OrderId } from "@holdfast/core/inventory"
import { instant, int8, type Query, query, text, texts } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

const columns = `p.event_id::text, p.order_id::text, p.event::text,
  ${millis("p.happened_at")} as happened_at, p.cause`

/**
 * Parks an event, or answers how an earlier try left it. When so many ($6) events of its order wait,
 * it gets a cause ($7) at once. Two who park at one instant do not see each other.
 * Index: parked_order_events_pkey, parked_order_events_waiting. Lock: the row.
 */
export const parkEvent = (schema: string) => {
  const sql = `
insert into ${schema}.parked_order_events as p
  (event_id, order_id, event, happened_at, parked_at, cause)
select $1, $2, $3::json, $4, coalesce($5, clock_timestamp()),
  case when (select count(*) from (
    select 1 from ${schema}.parked_order_events w
    where w.order_id = $2 and w.cause is null limit $6) as waiting) >= $6 then $7 end
on conflict (event_id) do update set event_id = excluded.event_id
returning p.cause`
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
 * Index: parked_order_events_waiting. Lock: none.
 */
export const readWaiting = (schema: string) => {
  const sql = `
select ${columns} from ${schema}.parked_order_events p
where p.order_id = $1 and p.cause is null
order by p.order_id, p.happened_at, p.event_id`
  return (orderId: OrderId): Query => query(sql, text(orderId))
}

/**
 * Reads waiting events that were parked more than $1 milliseconds ago, oldest first, at most $2.
 * Index: parked_order_events_oldest. Lock: none.
 */
export const readOverdue = (schema: string) => {
  const sql = `
select ${columns} from ${schema}.parked_order_events p
where p.cause is null
  and p.parked_at < coalesce($3, clock_timestamp()) - $1::int8 * interval '1 millisecond'
order by p.parked_at limit $2`
  return (waitMillis: number, limit: number, nowMillis: number | null): Query =>
    query(sql, int8(waitMillis), int8(limit), instant(nowMillis))
}

/**
 * Makes a dead letter of a waiting event.
 * Index: parked_order_events_pkey. Lock: the row.
 */
export const condemnEvent = (schema: string) => {
  const sql = `
update ${schema}.parked_order_events p set cause = $2 where p.event_id = $1 and p.cause is null`
  return (eventId: string, cause: string): Query => query(sql, text(eventId), text(cause))
}

/**
 * Forgets events.
 * Index: parked_order_events_pkey. Lock: the rows.
 */
export const removeEvents = (schema: string) => {
  const sql = `delete from ${schema}.parked_order_events p where p.event_id = any($1::text[])`
  return (eventIds: ReadonlyArray<string>): Query => query(sql, texts(eventIds))
}

/**
 * Reads dead letters by id, from after one ($1).
 * Index: parked_order_events_dead. Lock: none.
 */
export const readDead = (schema: string) => {
  const sql = `
select ${columns} from ${schema}.parked_order_events p
where p.cause is not null and p.event_id > $1
order by p.event_id limit $2`
  return (after: string, limit: number): Query => query(sql, text(after), int8(limit))
}
