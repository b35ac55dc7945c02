import type { NameKind, UniqueName } from "@holdfast/core/catalog"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Loads who has external ids of products ($1), of options ($2) and of categories ($3), ids of
 * options ($4), slugs ($5), and codes of attributes ($6).
 * Index: products_external_id_key, product_options_external_id_key, categories_external_id_key,
 * product_options_pkey, product_slugs_pkey, product_attributes_code_key. Lock: none; to write a name
 * that was taken meanwhile is a conflict.
 */
export const loadNames = (schema: string) => {
  const sql = `
select 'PRODUCT_EXTERNAL_ID' as kind, p.external_id::text as name, p.id::text as owner_id
from ${schema}.products p where p.external_id = any($1::text[])
union all
select 'OPTION_EXTERNAL_ID', o.external_id::text, o.id::text
from ${schema}.product_options o where o.external_id = any($2::text[])
union all
select 'CATEGORY_EXTERNAL_ID', c.external_id::text, c.id::text
from ${schema}.categories c where c.external_id = any($3::text[])
union all
select 'OPTION_ID', o.id::text, o.product_id::text
from ${schema}.product_options o where o.id = any($4::text[]::uuid[])
union all
select 'SLUG', s.slug::text, s.product_id::text
from ${schema}.product_slugs s where s.slug = any($5::text[])
union all
select 'ATTRIBUTE_CODE', a.code::text, a.id::text
from ${schema}.product_attributes a where a.code = any($6::text[])`
  return (names: ReadonlyArray<UniqueName>): Query => {
    const of = (kind: NameKind) =>
      texts(names.flatMap((name) => (name.kind === kind ? [name.name] : [])))
    return query(
      sql,
      of("PRODUCT_EXTERNAL_ID"),
      of("OPTION_EXTERNAL_ID"),
      of("CATEGORY_EXTERNAL_ID"),
      of("OPTION_ID"),
      of("SLUG"),
      of("ATTRIBUTE_CODE")
    )
  }
}
