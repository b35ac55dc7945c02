import { type Query, query } from "../Query.ts"

/**
 * Locks all locations, for a batch that makes or changes some: exactly one stays the default.
 * Index: locations_pkey. Lock: FOR NO KEY UPDATE on every row, in key order.
 */
export const lockLocations = (schema: string) => {
  const sql = `select 1 from ${schema}.locations order by id for no key update`
  return (): Query => query(sql)
}
