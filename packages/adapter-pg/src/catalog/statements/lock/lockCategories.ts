import type { CategoryId } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

const lock = (schema: string, strength: string) => `
select 1 from ${schema}.categories c
where c.id = any($1::text[]::uuid[])
order by c.id
for ${strength}`

/**
 * Locks categories ($1) that are deleted, so that no product is put into them meanwhile.
 * Index: categories_pkey. Lock: FOR UPDATE on the rows, in the order of ids, held to the end.
 */
export const lockEmptied = (schema: string) => {
  const sql = lock(schema, "update")
  return (categoryIds: ReadonlyArray<CategoryId>): Query => query(sql, texts(categoryIds))
}

/**
 * Keeps categories ($1) that products are put into from being deleted. Others may rename them.
 * Index: categories_pkey. Lock: FOR KEY SHARE on the rows, in the order of ids, held to the end.
 */
export const lockChosen = (schema: string) => {
  const sql = lock(schema, "key share")
  return (categoryIds: ReadonlyArray<CategoryId>): Query => query(sql, texts(categoryIds))
}
