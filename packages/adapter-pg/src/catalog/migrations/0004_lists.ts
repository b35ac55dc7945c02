/**
 * What lists are narrowed and sorted by, where they are read. A product keeps the range of its prices.
 * Its places in categories keep what lists show and sort by, so that the products of a category are
 * sorted without a look at each.
 */

const options = (schema: string, where: string) => `(
    select min(o.currency) as currency, max(o.price) as highest_price
    from ${schema}.product_options o
    where o.product_id = ${where} and o.price is not null and o.status <> 'INACTIVE'
  )`

/** The statements that move what lists need. */
export const lists = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.products
  add column highest_price numeric(19,4),
  add column currency varchar(3) collate "C"`,
  `update ${schema}.products p set highest_price = o.highest_price, currency = o.currency
  from ${schema}.products q cross join lateral ${options(schema, "q.id")} as o
  where q.id = p.id and o.currency is not null`,
  `alter table ${schema}.products add constraint products_prices_check check (
  (lowest_price is null) = (currency is null) and (lowest_price is null) = (highest_price is null)
  and lowest_price <= highest_price)`,
  `alter table ${schema}.product_categories
  add column status varchar(50) collate "C",
  add column type varchar(50) collate "C",
  add column name varchar(255) collate "C",
  add column currency varchar(3) collate "C",
  add column lowest_price numeric(19,4),
  add column highest_price numeric(19,4),
  add column created_at timestamptz`,
  `update ${schema}.product_categories k
  set status = p.status, type = p.type, name = p.name, currency = p.currency,
    lowest_price = p.lowest_price, highest_price = p.highest_price, created_at = p.created_at
  from ${schema}.products p where p.id = k.product_id`,
  `alter table ${schema}.product_categories
  alter column status set not null,
  alter column type set not null,
  alter column name set not null,
  alter column created_at set not null`,
  `drop index ${schema}.product_categories_category`,
  `create index product_categories_category on ${schema}.product_categories
  (category_id, status, type)
  include (product_id, name, currency, lowest_price, highest_price, created_at)`
]
