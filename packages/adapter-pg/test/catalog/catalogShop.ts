/**
 * The tables that the statements of the catalog are planned on: 20,000 products with 40,000 options,
 * in a tree of 2,000 categories.
 */
import { AttributeId, CategoryId, OptionId, ProductId } from "@holdfast/core/catalog"
import type { PlannedTables } from "../schema/plans.ts"

/** The SQL of the id of the n-th row of a kind, and the id itself. */
const idSql = (kind: string, n: string) =>
  `('00000000-0000-7000-8${kind}00-' || lpad((${n})::text, 12, '0'))::uuid`
const idOf = (kind: string, n: number) =>
  `00000000-0000-7000-8${kind}00-${String(n).padStart(12, "0")}`
/** An id of these tables. */
export const productId = (n: number) => ProductId.make(idOf("a", n))
/** An id of these tables. */
export const optionId = (n: number) => OptionId.make(idOf("b", n))
/** An id of these tables. */
export const categoryId = (n: number) => CategoryId.make(idOf("c", n))
/** An id of these tables. */
export const attributeId = (n: number) => AttributeId.make(idOf("f", n))

/** The indexes by which what belongs to a product is read. */
export const partsOfProduct = [
  "product_options_product",
  "sku_mappings_product",
  "product_images_pkey",
  "product_categories_pkey"
]

const tables = [
  "product_attribute_values",
  "followed_stock",
  "deleted_ids",
  "product_slugs",
  "product_search",
  "product_images",
  "product_categories",
  "sku_mappings",
  "product_options",
  "products",
  "product_attributes",
  "categories",
  "events"
]

/** Ten roots; 19 below each; ten below each of these. */
const rowsOfCategories = `insert into catalog.categories (id, name, translations, parent_id, level, sort_order,
   is_active, external_id, version)
 select ${idSql("c", "n")}, 'Category ' || n, '{}',
   case when n <= 10 then null when n <= 200 then ${idSql("c", "1 + n % 10")}
     else ${idSql("c", "11 + n % 190")} end,
   case when n <= 10 then 0 when n <= 200 then 1 else 2 end, 0, true, 'category-' || n, 1
 from generate_series(1, `

const rows = (share: number): ReadonlyArray<string> => {
  const some = (count: number) => Math.max(20, Math.floor(count * share))
  const [products, categories] = [some(20_000), some(2_000)]
  return [
    `${rowsOfCategories}${categories}) n`,
    `insert into catalog.categories (id, name, translations, level, sort_order, is_active, version)
   values (${idSql("c", "5000")}, 'Empty', '{}', 0, 0, true, 1)`,
    `insert into catalog.products (id, name, description, translations, type, status, external_id, slug, version,
     revision, lowest_price, highest_price, currency, created_at, updated_at)
   select ${idSql("a", "n")}, 'Product ' || md5(n::text), 'About ' || n, '{}',
     case when n % 30 = 0 then 'BUNDLE' else 'NORMAL' end,
     case n % 20 when 0 then 'DRAFT' when 1 then 'INACTIVE' else 'ACTIVE' end,
     'product-' || n, 'product-' || n, 1, 1, n % 100, n % 100, 'EUR',
     '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 s',
     '2026-01-01T00:00:00Z' from generate_series(1, ${products}) n`,
    `insert into catalog.product_slugs (slug, product_id)
   select 'product-' || n, ${idSql("a", "n")} from generate_series(1, ${products}) n`,
    `insert into catalog.product_options (id, product_id, name, translations, price, currency, status, status_by,
     position, external_id, created_at)
   select ${idSql("b", "n")}, ${idSql("a", `1 + n % ${products}`)}, 'Option', '{}', (1 + n % ${products}) % 100, 'EUR', 'ACTIVE',
     'PERSON', n / ${products}, 'option-' || n, '2026-01-01T00:00:00Z'
   from generate_series(1, ${products * 2}) n`,
    `insert into catalog.sku_mappings (option_id, sku_id, product_id, quantity, position)
   select ${idSql("b", "n")}, case when n % 10 = 0 then 'popular' else 'sku-' || n end,
     ${idSql("a", `1 + n % ${products}`)}, 1, 0 from generate_series(1, ${products * 2}) n`,
    `insert into catalog.product_images (product_id, position, url, is_primary)
   select ${idSql("a", "n")}, i, '/image', i = 0
   from generate_series(1, ${products}) n, generate_series(0, 1) i`,
    `insert into catalog.product_categories (product_id, category_id, is_primary, position, status, type,
     name, currency, lowest_price, highest_price, created_at)
   select p.id, ${idSql("c", `1 + n % ${categories}`)}, true, 0, p.status, p.type, p.name, p.currency,
     p.lowest_price, p.highest_price, p.created_at
   from generate_series(1, ${products}) n join catalog.products p on p.id = ${idSql("a", "n")}`,
    `insert into catalog.product_search (product_id, words, text)
   select ${idSql("a", "n")}, ('wproduct:1A wn' || n || ':1A')::tsvector, 'product ' || n
   from generate_series(1, ${products}) n`,
    // One choice in a hundred is rare; the others share the products. Every second has a weight.
    `insert into catalog.product_attributes (id, code, name, translations, kind, choices, is_filterable,
     is_active, version)
   select ${idSql("f", "n")}, case n when 1 then 'color' when 2 then 'weight' else 'code-' || n end,
     'Attribute', '{}', case n when 2 then 'NUMBER' else 'CHOICE' end, '[{"value":"choice-1"}]', true, true, 1
   from generate_series(1, ${some(200)}) n`,
    `insert into catalog.product_attribute_values (product_id, position, code, value)
   select ${idSql("a", "n")}, 0, 'color', case when n % 1000 = 0 then 'rare' else 'choice-' || (n / 7) % 4 end
   from generate_series(2, ${products}) n`,
    `insert into catalog.product_attribute_values (product_id, position, code, value, number)
   select ${idSql("a", "n")}, 1, 'weight', n::text, n from generate_series(2, ${products}, 2) n`,
    `insert into catalog.product_attribute_values (product_id, position, code, value)
   select ${idSql("a", "n")}, 2, 'code-' || 3 + n % 15, 'choice-' || n % 7
   from generate_series(2, ${products}) n`,
    `insert into catalog.followed_stock (product_id, sku_id, version)
   select ${idSql("a", `1 + n % ${products}`)}, 'sku-' || n, 1
   from generate_series(1, ${products}) n`,
    `insert into catalog.deleted_ids (aggregate_type, id, deleted_at)
   select case n % 2 when 0 then 'PRODUCT' else 'CATEGORY' end, ${idSql("d", "n")}, now()
   from generate_series(1, ${products}) n`,
    `insert into catalog.events (position, event_id, event_type, aggregate_id, version, "timestamp",
     command_id, payload)
   select nextval('catalog.event_positions'), md5('e' || n)::uuid,
     case when n % 1000 = 0 then 'product.deleted' else 'product.updated' end,
     ${idSql("a", `1 + n % ${products}`)}::text, 1, now(), md5('c' || n)::uuid, '{}'
   from generate_series(1, ${some(50_000)}) n`
  ]
}

/** The tables of the catalog. */
export const catalogShop: PlannedTables = {
  rows,
  empty: [
    "set session_replication_role = replica",
    ...tables.map((table) => `delete from catalog.${table}`),
    "set session_replication_role = origin",
    "select setval('catalog.event_positions', 1, false)"
  ]
}
