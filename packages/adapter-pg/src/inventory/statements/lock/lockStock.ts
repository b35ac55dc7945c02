import type { StockScope } from "@holdfast/core/inventory"
import type { Query } from "../../../connection/Query.ts"
import { isHeldForLong, lockMillis, overScope, waitsAtMost } from "../scope.ts"

const lock = (schema: string, columns: string, skuIds: string, and = "") => `
select ${columns}
from ${schema}.inventory i
where i.sku_id = any(${skuIds}) ${and}
order by i.sku_id, i.location_id
for no key update`

/**
 * Locks every level of the SKUs in scope: the SKU is the monitor.
 * Index: inventory_pkey, and for an order reservations_lines. Lock: FOR NO KEY UPDATE on the
 * levels, in key order, held to the end.
 * FOR UPDATE would also stop the foreign keys of rows that are being inserted beside it.
 */
export const lockStock = (schema: string) => {
  const patient = overScope(schema, (skuIds) => lock(schema, "1", skuIds))
  const short = overScope(schema, (skuIds, next) =>
    lock(schema, "1", skuIds, `and ${waitsAtMost(next(0))}`)
  )
  return (scope: StockScope, millisMax: number | undefined): Query =>
    millisMax === undefined ? patient(scope) : short(scope, lockMillis(millisMax))
}

/**
 * Locks the levels of the SKUs in scope that nobody else holds. Returns each SKU of which a level
 * exists and was not locked, and who holds it. Later writes wait for a lock for at most
 * `millisMax`.
 * Index: inventory_pkey. Lock: FOR NO KEY UPDATE on the levels that are free, without waiting.
 */
export const tryStock = (schema: string) => {
  const statement = overScope(schema, (skuIds, next) => {
    const columns = "i.sku_id, i.location_id"
    const holder = "l.locktype = 'transactionid' and l.transactionid = i.xmax"
    return `
with held as materialized (${lock(schema, columns, skuIds, `and ${waitsAtMost(next(0))}`)} skip locked)
select i.sku_id::text, bool_or(${isHeldForLong(holder)}) as for_long
from ${schema}.inventory i
left join held on held.sku_id = i.sku_id and held.location_id = i.location_id
where i.sku_id = any(${skuIds}) and held.sku_id is null
group by i.sku_id`
  })
  return (scope: StockScope, millisMax: number): Query => statement(scope, lockMillis(millisMax))
}
