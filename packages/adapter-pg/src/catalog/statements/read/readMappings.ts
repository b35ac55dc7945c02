import type { MappingsQuery } from "@holdfast/core/catalog"
import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"

const columns = "m.product_id::text, m.option_id::text, m.sku_id::text, m.quantity::float8"

/** Before every id of an option. */
const first = "00000000-0000-0000-0000-000000000000"

/**
 * Reads a page of the mappings of SKUs, or of options ($1), after an option ($2) and a SKU ($3). Of
 * each SKU no more than the page is read; an option has few.
 * Index: sku_mappings_pkey, or sku_mappings_option. Lock: none.
 */
export const readMappings = (schema: string) => {
  const after = "(m.option_id, m.sku_id) > ($2::uuid, $3)"
  const order = "order by m.option_id, m.sku_id limit $4"
  const ofSkus = `
select ${columns} from unnest($1::text[]) as n(id)
cross join lateral (
  select * from ${schema}.sku_mappings m
  where m.sku_id = n.id and m.option_id >= $2::uuid and ${after}
  order by m.option_id limit $4
) as m
${order}`
  const ofOptions = `
select ${columns} from unnest($1::text[]) as n(id)
cross join lateral (
  select * from ${schema}.sku_mappings m where m.option_id = n.id::uuid offset 0
) as m
where ${after}
${order}`
  return ({ after, limit, of }: MappingsQuery): Query =>
    query(
      "skuIds" in of ? ofSkus : ofOptions,
      texts([...new Set<string>("skuIds" in of ? of.skuIds : of.optionIds)]),
      text(after?.optionId ?? first),
      text(after?.skuId ?? ""),
      int8(limit)
    )
}

/** Reads whether there is a mapping: a row, or none. Index: sku_mappings_pkey. Lock: none. */
export const readIsMapped = (schema: string) => {
  const sql = `
select m.sku_id::text from ${schema}.sku_mappings m order by m.sku_id limit 1`
  return (): Query => query(sql)
}
