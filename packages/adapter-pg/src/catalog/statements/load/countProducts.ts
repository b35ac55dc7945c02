import type { CategoryId } from "@holdfast/core/catalog"
import { int8, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Counts the products of each category ($1), up to $2 of each.
 * Index: product_categories_name. Lock: none; the categories are locked already.
 */
export const countProducts = (schema: string) => {
  const sql = `
select n.id as category_id, (select count(*) from (
  select 1 from ${schema}.product_categories k where k.category_id = n.id::uuid limit $2
) as k)::float8 as products
from unnest($1::text[]) as n(id)`
  return (categoryIds: ReadonlyArray<CategoryId>, limit: number): Query =>
    query(sql, texts(categoryIds), int8(limit))
}
