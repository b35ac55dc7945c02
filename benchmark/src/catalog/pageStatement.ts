/**
 * A page of products as a careful engineer reads it by hand: one prepared statement that finds the page
 * by its category with all that is below, and gathers options, mappings, images and categories of each
 * product as JSON.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { layerPostgres } from "@holdfast/adapter-pg/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const sql = `
with recursive wanted as (
  select id from catalog.categories where id = $1::uuid
  union all
  select c.id from catalog.categories c join wanted w on c.parent_id = w.id
), page as (
  select distinct p.id, p.name
  from wanted w
  join catalog.product_categories k on k.category_id = w.id
  join catalog.products p on p.id = k.product_id
  where p.status = 'ACTIVE'
  order by p.name, p.id limit $2
)
select json_build_object(
  'id', p.id, 'name', p.name, 'description', p.description, 'translations', p.translations,
  'type', p.type, 'status', p.status, 'externalId', p.external_id, 'slug', p.slug, 'metadata', p.metadata,
  'publishAt', p.publish_at, 'unpublishAt', p.unpublish_at, 'version', p.version, 'revision', p.revision,
  'createdAt', p.created_at, 'updatedAt', p.updated_at,
  'options', (
    select json_agg(json_build_object('id', o.id, 'name', o.name, 'translations', o.translations,
      'price', json_build_object('amount', o.price::text, 'currency', o.currency), 'status', o.status,
      'position', o.position, 'externalId', o.external_id, 'createdAt', o.created_at,
      'skuMappings', (
        select json_agg(json_build_object('skuId', m.sku_id, 'quantity', m.quantity) order by m.position)
        from catalog.sku_mappings m where m.option_id = o.id)) order by o.position)
    from catalog.product_options o where o.product_id = p.id),
  'images', (
    select json_agg(json_build_object('url', i.url, 'alt', i.alt, 'position', i.position,
      'isPrimary', i.is_primary) order by i.position)
    from catalog.product_images i where i.product_id = p.id),
  'categories', (
    select json_agg(json_build_object('id', c.id, 'name', c.name, 'level', c.level, 'parentId', c.parent_id,
      'sortOrder', c.sort_order, 'isActive', c.is_active, 'isPrimary', k.is_primary) order by k.position)
    from catalog.product_categories k join catalog.categories c on c.id = k.category_id
    where k.product_id = p.id)
)::text as product
from page join catalog.products p on p.id = page.id
order by page.name, page.id`

/** Reads pages of a category by hand. */
export const pagesByHand = Effect.fnUntraced(function* (url: string) {
  const context = yield* Layer.build(Layer.orDie(layerPostgres({ url })))
  const client = yield* Effect.provide(PgClient.PgClient, context)
  return (categoryId: string, size: number) =>
    Effect.map(
      Effect.orDie(client.unsafe<{ readonly product: string }>(sql, [categoryId, size])),
      (rows) => rows.map(({ product }) => JSON.parse(product))
    )
})
