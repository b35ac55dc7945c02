import type { Sku } from "@holdfast/core/inventory"
import { instants, int8, type Query, query } from "../../../connection/Query.ts"
import { skuParams } from "../scope.ts"

/**
 * Writes new SKUs at their final state; an id or a code that is taken by now fails the transaction.
 * Index: skus_pkey, skus_code_key. Lock: the new rows, in key order.
 */
export const insertSkus = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.skus (id, code, name, description, weight, volume, backorder_limit,
    safety_stock, low_stock_threshold, created_at, archived_at)
  select id, code, name, description, weight::decimal, volume::decimal, backorder_limit,
    safety_stock, low_stock_threshold, created_at, archived_at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[],
    $8::int8[], $9::int8[], $10::timestamptz[], $11::timestamptz[]) as n(id, code, name, description, weight, volume,
    backorder_limit, safety_stock, low_stock_threshold, created_at, archived_at) order by id
  on conflict do nothing returning 1)
select ${schema}.require_rows((select count(*) from written), $12)::text`
  return (skus: ReadonlyArray<Sku.Sku>): Query =>
    query(
      sql,
      ...skuParams(skus),
      instants(skus.map((sku) => sku.createdAt)),
      instants(skus.map((sku) => sku.archivedAt)),
      int8(skus.length)
    )
}
