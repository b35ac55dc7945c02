import type { CatalogScope } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Loads which of the ids of products ($1) and of categories ($2) are of deleted ones.
 * Index: deleted_ids_pkey. Lock: none.
 */
export const loadDeleted = (schema: string) => {
  const sql = `
select d.aggregate_type::text, d.id::text from ${schema}.deleted_ids d
where d.aggregate_type = 'PRODUCT' and d.id = any($1::text[]::uuid[])
union all
select d.aggregate_type::text, d.id::text from ${schema}.deleted_ids d
where d.aggregate_type = 'CATEGORY' and d.id = any($2::text[]::uuid[])`
  return ({ productIds, treeIds }: Pick<CatalogScope, "productIds" | "treeIds">): Query =>
    query(sql, texts(productIds), texts(treeIds))
}
