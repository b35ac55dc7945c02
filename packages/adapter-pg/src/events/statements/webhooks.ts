import type { Webhook, WebhookDelivery, WebhookDeliveryStatus } from "@holdfast/core/events"
import * as Redacted from "effect/Redacted"
import {
  instant,
  instants,
  int8,
  int8s,
  type Query,
  query,
  text,
  texts
} from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

const columns = `webhook_id::text as webhook_id, url::text as url, description::text as description,
  array_to_json(event_types)::text as event_types, status::text as status, paused_because, secret,
  previous_secret, ${millis("previous_until")} as previous_until, replays::float8 as replays,
  version::float8 as version, made_of, rotated_by, ${millis("created_at")} as created_at,
  ${millis("updated_at")} as updated_at, ${millis("last_delivered_at")} as last_delivered_at`

const millisOf = (at: { readonly epochMilliseconds: number } | null): number | null =>
  at?.epochMilliseconds ?? null

const paramsOf = (webhook: Webhook) => {
  const { description, eventTypes, pausedBecause, previous, secret, status, url } = webhook
  return [
    ...[text(webhook.webhookId), text(url), text(description)],
    text(eventTypes === null ? null : JSON.stringify(eventTypes)),
    ...[text(status), text(pausedBecause), text(Redacted.value(secret))],
    text(previous === null ? null : Redacted.value(previous.secret)),
    instant(millisOf(previous?.until ?? null)),
    ...[int8(webhook.replays), int8(webhook.version), instant(millisOf(webhook.updatedAt))],
    text(webhook.rotatedBy)
  ]
}

const typesOf = (parameter: string) =>
  `(select array_agg(t.type) from json_array_elements_text(${parameter}::json) t(type))`

/**
 * Keeps a webhook, unless its id is there.
 * Index: webhooks_pkey. Lock: none.
 */
export const insertWebhook = (schema: string) => {
  const sql = `
insert into ${schema}.webhooks (webhook_id, url, description, event_types, status, paused_because,
  secret, previous_secret, previous_until, replays, version, updated_at, rotated_by, made_of, created_at)
values ($1::uuid, $2, $3, ${typesOf("$4")}, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (webhook_id) do nothing
returning 1`
  return (webhook: Webhook): Query =>
    query(sql, ...paramsOf(webhook), text(webhook.madeOf), instant(millisOf(webhook.createdAt)))
}

/**
 * Writes a webhook over the version before it.
 * Index: webhooks_pkey. Lock: the row.
 */
export const updateWebhook = (schema: string) => {
  const sql = `
update ${schema}.webhooks set url = $2, description = $3, event_types = ${typesOf("$4")},
  status = $5, paused_because = $6, secret = $7, previous_secret = $8, previous_until = $9,
  replays = $10, version = $11, updated_at = $12, rotated_by = $13
where webhook_id = $1::uuid and version = $11 - 1
returning 1`
  return (webhook: Webhook): Query => query(sql, ...paramsOf(webhook))
}

/**
 * Writes a webhook over the version before it, and makes its deliveries that wait due at an instant ($14),
 * as if never tried.
 * Index: webhooks_pkey, webhook_deliveries_open. Lock: the row of the webhook first; then the rows of
 * the deliveries, of which there are a page at most, as the index has them: in the order of their positions.
 */
export const updateDueWebhook = (schema: string) => {
  const sql = `
with changed as (
  update ${schema}.webhooks set url = $2, description = $3, event_types = ${typesOf("$4")},
    status = $5, paused_because = $6, secret = $7, previous_secret = $8, previous_until = $9,
    replays = $10, version = $11, updated_at = $12, rotated_by = $13
  where webhook_id = $1::uuid and version = $11 - 1
  returning 1
), due as (
  update ${schema}.webhook_deliveries set tries = 0, first_tried_at = $14, next_try_at = null
  where webhook_id = $1::uuid and status = 'WAITING' and status <> 'DELIVERED'
    and exists (select from changed)
)
select 1 from changed`
  return (webhook: Webhook, dueMillis: number): Query =>
    query(sql, ...paramsOf(webhook), instant(dueMillis))
}

/**
 * Removes a webhook ($1) and its cursor ($2). Its deliveries are deleted with the old ones.
 * Index: webhooks_pkey, event_cursors_pkey. Lock: the rows.
 */
export const deleteWebhook = (schema: string) => {
  const sql = `
with gone as (delete from ${schema}.event_cursors where name = $2)
delete from ${schema}.webhooks where webhook_id = $1::uuid returning 1`
  return (webhookId: string, cursor: string): Query => query(sql, text(webhookId), text(cursor))
}

/**
 * Reads all webhooks, by id.
 * Index: webhooks_pkey. Lock: none.
 */
export const readWebhooks = (schema: string) => {
  const sql = `select ${columns} from ${schema}.webhooks w order by w.webhook_id`
  return (): Query => query(sql)
}

/**
 * Reads a webhook.
 * Index: webhooks_pkey. Lock: none.
 */
export const readWebhook = (schema: string) => {
  const sql = `select ${columns} from ${schema}.webhooks where webhook_id = $1::uuid`
  return (webhookId: string): Query => query(sql, text(webhookId))
}

/**
 * Notes what became of events at a webhook ($1), over earlier notes, and when it last took one.
 * Index: webhook_deliveries_pkey, webhooks_pkey. Lock: the rows, the webhook first.
 */
