import type { ProductId } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Locks products ($1): with its options, mappings, images and categories each is one aggregate.
 * Index: products_pkey. Lock: FOR NO KEY UPDATE on the rows, in the order of ids, held to the end.
 */
export const lockProducts = (schema: string) => {
  const sql = `
select 1 from ${schema}.products p
where p.id = any($1::text[]::uuid[])
order by p.id
for no key update`
  return (productIds: ReadonlyArray<ProductId>): Query => query(sql, texts(productIds))
}
