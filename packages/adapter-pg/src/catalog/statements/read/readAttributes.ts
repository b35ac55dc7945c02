import type { AttributesQuery } from "@holdfast/core/catalog"
import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import { attributeColumns } from "../scope.ts"

/**
 * Reads attributes in the order of their codes: by id ($1), by code ($1), or so many ($2) after a code
 * ($1).
 * Index: product_attributes_pkey, or product_attributes_code_key. Lock: none.
 */
export const readAttributes = (schema: string) => {
  const sql = (where: string) => `
select ${attributeColumns} from ${schema}.product_attributes a where ${where} order by a.code`
  const byId = `
select ${attributeColumns} from unnest($1::text[]) as n(id)
cross join lateral (select * from ${schema}.product_attributes a where a.id = n.id::uuid limit 1) as a
order by a.code`
  const byCode = sql("a.code = any($1::text[])")
  const page = `${sql("a.code > $1")} limit $2`
  return (asked: AttributesQuery): Query => {
    if ("ids" in asked) return query(byId, texts(asked.ids))
    return "codes" in asked
      ? query(byCode, texts(asked.codes))
      : query(page, text(asked.after ?? ""), int8(asked.limit))
  }
}
