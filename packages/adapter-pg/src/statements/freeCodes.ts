import type { Sku } from "@holdfast/core/effect"
import { instant, type Query, query, texts } from "../Query.ts"

/**
 * Lets SKUs that are about to be written let go of their codes, so that codes may change hands
 * among them and to new ones: archived SKUs hold none. What they are to be is written afterwards.
 * Index: skus_pkey, skus_code_key. Lock: the rows.
 */
export const freeCodes = (schema: string) => {
  const sql = `
update ${schema}.skus s set archived_at = coalesce(s.archived_at, $2)
where s.id = any($1::text[])`
  return (skus: ReadonlyArray<Sku.Sku>, nowMillis: number): Query =>
    query(sql, texts(skus.map((sku) => sku.id)), instant(nowMillis))
}
