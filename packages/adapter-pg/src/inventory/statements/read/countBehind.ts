import { int8s, type Query, query, texts } from "../../../connection/Query.ts"
import type { Seen } from "../../../replicas/seenOf.ts"

/**
 * Counts the SKUs ($1) and locations ($3) that have not reached a version ($2, $4) here. A SKU has that of
 * its newest level. A join would read all levels where a plan was made for few. Index: inventory_pkey, locations_pkey. Lock: none.
 */
export const countStockBehind = (schema: string) => {
  const sql = `
select ((
  select count(*) from unnest($1::text[], $2::int8[]) seen (id, version)
  where seen.version > coalesce(
    (select max(i.version) from ${schema}.inventory i where i.sku_id = seen.id), 0)
) + (
  select count(*) from unnest($3::text[], $4::int8[]) seen (id, version)
  where seen.version > coalesce(
    (select l.version from ${schema}.locations l where l.id = seen.id), 0)
))::float8 as behind`
  return (skus: Seen, locations: Seen): Query =>
    query(
      sql,
      texts(skus.ids),
      int8s(skus.versions),
      texts(locations.ids),
      int8s(locations.versions)
    )
}
