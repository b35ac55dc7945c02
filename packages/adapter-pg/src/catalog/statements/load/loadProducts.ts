import type { ProductId } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { productColumns } from "../scope.ts"

/**
 * Loads or reads products ($1) with all that belongs to them.
 * Index: products_pkey, and those of `productColumns`. Lock: none of its own.
 */
export const loadProducts = (schema: string) => {
  const sql = `
select ${productColumns(schema)}
from ${schema}.products p
where p.id = any($1::text[]::uuid[])`
  return (productIds: ReadonlyArray<ProductId>): Query => query(sql, texts(productIds))
}
