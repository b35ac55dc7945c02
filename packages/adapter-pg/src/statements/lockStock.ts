import { overScope } from "./scope.ts"

/**
 * Locks every level of the SKUs in scope: the SKU is the monitor.
 * Index: inventory_pkey, and for an order reservations_lines. Lock: FOR NO KEY UPDATE on the levels, in key order, held to the end.
 * FOR UPDATE would also stop the foreign keys of rows that are being inserted beside it.
 */
export const lockStock = (schema: string) =>
  overScope(
    schema,
    (skuIds) => `
select 1
from ${schema}.inventory i
where i.sku_id = any(${skuIds})
order by i.sku_id, i.location_id
for no key update`
  )
