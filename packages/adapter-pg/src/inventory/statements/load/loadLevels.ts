import { levelColumns, locationColumns, overScope, skuColumns } from "../scope.ts"

/**
 * Loads the SKUs in scope with their levels and locations. A later statement than the lock: in one
 * statement READ COMMITTED would show fresh locked rows beside stale others.
 * Index: inventory_pkey, skus_pkey, locations_pkey. Lock: none of its own.
 */
export const loadLevels = (schema: string) =>
  overScope(
    schema,
    (skuIds) => `
select ${skuColumns}, ${levelColumns}, ${locationColumns}
from ${schema}.inventory i
join ${schema}.skus s on s.id = i.sku_id
join ${schema}.locations l on l.id = i.location_id
where i.sku_id = any(${skuIds})`
  )
