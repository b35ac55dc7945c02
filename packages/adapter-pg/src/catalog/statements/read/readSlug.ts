import { type Query, query, text } from "../../../connection/Query.ts"
import { productColumns } from "../scope.ts"

/**
 * Reads the product that has a slug ($1), or had it before.
 * Index: product_slugs_pkey, products_pkey, and those of `productColumns`. Lock: none.
 */
export const readSlug = (schema: string) => {
  const sql = `
select ${productColumns(schema)}
from ${schema}.product_slugs s
cross join lateral (select * from ${schema}.products p where p.id = s.product_id limit 1) as p
where s.slug = $1`
  return (slug: string): Query => query(sql, text(slug))
}
