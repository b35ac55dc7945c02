import { int8s, type Query, query, texts } from "../../../connection/Query.ts"
import type { Seen } from "../../../replicas/seenOf.ts"

/**
 * Counts the products ($1) and categories ($3) that have not reached a version ($2, $4) here.
 * Index: products_pkey, categories_pkey. Lock: none.
 */
export const countBehind = (schema: string) => {
  const lacking = (table: string, ids: string, versions: string) => `
  (select count(*) from unnest(${ids}::text[], ${versions}::int8[]) seen (id, version)
   where seen.version > coalesce(
     (select t.version from ${schema}.${table} t where t.id = seen.id::uuid), 0))`
  const sql = `
select (${lacking("products", "$1", "$2")} + ${lacking("categories", "$3", "$4")})::float8 as behind`
  return (products: Seen, categories: Seen): Query =>
    query(
      sql,
      texts(products.ids),
      int8s(products.versions),
      texts(categories.ids),
      int8s(categories.versions)
    )
}
