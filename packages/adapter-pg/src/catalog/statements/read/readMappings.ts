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

/**
 * Reads SKUs of which an option takes two units or more, each once.
 * Index: sku_mappings_several_units. Lock: none.
 */
export const readMultiUnitSkus = (schema: string) => {
  const sql = `
select distinct m.sku_id::text as sku_id, m.sku_id as place from ${schema}.sku_mappings m
where m.quantity > 1
order by m.sku_id
limit $1`
  return (limit: number): Query => query(sql, int8(limit))
}

/** Reads whether there is a mapping: a row, or none. Index: sku_mappings_pkey. Lock: none. */
export const readIsMapped = (schema: string) => {
  const sql = `
select m.sku_id::text from ${schema}.sku_mappings m order by m.sku_id limit 1`
  return (): Query => query(sql)
}

/**
 * Reads of SKUs ($1) the most units that an ACTIVE option takes, and the fewest that one takes which stock has
 * SOLD_OUT. Each mapping is looked up by its SKU, then its option by its id. As a join, planned while the
 * tables were small, it read all options for each SKU.
 * Index: sku_mappings_pkey, product_options_pkey. Lock: none.
 */
export const readDemands = (schema: string) => {
  const sql = `
select m.sku_id::text, max(m.quantity) filter (where o.status = 'ACTIVE')::float8 as shown,
  min(m.quantity) filter (where o.status = 'SOLD_OUT')::float8 as sold_out
from (
  select * from ${schema}.sku_mappings m where m.sku_id = any($1::text[]) offset 0
) as m
cross join lateral (
  select * from ${schema}.product_options o where o.id = m.option_id limit 1
) as o
where (o.status = 'ACTIVE' or o.status = 'SOLD_OUT' and o.status_by = 'STOCK')
group by m.sku_id`
  return (skuIds: ReadonlyArray<string>): Query => query(sql, texts(skuIds))
}

/** Reads the SKUs after one ($1) that options map, in order. Index: sku_mappings_pkey. Lock: none. */
export const readMappedSkus = (schema: string) => {
  const sql = `
select distinct m.sku_id::text as sku_id, m.sku_id as place from ${schema}.sku_mappings m
where m.sku_id > $1
order by m.sku_id
limit $2`
  return (after: string | null, limit: number): Query => query(sql, text(after ?? ""), int8(limit))
}
