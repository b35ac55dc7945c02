import { type Query, query, texts } from "../Query.ts"

/**
 * Frees the codes of SKUs that other SKUs of the same batch take, before any is taken: uniqueness is
 * checked row by row, so that not even one statement could swap two codes. Each gets a code that
 * no SKU can have, with a control character, until its own is written.
 * Index: skus_pkey, skus_code_key. Lock: the rows.
 */
export const freeCodes = (schema: string) => {
  const sql = `
update ${schema}.skus set code = chr(1) || gen_random_uuid()::text where id = any($1::text[])`
  return (skuIds: ReadonlyArray<string>): Query => query(sql, texts(skuIds))
}