export const noteDeliveries = (schema: string) => {
  const sql = `
with taken as (
  update ${schema}.webhooks set last_delivered_at = greatest(last_delivered_at, $14)
  where webhook_id = $1::uuid and $14 > coalesce(last_delivered_at, '-infinity')
)
insert into ${schema}.webhook_deliveries as d (webhook_id, position, event_id, event_type,
  aggregate_id, status, tries, first_tried_at, last_tried_at, next_try_at, http_status, problem,
  duration_millis, replays)
select w.webhook_id, n.position, n.event_id::uuid, n.event_type, n.aggregate_id, n.status, n.tries,
  n.first_tried_at, n.last_tried_at, n.next_try_at, n.http_status, n.problem, n.duration_millis, $13
from ${schema}.webhooks w, unnest($2::int8[], $3::text[], $4::text[], $5::text[], $6::text[],
  $7::int8[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::int8[],
  $12::text[], $15::int8[]) as n(position, event_id, event_type, aggregate_id, status, tries,
  first_tried_at, last_tried_at, next_try_at, http_status, problem, duration_millis)
where w.webhook_id = $1::uuid
order by n.position
on conflict (webhook_id, position) do update
set status = excluded.status, tries = excluded.tries, first_tried_at = excluded.first_tried_at,
  last_tried_at = excluded.last_tried_at, next_try_at = excluded.next_try_at,
  http_status = excluded.http_status, problem = excluded.problem,
  duration_millis = excluded.duration_millis, replays = excluded.replays,
  event_id = excluded.event_id, event_type = excluded.event_type,
  aggregate_id = excluded.aggregate_id`
  return (webhookId: string, notes: ReadonlyArray<WebhookDelivery>): Query => {
    const taken = notes.filter(({ status }) => status === "DELIVERED")
    const last = Math.max(...taken.map(({ lastTriedAt }) => lastTriedAt.epochMilliseconds))
    return query(
      sql,
      text(webhookId),
      int8s(notes.map(({ position }) => position)),
      texts(notes.map(({ eventId }) => eventId)),
      texts(notes.map(({ eventType }) => eventType)),
      texts(notes.map(({ aggregateId }) => aggregateId)),
      texts(notes.map(({ status }) => status)),
      int8s(notes.map(({ tries }) => tries)),
      instants(notes.map(({ firstTriedAt }) => firstTriedAt)),
      instants(notes.map(({ lastTriedAt }) => lastTriedAt)),
      instants(notes.map(({ nextTryAt }) => nextTryAt)),
      int8s(notes.map(({ httpStatus }) => httpStatus)),
      texts(notes.map(({ problem }) => problem)),
      int8(notes[0]?.replays ?? 0),
      instant(taken.length === 0 ? null : last),
      int8s(notes.map(({ durationMillis }) => durationMillis))
    )
  }
}

const deliveryColumns = `position::float8 as position, event_id::text as event_id,
  event_type::text as event_type, aggregate_id::text as aggregate_id, status::text as status,
  tries::float8 as tries, ${millis("first_tried_at")} as first_tried_at,
  ${millis("last_tried_at")} as last_tried_at, ${millis("next_try_at")} as next_try_at,
  http_status::float8 as http_status, problem, duration_millis::float8 as duration_millis,
  replays::float8 as replays`

/**
 * Reads the deliveries of a webhook ($1) before a position ($2), the last first.
 * Index: webhook_deliveries_pkey; webhook_deliveries_open for those that wait or have failed.
 * Lock: none.
 */
export const readDeliveries = (schema: string) => {
  const sqlOf = (condition: string) => `
select ${deliveryColumns} from ${schema}.webhook_deliveries d
where d.webhook_id = $1::uuid and d.position < $2${condition}
order by d.position desc limit $3`
  const conditions: Readonly<Record<WebhookDeliveryStatus | "ANY", string>> = {
    ANY: "",
    DELIVERED: " and status = 'DELIVERED'",
    // The words of the index's own condition.
    WAITING: " and status = 'WAITING' and status <> 'DELIVERED'",
    FAILED: " and status = 'FAILED' and status <> 'DELIVERED'"
  }
  return (
    webhookId: string,
    before: number,
    limit: number,
    status: WebhookDeliveryStatus | undefined
  ): Query => query(sqlOf(conditions[status ?? "ANY"]), text(webhookId), int8(before), int8(limit))
}

/**
 * Reads the deliveries of a webhook ($1) at positions ($2), in their order.
 * Index: webhook_deliveries_pkey. Lock: none.
 */
export const readDeliveriesAt = (schema: string) => {
  const sql = `
select ${deliveryColumns}
from unnest($2::int8[]) as asked(at)
cross join lateral (select * from ${schema}.webhook_deliveries
  where webhook_id = $1::uuid and position = asked.at limit 1) as d
order by asked.at`
  return (webhookId: string, positions: ReadonlyArray<number>): Query =>
    query(sql, text(webhookId), int8s(positions))
}

/**
 * Notes the deliveries of a webhook ($1) that wait, up to a position ($2), as failed.
 * Index: webhook_deliveries_open. Lock: the rows, of which there are a page at most, as the index
 * has them: in the order of their positions.
 */
export const skipDeliveries = (schema: string) => {
  const sql = `
update ${schema}.webhook_deliveries set status = 'FAILED', next_try_at = null
where webhook_id = $1::uuid and status = 'WAITING' and status <> 'DELIVERED' and position <= $2`
  return (webhookId: string, upTo: number): Query => query(sql, text(webhookId), int8(upTo))
}
