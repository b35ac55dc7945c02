import type { MappingsQuery } from "@holdfast/core/catalog"
import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"

const columns = `m.product_id::text, m.option_id::text, m.sku_id::text, m.quantity::float8`

const first = "00000000-0000-0000-0000-000000000000"

/**
 * Reads a page of the mappings of SKUs, or of options ($1), after an option ($2) and a SKU ($3). Of
 * each of them no more than the page is read.
 * Index: sku_mappings_sku, or sku_mappings_pkey. Lock: none.
 */
export const readMappings = (schema: string) => {
  const page = (of: string, order: string) => `
select ${columns} from unnest($1::text[]) as n(id)
cross join lateral (
  select * from ${schema}.sku_mappings m
  where ${of} and (m.option_id, m.sku_id) > ($2::uuid, $3)
  order by ${order} limit $4
) as m
order by m.option_id, m.sku_id
limit $4`
  const ofSkus = page("m.sku_id = n.id and m.option_id >= $2::uuid", "m.option_id")
  const ofOptions = page("m.option_id = n.id::uuid", "m.sku_id")
  return ({ after, limit, of }: MappingsQuery): Query =>
    query(
      "skuIds" in of ? ofSkus : ofOptions,
      texts([...new Set<string>("skuIds" in of ? of.skuIds : of.optionIds)]),
      text(after?.optionId ?? first),
      text(after?.skuId ?? ""),
      int8(limit)
    )
}
