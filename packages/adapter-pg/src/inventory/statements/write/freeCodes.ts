import type { Sku } from "@holdfast/core/inventory"
import { instant, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Frees the codes of SKUs that are about to be written, so that codes may change hands among them
 * and to new SKUs. An archived SKU holds no code, so these are archived for the moment; the next
 * statement writes their final state.
 * Index: skus_pkey, skus_code_key. Lock: the rows.
 */
export const freeCodes = (schema: string) => {
  const sql = `
update ${schema}.skus s set archived_at = coalesce(s.archived_at, $2)
where s.id = any($1::text[])`
  return (skus: ReadonlyArray<Sku.Sku>, nowMillis: number): Query =>
    query(sql, texts(skus.map((sku) => sku.id)), instant(nowMillis))
}
