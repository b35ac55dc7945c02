import { int8, type Query, query } from "../../connection/Query.ts"

/**
 * Reads the webhooks that are paused.
 * Index: webhooks_pkey. Lock: none.
 */
export const diagnoseWebhooks = (schema: string): Query =>
  query(`
select webhook_id::text as webhook_id, paused_because from ${schema}.webhooks w
where w.status = 'PAUSED' order by w.webhook_id`)

/**
 * Counts the events that webhooks did not take, up to $1.
 * Index: webhooks_pkey, webhook_deliveries_open. Lock: none.
 */
export const diagnoseDeliveries = (schema: string, countMax: number): Query =>
  query(
    `
select count(*)::float8 as failed from (
  select 1 from ${schema}.webhooks w join ${schema}.webhook_deliveries d
    on d.webhook_id = w.webhook_id and d.status = 'FAILED' and d.status <> 'DELIVERED'
  limit $1) as d`,
    int8(countMax)
  )
