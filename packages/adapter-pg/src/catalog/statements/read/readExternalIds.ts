import type { ExternalKind } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Reads the products, options or categories that have one of these external ids ($1).
 * Index: products_external_id_key, product_options_external_id_key or categories_external_id_key.
 * Lock: none.
 */
export const readExternalIds = (schema: string) => {
  const of = (table: string, productId: string) => `
select t.external_id::text, t.id::text, ${productId} as product_id
from ${schema}.${table} t where t.external_id = any($1::text[])`
  const statements: { readonly [Kind in ExternalKind]: string } = {
    product: of("products", "null::text"),
    option: of("product_options", "t.product_id::text"),
    category: of("categories", "null::text")
  }
  return (kind: ExternalKind, externalIds: ReadonlyArray<string>): Query =>
    query(statements[kind], texts(externalIds))
}
