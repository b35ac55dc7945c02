import { type Query, query, texts } from "../Query.ts"

/**
 * Loads the owners of SKU codes.
 * Index: skus_code_key. Lock: none; a code that is taken meanwhile is met when it is inserted.
 */
export const loadCodes = (schema: string) => {
  const sql = `
select s.code::text, s.id::text as sku_id from ${schema}.skus s where s.code = any($1::text[])`
  return (codes: ReadonlyArray<string>): Query => query(sql, texts(codes))
}
