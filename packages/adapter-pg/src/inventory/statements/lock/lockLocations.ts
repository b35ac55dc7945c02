import { type Query, query } from "../../../connection/Query.ts"
import { lockMillis, waitsAtMost } from "../scope.ts"

/**
 * Locks all locations, for a batch that makes or changes some: exactly one stays the default.
 * Index: locations_pkey. Lock: FOR NO KEY UPDATE on every row, in key order.
 */
export const lockLocations = (schema: string) => {
  const lock = (where: string) =>
    `select 1 from ${schema}.locations ${where} order by id for no key update`
  const patient = lock("")
  const short = lock(`where ${waitsAtMost("$1")}`)
  return (millisMax: number | undefined): Query =>
    millisMax === undefined ? query(patient) : query(short, lockMillis(millisMax))
}

/**
 * Locks the locations that nobody else holds, and counts those that others hold.
 * Index: locations_pkey. Lock: FOR NO KEY UPDATE on the rows that are free, without waiting.
 */
export const tryLocations = (schema: string) => {
  const sql = `
with held as materialized (
  select id from ${schema}.locations order by id for no key update skip locked)
select ((select count(*) from ${schema}.locations) - (select count(*) from held))::float8 as locked`
  return (): Query => query(sql)
}
