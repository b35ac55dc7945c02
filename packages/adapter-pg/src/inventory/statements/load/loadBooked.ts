import type { StockScope } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { movementColumns, skusWithCodes } from "../scope.ts"

/**
 * Loads the first movement of each kind ($1), SKU ($2, or by its code $3) and reference ($4): what a
 * booking that is to be made once would repeat.
 * Index: stock_movements_reference, skus_code_key. Lock: none; the levels of these SKUs are locked
 * already, and only their holder books.
 */
export const loadBooked = (schema: string) => {
  const sql = `
select ${movementColumns}
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as n(type, sku_id, code, reference)
cross join lateral (
  select * from ${schema}.stock_movements b
  where b.reference = n.reference and b.reference is not null and b.type = n.type
    and b.sku_id = coalesce(n.sku_id, (${skusWithCodes(schema, "array[n.code]")} limit 1))
  order by b.created_at, b.id limit 1) as m`
  return (once: StockScope["onceOnly"]): Query =>
    query(
      sql,
      texts(once.map(({ type }) => type)),
      texts(once.map(({ skuId }) => skuId)),
      texts(once.map(({ code }) => code)),
      texts(once.map(({ reference }) => reference))
    )
}
