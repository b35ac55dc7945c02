import { Product, type UpdatedProduct } from "@holdfast/core/catalog"
import {
  instant,
  instants,
  int8,
  int8s,
  type Query,
  query,
  texts
} from "../../../connection/Query.ts"

type Row = Product.Product

/** The columns that change, as parameters from $1 on. */
const fields = `$1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::timestamptz[], $10::timestamptz[], $11::int8[], $12::int8[], $13::timestamptz[],
  $14::text[], $15::text[], $16::text[], $17::text[], $18::text[]`
const names = `id, name, description, type, status, external_id, slug, metadata, publish_at,
  unpublish_at, version, revision, updated_at, translations, lowest_price, highest_price, currency, attributes`

const paramsOf = (products: ReadonlyArray<Row>) => [
  texts(products.map((product) => product.id)),
  texts(products.map((product) => product.name)),
  texts(products.map((product) => product.description)),
  texts(products.map((product) => product.type)),
  texts(products.map((product) => product.status)),
  texts(products.map((product) => product.externalId)),
  texts(products.map((product) => product.slug)),
  texts(products.map(({ metadata }) => (metadata === null ? null : JSON.stringify(metadata)))),
  instants(products.map((product) => product.publishAt)),
  instants(products.map((product) => product.unpublishAt)),
  int8s(products.map((product) => product.version)),
  int8s(products.map((product) => product.revision)),
  instants(products.map((product) => product.updatedAt)),
  texts(products.map((product) => JSON.stringify(product.translations))),
  texts(products.map((product) => Product.lowestPriceOf(product)?.amount ?? null)),
  texts(products.map((product) => Product.highestPriceOf(product)?.amount ?? null)),
  texts(products.map((product) => Product.lowestPriceOf(product)?.currency ?? null)),
  texts(products.map((product) => JSON.stringify(product.attributes)))
]

/**
 * Writes new products at their final state; an id or a name that is taken by now fails the
 * transaction.
 * Index: products_pkey, products_external_id_key, and the others grow. Lock: the new rows.
 */
export const insertProducts = (schema: string) => {
  const sql = `
insert into ${schema}.products (${names}, created_at)
select id::uuid, name, description, type, status, external_id, slug, metadata::json, publish_at,
  unpublish_at, version, revision, updated_at, translations::json, lowest_price::numeric,
  highest_price::numeric, currency, attributes::json, created_at
from unnest(${fields}, $19::timestamptz[]) as n(${names}, created_at)
order by id`
  return (products: ReadonlyArray<Row>): Query =>
    query(sql, ...paramsOf(products), instants(products.map((product) => product.createdAt)))
}

/**
 * Writes products at their final state, each only over the version that was loaded.
 * Index: products_pkey. Lock: the rows, which are locked already.
 */
export const updateProducts = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.products p
  set name = n.name, description = n.description, type = n.type, status = n.status,
    external_id = n.external_id, slug = n.slug, metadata = n.metadata::json,
    publish_at = n.publish_at, unpublish_at = n.unpublish_at, version = n.version,
    revision = n.revision, updated_at = n.updated_at,
    translations = n.translations::json, lowest_price = n.lowest_price::numeric,
    highest_price = n.highest_price::numeric, currency = n.currency,
    attributes = n.attributes::json
  from unnest(${fields}, $19::int8[]) as n(${names}, loaded_version)
  where p.id = n.id::uuid and p.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $20)::text`
  return (updated: ReadonlyArray<UpdatedProduct>): Query =>
    query(
      sql,
      ...paramsOf(updated.map(({ product }) => product)),
      int8s(updated.map(({ before }) => before.version)),
      int8(updated.length)
    )
}

/**
 * Deletes products with all that belongs to them, each only in the version that was loaded.
 * Index: products_pkey, and product_options_product, sku_mappings_option, product_images_pkey,
 * product_categories_pkey, product_slugs_product, product_attribute_values_pkey and
 * followed_stock_pkey for what goes with them.
 * Lock: the rows, which are locked already.
 */
export const deleteProducts = (schema: string) => {
  const sql = `
with written as (
  delete from ${schema}.products p
  using unnest($1::text[], $2::int8[]) as n(id, loaded_version)
  where p.id = n.id::uuid and p.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $3)::text`
  return (products: ReadonlyArray<Row>): Query =>
    query(
      sql,
      texts(products.map((product) => product.id)),
      int8s(products.map((product) => product.version)),
      int8(products.length)
    )
}

/**
 * Keeps the ids ($2) of what was deleted, of one kind ($1), so that they are never used again.
 * Index: deleted_ids_pkey. Lock: the new rows.
 */
export const insertDeleted = (
  schema: string,
  aggregateType: "PRODUCT" | "CATEGORY" | "ATTRIBUTE"
) => {
  const sql = `
insert into ${schema}.deleted_ids (aggregate_type, id, deleted_at)
select '${aggregateType}', n.id::uuid, $2::timestamptz from unnest($1::text[]) as n(id)
order by n.id`
  return (ids: ReadonlyArray<string>, nowMillis: number): Query =>
    query(sql, texts(ids), instant(nowMillis))
}
