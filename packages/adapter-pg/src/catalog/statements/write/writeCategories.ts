import type { Category, UpdatedCategory } from "@holdfast/core/catalog"
import { bools, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

type Row = Category.Category

const fields = `$1::text[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::bool[], $7::text[],
  $8::int8[], $9::text[]`
const names =
  "id, name, parent_id, level, sort_order, is_active, external_id, version, translations"

const paramsOf = (categories: ReadonlyArray<Row>) => [
  texts(categories.map((category) => category.id)),
  texts(categories.map((category) => category.name)),
  texts(categories.map((category) => category.parentId)),
  int8s(categories.map((category) => category.level)),
  int8s(categories.map((category) => category.sortOrder)),
  bools(categories.map((category) => category.isActive)),
  texts(categories.map((category) => category.externalId)),
  int8s(categories.map((category) => category.version)),
  texts(categories.map((category) => JSON.stringify(category.translations)))
]

/**
 * Writes new categories at their final state; a name that is taken by now fails the transaction.
 * Index: categories_pkey, categories_siblings_key, categories_external_id_key. Lock: the new rows.
 */
export const insertCategories = (schema: string) => {
  const sql = `
insert into ${schema}.categories (${names})
select id::uuid, name, parent_id::uuid, level::integer, sort_order::integer, is_active, external_id,
  version, translations::json
from unnest(${fields}) as n(${names})`
  return (categories: ReadonlyArray<Row>): Query => query(sql, ...paramsOf(categories))
}

/**
 * Writes categories at their final state, each only over the version that was loaded. One whose
 * ancestor moved keeps its version, and has another level.
 * Index: categories_pkey. Lock: the rows; no other batch changes the tree.
 */
export const updateCategories = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.categories c
  set name = n.name, parent_id = n.parent_id::uuid, level = n.level::integer,
    sort_order = n.sort_order::integer, is_active = n.is_active, external_id = n.external_id,
    version = n.version, translations = n.translations::json
  from unnest(${fields}, $10::int8[]) as n(${names}, loaded_version)
  where c.id = n.id::uuid and c.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $11)::text`
  return (updated: ReadonlyArray<UpdatedCategory>): Query =>
    query(
      sql,
      ...paramsOf(updated.map(({ category }) => category)),
      int8s(updated.map(({ before }) => before.version)),
      int8(updated.length)
    )
}

/**
 * Deletes categories, each only in the version that was loaded.
 * Index: categories_pkey, and product_categories_name and categories_siblings_key to see that
 * they are empty. Lock: the rows, which are locked already.
 */
export const deleteCategories = (schema: string) => {
  const sql = `
with written as (
  delete from ${schema}.categories c
  using unnest($1::text[], $2::int8[]) as n(id, loaded_version)
  where c.id = n.id::uuid and c.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $3)::text`
  return (categories: ReadonlyArray<Row>): Query =>
    query(
      sql,
      texts(categories.map((category) => category.id)),
      int8s(categories.map((category) => category.version)),
      int8(categories.length)
    )
}
