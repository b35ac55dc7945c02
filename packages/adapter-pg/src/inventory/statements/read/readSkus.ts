import type { SkuId } from "@holdfast/core/inventory"
import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import { skuColumns } from "../scope.ts"

/** Reads a SKU by id. Index: skus_pkey. Lock: none. */
export const readSku = (schema: string) => {
  const sql = `select ${skuColumns} from ${schema}.skus s where s.id = $1`
  return (skuId: SkuId): Query => query(sql, text(skuId))
}

/** Reads the SKU in use that has a code. Index: skus_code_key. Lock: none. */
export const readSkuByCode = (schema: string) => {
  const sql = `select ${skuColumns} from ${schema}.skus s 
where s.code = $1 and s.archived_at is null`
  return (code: string): Query => query(sql, text(code))
}

/** Reads the SKUs in use that have one of these codes ($1). Index: skus_code_key. Lock: none. */
export const readSkusByCodes = (schema: string) => {
  const sql = `select ${skuColumns} from ${schema}.skus s
where s.code = any($1::text[]) and s.archived_at is null`
  return (codes: ReadonlyArray<string>): Query => query(sql, texts(codes))
}

/** Reads SKUs in the order of their ids, from after one. Index: skus_pkey. Lock: none. */
export const readSkus = (schema: string) => {
  const sql = `select ${skuColumns} from ${schema}.skus s where s.id > $1 order by s.id limit $2`
  return (after: SkuId | null, limit: number): Query => query(sql, text(after ?? ""), int8(limit))
}
