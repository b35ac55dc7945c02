import { type CatalogChanges, Product, type ProductId } from "@holdfast/core/catalog"
import {
  bools,
  instants,
  int8,
  int8s,
  type Query,
  query,
  texts
} from "../../../connection/Query.ts"

type Row = Pick<Product.Product, "id" | "images">

/** Deletes the images of products. Index: product_images_pkey. Lock: the rows. */
export const deleteImages = (schema: string) => {
  const sql = `
delete from ${schema}.product_images i where i.product_id = any($1::text[]::uuid[])`
  return (productIds: ReadonlyArray<ProductId>): Query => query(sql, texts(productIds))
}

/**
 * Writes the images of products, which have none by now.
 * Index: product_images_pkey, product_images_one_primary. Lock: the new rows.
 */
export const insertImages = (schema: string) => {
  const sql = `
insert into ${schema}.product_images (product_id, position, url, alt, is_primary)
select product_id::uuid, position::integer, url, alt, is_primary
from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::bool[])
  as n(product_id, position, url, alt, is_primary)`
  return (products: ReadonlyArray<Row>): Query => {
    const rows = products.flatMap(({ id, images }) => images.map((image) => ({ id, ...image })))
    return query(
      sql,
      texts(rows.map((row) => row.id)),
      int8s(rows.map((row) => row.position)),
      texts(rows.map((row) => row.url)),
      texts(rows.map((row) => row.alt)),
      bools(rows.map((row) => row.isPrimary))
    )
  }
}

/** Takes products out of all categories. Index: product_categories_pkey. Lock: the rows. */
export const deletePlaces = (schema: string) => {
  const sql = `
delete from ${schema}.product_categories k where k.product_id = any($1::text[]::uuid[])`
  return (productIds: ReadonlyArray<ProductId>): Query => query(sql, texts(productIds))
}

/**
 * Puts products, which are in no category by now, into their categories, each with what lists are
 * narrowed and sorted by.
 * Index: product_categories_pkey, product_categories_name, product_categories_one_primary.
 * Lock: the new rows; the categories are locked already.
 */
export const insertPlaces = (schema: string) => {
  const places = `product_id, category_id, is_primary, position, status, type, name, currency,
  lowest_price, highest_price, created_at`
  const sql = `
insert into ${schema}.product_categories (${places})
select product_id::uuid, category_id::uuid, is_primary, position::integer, status, type, name,
  currency, lowest_price::numeric, highest_price::numeric, created_at
from unnest($1::text[], $2::text[], $3::bool[], $4::int8[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::text[], $10::text[], $11::timestamptz[]) as n(${places})`
  return (products: ReadonlyArray<Product.Product>): Query => {
    const rows = products.flatMap((product) => {
      const lowest = Product.lowestPriceOf(product)
      const highest = Product.highestPriceOf(product)
      return product.categories.map((category, position) => ({
        ...category,
        position,
        product,
        lowest,
        highest
      }))
    })
    return query(
      sql,
      texts(rows.map((row) => row.product.id)),
      texts(rows.map((row) => row.categoryId)),
      bools(rows.map((row) => row.isPrimary)),
      int8s(rows.map((row) => row.position)),
      texts(rows.map((row) => row.product.status)),
      texts(rows.map((row) => row.product.type)),
      texts(rows.map((row) => row.product.name)),
      texts(rows.map((row) => row.lowest?.currency ?? null)),
      texts(rows.map((row) => row.lowest?.amount ?? null)),
      texts(rows.map((row) => row.highest?.amount ?? null)),
      instants(rows.map((row) => row.product.createdAt))
    )
  }
}

/**
 * Gives slugs to products. A product may have its own slug back; one that another product has by
 * now fails the transaction.
 * Index: product_slugs_pkey. Lock: the rows, in key order.
 */
export const writeSlugs = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.product_slugs (slug, product_id)
  select n.slug, n.product_id::uuid from unnest($1::text[], $2::text[]) as n(slug, product_id)
  order by n.slug
  on conflict (slug) do update set product_id = excluded.product_id
    where product_slugs.product_id = excluded.product_id
  returning 1)
select ${schema}.require_rows((select count(*) from written), $3)::text`
  return (slugs: CatalogChanges["slugs"]): Query =>
    query(
      sql,
      texts(slugs.map(({ slug }) => slug)),
      texts(slugs.map(({ productId }) => productId)),
      int8(slugs.length)
    )
}

/**
 * Keeps the versions of stock that products have followed; each is newer than the one before.
 * Index: followed_stock_pkey. Lock: the rows; the products are locked already.
 */
export const writeSeenStock = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.followed_stock (product_id, sku_id, version)
  select n.product_id::uuid, n.sku_id, n.version
  from unnest($1::text[], $2::text[], $3::int8[]) as n(product_id, sku_id, version)
  order by n.product_id, n.sku_id
  on conflict (product_id, sku_id) do update set version = excluded.version
    where followed_stock.version <= excluded.version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $4)::text`
  return (seen: CatalogChanges["seenStock"]): Query =>
    query(
      sql,
      texts(seen.map(({ productId }) => productId)),
      texts(seen.map(({ skuId }) => skuId)),
      int8s(seen.map(({ version }) => version)),
      int8(seen.length)
    )
}
