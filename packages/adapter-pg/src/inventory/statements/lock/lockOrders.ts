import type { OrderId } from "@holdfast/core/inventory"
import { int8s, type Query, query } from "../../../connection/Query.ts"
import { bucketOf, isHeldForLong, lockMillis, waitsAtMost } from "../scope.ts"

const bucketsOf = (orderIds: ReadonlyArray<OrderId>): ReadonlyArray<number> =>
  [...new Set(orderIds.map(bucketOf))].sort((a, b) => a - b)

const lockOf = (schema: string) => `hashtext('${schema}/orders'), bucket::int4`

/**
 * Locks orders that are decided on as a whole, before their holds are read.
 * Index: none, no table is read. Lock: advisory, of the transaction, in the order of the buckets.
 */
export const lockOrders = (schema: string) => {
  const lock = (where: string) =>
    `select pg_advisory_xact_lock(${lockOf(schema)})::text from unnest($1::int8[]) as bucket ${where}`
  const patient = lock("")
  const short = lock(`where ${waitsAtMost("$2")}`)
  return (orderIds: ReadonlyArray<OrderId>, millisMax: number | undefined): Query =>
    millisMax === undefined
      ? query(patient, int8s(bucketsOf(orderIds)))
      : query(short, int8s(bucketsOf(orderIds)), lockMillis(millisMax))
}

/**
 * Locks the orders that nobody else holds. Returns the buckets that others hold, and who they are.
 * Index: none, no table is read. Lock: advisory, of the transaction, without waiting.
 */
export const tryOrders = (schema: string) => {
  const holder = `l.locktype = 'advisory' and l.objsubid = 2 and l.objid = bucket::oid
    and l.classid = hashtext('${schema}/orders')::oid
    and l.database = (select oid from pg_database where datname = current_database())`
  const sql = `
select bucket::float8, ${isHeldForLong(holder)} as for_long from unnest($1::int8[]) as bucket
where not pg_try_advisory_xact_lock(${lockOf(schema)})`
  return (orderIds: ReadonlyArray<OrderId>): Query => query(sql, int8s(bucketsOf(orderIds)))
}
