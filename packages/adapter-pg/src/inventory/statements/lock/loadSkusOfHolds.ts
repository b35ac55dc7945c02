import type { StockScope } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { isLine, ofBundles } from "../scope.ts"

/**
 * Loads the SKU of each named reservation ($1), and the SKUs of the holds of named orders ($2) and
 * bundles ($3): what a batch touches beside the SKUs that it names.
 * Index: reservations_pkey, reservations_lines, reservations_option. Lock: none; a reservation never changes its SKU.
 */
export const loadSkusOfHolds = (schema: string) => {
  const sql = `
select id::text as reservation_id, null as order_id, sku_id::text
from ${schema}.reservations where id = any($1::text[]::uuid[])
union
select null, r.order_id::text, r.sku_id::text from ${schema}.reservations r
where r.order_id = any($2::text[]) and ${isLine("r")}`
  const withBundles = `${sql}
union
select named.id, null, r.sku_id::text ${ofBundles(schema, "$3::text[]")}`
  return (scope: StockScope): Query =>
    scope.bundleIds.length > 0
      ? query(
          withBundles,
          texts(scope.reservationIds),
          texts(scope.orderIds),
          texts(scope.bundleIds)
        )
      : query(sql, texts(scope.reservationIds), texts(scope.orderIds))
}
