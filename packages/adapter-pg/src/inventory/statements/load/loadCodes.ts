import type { StockScope } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Loads the SKUs in use that have one of these codes ($1), or the code of one of these SKUs ($2),
 * archived or not.
 * Index: skus_code_key, skus_pkey. Lock: none; writing a code that was taken meanwhile is a
 * conflict.
 */
export const loadCodes = (schema: string) => {
  const sql = `
select s.code::text, s.id::text as sku_id from ${schema}.skus s
where s.archived_at is null and s.code = any($1::text[] || array(
  select n.code::text from ${schema}.skus n where n.id = any($2::text[])))`
  return (scope: Pick<StockScope, "codes" | "codesOf">): Query =>
    query(sql, texts(scope.codes), texts(scope.codesOf))
}
