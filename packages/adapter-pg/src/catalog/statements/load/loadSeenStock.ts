import type { ProductId } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Loads the versions of stock that products ($1) have followed.
 * Index: followed_stock_pkey. Lock: none; the products are locked already.
 */
export const loadSeenStock = (schema: string) => {
  const sql = `
select f.product_id::text, f.sku_id::text, f.version::float8 from ${schema}.followed_stock f
where f.product_id = any($1::text[]::uuid[])`
  return (productIds: ReadonlyArray<ProductId>): Query => query(sql, texts(productIds))
}
