import type { Sku } from "@holdfast/core/inventory"
import { instants, int8, type Query, query } from "../../../connection/Query.ts"
import { skuParams } from "../scope.ts"

/**
 * Writes SKUs at their final state. Their levels are locked, so no other policy is in flight.
 * Index: skus_pkey, skus_code_key. Lock: the rows.
 */
export const updateSkus = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.skus s
  set code = n.code, name = n.name, description = n.description, weight = n.weight::decimal,
      volume = n.volume::decimal, backorder_limit = n.backorder_limit,
      safety_stock = n.safety_stock, low_stock_threshold = n.low_stock_threshold,
      archived_at = n.archived_at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[],
    $8::int8[], $9::int8[], $10::timestamptz[]) as n(id, code, name, description, weight, volume,
    backorder_limit, safety_stock, low_stock_threshold, archived_at)
  where s.id = n.id
  returning 1)
select ${schema}.require_rows((select count(*) from written), $11)::text`
  return (skus: ReadonlyArray<Sku.Sku>): Query =>
    query(sql, ...skuParams(skus), instants(skus.map((sku) => sku.archivedAt)), int8(skus.length))
}
