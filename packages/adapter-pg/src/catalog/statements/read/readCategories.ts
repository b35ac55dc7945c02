import type { CategoryId } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { categoryColumns } from "../scope.ts"

/** Reads categories ($1). Index: categories_pkey. Lock: none. */
export const readCategories = (schema: string) => {
  const sql = `
select ${categoryColumns} from ${schema}.categories c where c.id = any($1::text[]::uuid[])`
  return (categoryIds: ReadonlyArray<CategoryId>): Query => query(sql, texts(categoryIds))
}

/** Reads the whole tree. Index: categories_pkey, whole. Lock: none. */
export const readTree = (schema: string) => {
  const sql = `
select ${categoryColumns} from ${schema}.categories c order by c.id`
  return (): Query => query(sql)
}
