import type { AttributeId, CatalogScope } from "@holdfast/core/catalog"
import { int8, type Query, query, texts } from "../../../connection/Query.ts"
import { attributeColumns } from "../scope.ts"

/**
 * Loads attributes by id ($1), by code ($2), and those that products ($3) have values of.
 * Index: product_attributes_pkey, product_attributes_code_key, product_attribute_values_pkey. Lock:
 * none; who changes attributes or gives values of them holds a lock on all of them.
 */
export const loadAttributes = (schema: string) => {
  const sql = `
with wanted as (
  select n.id::uuid as id from unnest($1::text[]) as n(id)
  union
  select a.id from ${schema}.product_attributes a where a.code = any($2::text[])
  union
  select a.id from unnest($3::text[]) as n(id)
  cross join lateral (select v.code from ${schema}.product_attribute_values v
    where v.product_id = n.id::uuid and v.position >= 0 offset 0) as v
  cross join lateral (select a.id from ${schema}.product_attributes a where a.code = v.code limit 1) as a
)
select ${attributeColumns} from wanted w
cross join lateral (select * from ${schema}.product_attributes a where a.id = w.id limit 1) as a`
  return (scope: Pick<CatalogScope, "attributeIds" | "valuedCodes" | "retypedIds">): Query =>
    query(sql, texts(scope.attributeIds), texts(scope.valuedCodes), texts(scope.retypedIds))
}

/**
 * Counts the values that products have of attributes ($1), all of them and of each choice, up to $2 of
 * each.
 * Index: product_attributes_pkey, product_attribute_values_value. Lock: none; no other batch gives
 * values.
 */
export const countValues = (schema: string) => {
  const values = `select 1 from ${schema}.product_attribute_values v where v.code = a.code`
  const sql = `
select a.code::text, n.value, (select case when n.value is null
    then (select count(*) from (${values} limit $2) as v)
    else (select count(*) from (${values} and v.value = n.value limit $2) as v) end)::float8 as "values"
from ${schema}.product_attributes a
cross join lateral (
  select null::text as value
  union all
  select c.choice->>'value' from json_array_elements(a.choices) as c(choice)
) as n
where a.id = any($1::text[]::uuid[])`
  return (attributeIds: ReadonlyArray<AttributeId>, limit: number): Query =>
    query(sql, texts(attributeIds), int8(limit))
}
