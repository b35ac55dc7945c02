/**
 * The first schema of the catalog. Tables are named as the user named them. Every invariant of one
 * row stands here a second time as a CHECK; the domain refuses first, these catch a bug.
 *
 * Names are unique by constraints that are checked at the end of a statement, so that one statement
 * may exchange them. The parent of a category is checked at COMMIT, because a batch may move a
 * category below one that it makes, and take the name of one that it moves.
 *
 * Of two indexes that cost the same the planner takes the one that was made last, and on empty tables
 * all cost the same. So an index is made after those that have its columns further behind.
 */
import { firstEngineTables } from "../../schema/engineTables.ts"

/** The statements that make the catalog's schema. Databases hold the checksum of their text. */
export const catalog = (schema: string): ReadonlyArray<string> => [
  ...firstEngineTables(schema),
  `create index events_type on ${schema}.events (event_type, position)`,
  `create table ${schema}.categories (
  id uuid primary key,
  name varchar(255) collate "C" not null,
  translations json not null,
  parent_id uuid references ${schema}.categories (id) deferrable initially deferred,
  level integer not null,
  sort_order integer not null,
  is_active boolean not null,
  external_id varchar(255) collate "C",
  version bigint not null,
  constraint categories_siblings_key unique nulls not distinct (parent_id, name)
    deferrable initially immediate,
  constraint categories_external_id_key unique (external_id) deferrable initially immediate,
  constraint categories_level_check
    check (level between 0 and 19 and (level = 0) = (parent_id is null) and parent_id <> id)
)`,
  `create table ${schema}.products (
  id uuid not null,
  name varchar(255) collate "C" not null,
  description text,
  translations json not null,
  type varchar(50) collate "C" not null,
  status varchar(50) collate "C" not null,
  external_id varchar(255) collate "C",
  slug varchar(255) collate "C",
  metadata json,
  publish_at timestamptz,
  unpublish_at timestamptz,
  version bigint not null,
  revision bigint not null,
  lowest_price numeric(19,4),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint products_external_id_key unique (external_id) deferrable initially immediate,
  constraint products_type_check check (type in ('NORMAL', 'BUNDLE')),
  constraint products_status_check
    check (status in ('DRAFT', 'ACTIVE', 'INACTIVE', 'DISCONTINUED')),
  constraint products_version_check check (revision between 1 and version)
)`,
  // A list is sorted by one of three columns, in both directions, and ids break ties upwards.
  ...["name", "lowest_price", "created_at"].flatMap((column) => [
    `create index products_${column} on ${schema}.products (status, type, ${column}, id)`,
    `create index products_${column}_desc on ${schema}.products (status, type, ${column} desc, id)`
  ]),
  `alter table ${schema}.products add constraint products_pkey primary key (id)`,
  `create table ${schema}.product_slugs (
  slug varchar(255) collate "C" primary key,
  product_id uuid not null references ${schema}.products (id) on delete cascade
)`,
  `create index product_slugs_product on ${schema}.product_slugs (product_id)`,
  `create table ${schema}.product_options (
  id uuid primary key,
  product_id uuid not null references ${schema}.products (id) on delete cascade,
  name varchar(255) not null,
  translations json not null,
  price numeric(19,4),
  currency char(3),
  status varchar(50) not null,
  status_by varchar(10) not null,
  position integer not null,
  external_id varchar(255) collate "C",
  created_at timestamptz not null,
  constraint product_options_external_id_key unique (external_id) deferrable initially immediate,
  constraint product_options_price_check
    check (price >= 0 and (price is null) = (currency is null)),
  constraint product_options_status_check check (status in ('ACTIVE', 'INACTIVE', 'SOLD_OUT')
    and (status_by = 'PERSON' or status_by = 'STOCK' and status <> 'INACTIVE'))
)`,
  `create index product_options_price on ${schema}.product_options (currency, price)
  include (product_id) where status <> 'INACTIVE'`,
  `create index product_options_product on ${schema}.product_options (product_id, position)`,
  `create table ${schema}.sku_mappings (
  option_id uuid not null references ${schema}.product_options (id) on delete cascade,
  sku_id varchar(100) collate "C" not null,
  product_id uuid not null,
  quantity bigint not null,
  position integer not null,
  primary key (sku_id, option_id) include (product_id, quantity),
  constraint sku_mappings_quantity_check check (quantity between 1 and 1000000000)
)`,
  `create index sku_mappings_option on ${schema}.sku_mappings (option_id)`,
  `create index sku_mappings_product on ${schema}.sku_mappings (product_id)`,
  `create table ${schema}.product_images (
  product_id uuid not null references ${schema}.products (id) on delete cascade,
  position integer not null,
  url varchar(2000) not null,
  alt varchar(255),
  is_primary boolean not null,
  primary key (product_id, position)
)`,
  `create unique index product_images_one_primary on ${schema}.product_images (product_id)
  where is_primary`,
  `create table ${schema}.product_categories (
  product_id uuid not null references ${schema}.products (id) on delete cascade,
  category_id uuid not null references ${schema}.categories (id),
  is_primary boolean not null,
  position integer not null,
  primary key (product_id, category_id)
)`,
  `create index product_categories_category on ${schema}.product_categories (category_id)
  include (product_id)`,
  `create unique index product_categories_one_primary on ${schema}.product_categories (product_id)
  where is_primary`,
  `create table ${schema}.product_search (
  product_id uuid primary key references ${schema}.products (id) on delete cascade,
  words tsvector not null,
  text text not null
)`,
  `create index product_search_words on ${schema}.product_search using gin (words)`,
  `create table ${schema}.followed_stock (
  product_id uuid not null references ${schema}.products (id) on delete cascade,
  sku_id varchar(100) collate "C" not null,
  version bigint not null,
  primary key (product_id, sku_id)
)`,
  `create table ${schema}.deleted_ids (
  aggregate_type varchar(20) collate "C" not null,
  id uuid not null,
  deleted_at timestamptz not null,
  primary key (aggregate_type, id)
)`,
  ...["products", "categories"].map(
    (table) => `create trigger ${table}_keep_their_ids before update of id on ${schema}.${table}
  for each row execute function ${schema}.refuse_change()`
  ),
  `create trigger deleted_ids_append_only before update or delete on ${schema}.deleted_ids
  for each row execute function ${schema}.refuse_change()`,
  `create trigger deleted_ids_no_truncate before truncate on ${schema}.deleted_ids
  for each statement execute function ${schema}.refuse_change()`
]
