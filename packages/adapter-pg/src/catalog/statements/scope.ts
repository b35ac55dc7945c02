/**
 * The columns that the statements share. A product comes as one row with all that belongs to it: its
 * options, mappings, images and categories are lists in JSON, each read by an index on the product.
 * So a page of any length is one statement, and what it shows is of one instant.
 */
import { millis } from "../../connection/sqlText.ts"

/** The columns of a category. */
export const categoryColumns = `c.id::text, c.name::text, c.translations::text as translations, c.parent_id::text, c.level::float8,
  c.sort_order::float8, c.is_active, c.external_id::text, c.version::float8`

/** The columns of an attribute. */
export const attributeColumns = `a.id::text, a.code::text, a.name::text, a.translations::text as translations, a.kind::text, a.unit::text,
  a.choices::text as choices, a.product_type::text, a.is_filterable, a.is_active, a.version::float8`

/**
 * The columns of a product (`p`).
 * Index: product_options_product, sku_mappings_product, product_images_pkey, product_categories_pkey.
 */
export const productColumns = (schema: string): string => `p.id::text, p.name::text,
  p.description, p.translations::text as translations, p.type::text, p.status::text, p.external_id::text, p.slug::text,
  p.attributes::text as attributes, p.metadata::text as metadata, ${millis("p.publish_at")} as publish_at,
  ${millis("p.unpublish_at")} as unpublish_at, p.version::float8, p.revision::float8,
  ${millis("p.created_at")} as created_at, ${millis("p.updated_at")} as updated_at,
  (select json_agg(json_build_array(o.id, o.name, o.translations, o.price::text, o.currency, o.status, o.status_by,
      o.position, o.external_id, ${millis("o.created_at")}::int8) order by o.position)
    from ${schema}.product_options o where o.product_id = p.id)::text as options,
  (select json_agg(json_build_array(m.option_id, m.sku_id, m.quantity) order by m.position)
    from ${schema}.sku_mappings m where m.product_id = p.id)::text as mappings,
  (select json_agg(json_build_array(i.position, i.url, i.alt, i.is_primary) order by i.position)
    from ${schema}.product_images i where i.product_id = p.id)::text as images,
  (select json_agg(json_build_array(k.category_id, k.is_primary) order by k.position)
    from ${schema}.product_categories k where k.product_id = p.id)::text as categories`
