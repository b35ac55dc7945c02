import { int8, type Query, query } from "../../connection/Query.ts"

/**
 * Deletes receipts older than 24 hours, at most $1.
 * Index: receipts_created_at. Lock: the rows, those that are locked by others aside.
 */
export const deleteReceipts = (schema: string) => {
  const sql = `
delete from ${schema}.receipts where ctid in (
  select ctid from ${schema}.receipts
  where created_at < (select clock_timestamp() - interval '24 hours')
  order by created_at limit $1 for update skip locked)
returning 1`
  return (limit: number): Query => query(sql, int8(limit))
}

/**
 * Deletes batches older than an hour, at most $1. No retry of them can still be on its way. Their
 * ids begin with the milliseconds of the engine that made them, so the old ones lie together; the
 * instant beside the id is by the clock of the database.
 * Index: batches_pkey. Lock: the rows, those that are locked by others aside.
 */
export const deleteBatches = (schema: string) => {
  const sql = `
delete from ${schema}.batches where ctid in (
  select ctid from ${schema}.batches
  where id < (select (lpad(to_hex((extract(epoch from clock_timestamp() - interval '1 hour') * 1000)
      ::int8), 12, '0') || repeat('0', 20))::uuid)
    and created_at < (select clock_timestamp() - interval '1 hour')
  order by id limit $1 for update skip locked)
returning 1`
  return (limit: number): Query => query(sql, int8(limit))
}

/**
 * Deletes claims of events older than 30 days, at most $1.
 * Index: inbox_handled_at. Lock: the rows, those that are locked by others aside.
 */
export const deleteClaims = (schema: string) => {
  const sql = `
delete from ${schema}.inbox where ctid in (
  select ctid from ${schema}.inbox
  where handled_at < (select clock_timestamp() - interval '30 days')
  order by handled_at limit $1 for update skip locked)
returning 1`
  return (limit: number): Query => query(sql, int8(limit))
}

/**
 * Deletes what is known of events that webhooks were sent more than 30 days ago, at most $1. What
 * still waits is kept, unless its webhook was removed.
 * Index: webhook_deliveries_last_tried_at, webhooks_pkey. Lock: the rows, those that are locked by
 * others aside.
 */
export const deleteDeliveries = (schema: string) => {
  const sql = `
delete from ${schema}.webhook_deliveries where ctid in (
  select d.ctid from ${schema}.webhook_deliveries d
  where d.last_tried_at < (select clock_timestamp() - interval '30 days')
    and (d.status <> 'WAITING'
      or not exists (select 1 from ${schema}.webhooks w where w.webhook_id = d.webhook_id))
  order by d.last_tried_at limit $1 for update skip locked)
returning 1`
  return (limit: number): Query => query(sql, int8(limit))
}
