import type { CatalogScope } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Loads which of the ids of products ($1), of categories ($2) and of attributes ($3) are of deleted
 * ones.
 * Index: deleted_ids_pkey. Lock: none.
 */
export const loadDeleted = (schema: string) => {
  const of = (kind: string, ids: string) => `
select '${kind}' as aggregate_type, n.id from unnest(${ids}::text[]) as n(id)
cross join lateral (select 1 from ${schema}.deleted_ids d
  where d.aggregate_type = '${kind}' and d.id = n.id::uuid limit 1) as d`
  const sql = `${of("PRODUCT", "$1")}
union all${of("CATEGORY", "$2")}
union all${of("ATTRIBUTE", "$3")}`
  return ({
    attributeIds,
    productIds,
    treeIds
  }: Pick<CatalogScope, "attributeIds" | "productIds" | "treeIds">): Query =>
    query(sql, texts(productIds), texts(treeIds), texts(attributeIds))
}
