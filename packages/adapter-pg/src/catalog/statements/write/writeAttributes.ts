import type { Attribute, Product, UpdatedAttribute } from "@holdfast/core/catalog"
import { Attribute as Attributes } from "@holdfast/core/catalog"
import { bools, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

type Row = Attribute.Attribute

/**
 * Writes new attributes; a code that is taken by now fails the transaction.
 * Index: product_attributes_pkey, product_attributes_code_key. Lock: the new rows.
 */
export const insertAttributes = (schema: string) => {
  const names = `id, code, name, translations, kind, unit, choices, product_type, is_filterable,
  is_active, version`
  const sql = `
insert into ${schema}.product_attributes (${names})
select id::uuid, code, name, translations::json, kind, unit, choices::json, product_type,
  is_filterable, is_active, version
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::bool[], $10::bool[], $11::int8[]) as n(${names})
order by id`
  return (attributes: ReadonlyArray<Row>): Query =>
    query(
      sql,
      texts(attributes.map((attribute) => attribute.id)),
      texts(attributes.map((attribute) => attribute.code)),
      texts(attributes.map((attribute) => attribute.name)),
      texts(attributes.map((attribute) => JSON.stringify(attribute.translations))),
      texts(attributes.map((attribute) => attribute.kind)),
      texts(attributes.map((attribute) => attribute.unit)),
      texts(attributes.map((attribute) => JSON.stringify(attribute.choices))),
      texts(attributes.map((attribute) => attribute.productType)),
      bools(attributes.map((attribute) => attribute.isFilterable)),
      bools(attributes.map((attribute) => attribute.isActive)),
      int8s(attributes.map((attribute) => attribute.version))
    )
}

/**
 * Writes attributes at their final state, each only over the version that was loaded.
 * Index: product_attributes_pkey. Lock: the rows; no other batch changes attributes.
 */
export const updateAttributes = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.product_attributes a
  set name = n.name, translations = n.translations::json, unit = n.unit, choices = n.choices::json,
    is_filterable = n.is_filterable, is_active = n.is_active, version = n.version
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::bool[],
    $8::int8[], $9::int8[])
    as n(id, name, translations, unit, choices, is_filterable, is_active, version, loaded_version)
  where a.id = n.id::uuid and a.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $10)::text`
  return (updated: ReadonlyArray<UpdatedAttribute>): Query => {
    const attributes = updated.map(({ attribute }) => attribute)
    return query(
      sql,
      texts(attributes.map((attribute) => attribute.id)),
      texts(attributes.map((attribute) => attribute.name)),
      texts(attributes.map((attribute) => JSON.stringify(attribute.translations))),
      texts(attributes.map((attribute) => attribute.unit)),
      texts(attributes.map((attribute) => JSON.stringify(attribute.choices))),
      bools(attributes.map((attribute) => attribute.isFilterable)),
      bools(attributes.map((attribute) => attribute.isActive)),
      int8s(attributes.map((attribute) => attribute.version)),
      int8s(updated.map(({ before }) => before.version)),
      int8(updated.length)
    )
  }
}

/**
 * Deletes attributes that no product has a value of, each only in the version that was loaded.
 * Index: product_attributes_pkey, and product_attribute_values_value to see that they are unused.
 * Lock: the rows; no other batch changes attributes.
 */
export const deleteAttributes = (schema: string) => {
  const sql = `
with written as (
  delete from ${schema}.product_attributes a
  using unnest($1::text[], $2::int8[]) as n(id, loaded_version)
  where a.id = n.id::uuid and a.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $3)::text`
  return (attributes: ReadonlyArray<Row>): Query =>
    query(
      sql,
      texts(attributes.map((attribute) => attribute.id)),
      int8s(attributes.map((attribute) => attribute.version)),
      int8(attributes.length)
    )
}

/** Takes all values from products. Index: product_attribute_values_pkey. Lock: the rows. */
export const deleteValues = (schema: string) => {
  const sql = `
delete from ${schema}.product_attribute_values v
where v.product_id = any($1::text[]::uuid[]) and v.position >= 0`
  return (productIds: ReadonlyArray<string>): Query => query(sql, texts(productIds))
}

/**
 * Writes the values of products, which have none by now, by which they are found and counted.
 * Index: product_attribute_values_pkey, and the others of the table grow. Lock: the new rows.
 */
export const insertValues = (schema: string) => {
  const sql = `
insert into ${schema}.product_attribute_values (product_id, position, code, value, number)
select product_id::uuid, position::integer, code, value, number::double precision
from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::text[])
  as n(product_id, position, code, value, number)
order by product_id, position`
  return (products: ReadonlyArray<Pick<Product.Product, "id" | "attributes">>): Query => {
    const rows = products.flatMap(({ attributes, id }) =>
      Object.entries(attributes)
        .flatMap(([code, value]) =>
          Attributes.textsOfValue(value).map((text) => ({
            id,
            code,
            text,
            number: typeof value === "number" ? text : null
          }))
        )
        .map((row, position) => ({ ...row, position }))
    )
    return query(
      sql,
      texts(rows.map((row) => row.id)),
      int8s(rows.map((row) => row.position)),
      texts(rows.map((row) => row.code)),
      texts(rows.map((row) => row.text)),
      texts(rows.map((row) => row.number))
    )
  }
}
