import { int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Counts the SKUs ($1) that have not reached a version ($2) here. Index: inventory_pkey. Lock: none.
 */
export const countSkusBehind = (schema: string) => {
  const sql = `
select count(*)::float8 as behind
from unnest($1::text[], $2::int8[]) seen (sku_id, version)
where not exists (
  select 1 from ${schema}.inventory i
  where i.sku_id = seen.sku_id and i.version >= seen.version)`
  return (skuIds: ReadonlyArray<string>, versions: ReadonlyArray<number>): Query =>
    query(sql, texts(skuIds), int8s(versions))
}
