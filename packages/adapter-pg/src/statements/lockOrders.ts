import { type Query, query, texts } from "../Query.ts"
import { waitsShortly } from "./scope.ts"

/**
 * Orders share 4,096 locks a schema, so that batches of whole orders, however many, cannot fill the
 * server's lock table (about 6,400 locks unless it is told otherwise).
 */
const bucketsOf = (where: string) => `
  (select distinct (hashtextextended(order_id, 0) & 4095)::int4 as bucket
   from unnest($1::text[]) as order_id ${where} order by bucket) as buckets`

const lockOf = (schema: string) => `hashtext('${schema}/orders'), bucket`

/**
 * Locks orders that are decided on as a whole, before their holds are read.
 * Index: none, no table is read. Lock: advisory, of the transaction, in the order of the buckets.
 */
export const lockOrders = (schema: string) => {
  const lock = (where: string) =>
    `select pg_advisory_xact_lock(${lockOf(schema)})::text from ${bucketsOf(where)}`
  const patient = lock("")
  const short = lock(`where ${waitsShortly}`)
  return (orderIds: ReadonlyArray<string>, isShort: boolean): Query =>
    query(isShort ? short : patient, texts(orderIds))
}

/**
 * Locks orders as far as nobody else holds them; answers those that are held.
 * Index: none, no table is read. Lock: advisory, of the transaction, without waiting.
 */
export const tryOrders = (schema: string) => {
  const sql = `
with tried as materialized (
  select bucket, pg_try_advisory_xact_lock(${lockOf(schema)}) as is_ours
  from ${bucketsOf("")})
select order_id::text
from unnest($1::text[]) as order_id
join tried on tried.bucket = (hashtextextended(order_id, 0) & 4095)::int4
where not tried.is_ours`
  return (orderIds: ReadonlyArray<string>): Query => query(sql, texts(orderIds))
}
