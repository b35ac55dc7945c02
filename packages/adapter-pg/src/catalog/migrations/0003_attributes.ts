/**
 * Attributes, and the values that products have of them. A product keeps its values in one column, so
 * that they are read with it; each value is also a row, by which products are found and counted. A
 * number is compared as the engine compares it, as a double.
 *
 * What reads the values of a product says that positions are not negative. Positions are in the key
 * alone, so a plan that was made for an empty table does not read a whole index on values. For the same
 * reason numbers are found by the code in small letters, which it has: no other index has that.
 */

/** The statements that make the tables of attributes. */
export const attributes = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.product_attributes (
  id uuid primary key,
  code varchar(64) collate "C" not null,
  name varchar(255) not null,
  translations json not null,
  kind varchar(10) not null,
  unit varchar(50),
  choices json not null,
  product_type varchar(50),
  is_filterable boolean not null,
  is_active boolean not null,
  version bigint not null,
  constraint product_attributes_code_key unique (code),
  constraint product_attributes_kind_check check (kind in ('TEXT', 'NUMBER', 'BOOLEAN', 'CHOICE')),
  constraint product_attributes_type_check check (product_type in ('NORMAL', 'BUNDLE'))
)`,
  `alter table ${schema}.products add column attributes json not null default '{}'`,
  `create table ${schema}.product_attribute_values (
  product_id uuid not null references ${schema}.products (id) on delete cascade,
  position integer not null,
  code varchar(64) collate "C" not null references ${schema}.product_attributes (code),
  value varchar(255) collate "C" not null,
  number double precision,
  primary key (product_id, position)
)`,
  `create index product_attribute_values_value on ${schema}.product_attribute_values (code, value)
  include (product_id)`,
  `create index product_attribute_values_number on ${schema}.product_attribute_values
  (lower(code), number) include (product_id) where number is not null`,
  `create trigger product_attributes_keep_their_names before update of id, code, kind, product_type
  on ${schema}.product_attributes for each row execute function ${schema}.refuse_change()`
]
