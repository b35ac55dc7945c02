import type { OptionId, ProductOption } from "@holdfast/core/catalog"
import { instants, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

type Row = ProductOption.ProductOption

const fields = `$1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::int8[], $9::text[], $10::timestamptz[], $11::text[]`
const names = `id, product_id, name, price, currency, status, status_by, position, external_id,
  created_at, translations`

const paramsOf = (options: ReadonlyArray<Row>) => [
  texts(options.map((option) => option.id)),
  texts(options.map((option) => option.productId)),
  texts(options.map((option) => option.name)),
  texts(options.map((option) => option.price?.amount ?? null)),
  texts(options.map((option) => option.price?.currency ?? null)),
  texts(options.map((option) => option.status)),
  texts(options.map((option) => option.statusBy)),
  int8s(options.map((option) => option.position)),
  texts(options.map((option) => option.externalId)),
  instants(options.map((option) => option.createdAt)),
  texts(options.map((option) => JSON.stringify(option.translations)))
]

/**
 * Writes new options at their final state; an id or a name that is taken by now fails the
 * transaction.
 * Index: product_options_pkey, product_options_external_id_key. Lock: the new rows.
 */
export const insertOptions = (schema: string) => {
  const sql = `
insert into ${schema}.product_options (${names})
select id::uuid, product_id::uuid, name, price::numeric, currency, status, status_by,
  position::integer, external_id, created_at, translations::json
from unnest(${fields}) as n(${names})
order by id`
  return (options: ReadonlyArray<Row>): Query => query(sql, ...paramsOf(options))
}

/**
 * Writes options at their final state. The lock and the version of their product guard them.
 * Index: product_options_pkey. Lock: the rows.
 */
export const updateOptions = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.product_options o
  set name = n.name, price = n.price::numeric, currency = n.currency, status = n.status,
    status_by = n.status_by, position = n.position::integer, external_id = n.external_id,
    created_at = n.created_at, translations = n.translations::json
  from unnest(${fields}) as n(${names})
  where o.id = n.id::uuid
  returning 1)
select ${schema}.require_rows((select count(*) from written), $12)::text`
  return (options: ReadonlyArray<Row>): Query =>
    query(sql, ...paramsOf(options), int8(options.length))
}

/**
 * Deletes options and their mappings.
 * Index: product_options_pkey, sku_mappings_option. Lock: the rows.
 */
export const deleteOptions = (schema: string) => {
  const sql = `
with written as (
  delete from ${schema}.product_options o where o.id = any($1::text[]::uuid[]) returning 1)
select ${schema}.require_rows((select count(*) from written), $2)::text`
  return (optionIds: ReadonlyArray<OptionId>): Query =>
    query(sql, texts(optionIds), int8(optionIds.length))
}

/**
 * Deletes the mappings of options.
 * Index: sku_mappings_option. Lock: the rows.
 */
export const deleteMappings = (schema: string) => {
  const sql = `
delete from ${schema}.sku_mappings m where m.option_id = any($1::text[]::uuid[])`
  return (optionIds: ReadonlyArray<OptionId>): Query => query(sql, texts(optionIds))
}

/**
 * Writes the mappings of options, which have none by now.
 * Index: sku_mappings_pkey, and the others of the table grow. Lock: the new rows.
 */
export const insertMappings = (schema: string) => {
  const sql = `
insert into ${schema}.sku_mappings (option_id, sku_id, product_id, quantity, position)
select option_id::uuid, sku_id, product_id::uuid, quantity, position::integer
from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::int8[])
  as n(option_id, sku_id, product_id, quantity, position)`
  return (options: ReadonlyArray<Row>): Query => {
    const rows = options.flatMap(({ id, productId, skuMappings }) =>
      skuMappings.map((mapping, position) => ({ optionId: id, productId, ...mapping, position }))
    )
    return query(
      sql,
      texts(rows.map((row) => row.optionId)),
      texts(rows.map((row) => row.skuId)),
      texts(rows.map((row) => row.productId)),
      int8s(rows.map((row) => row.quantity)),
      int8s(rows.map((row) => row.position))
    )
  }
}
