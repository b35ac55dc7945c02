import { int8, type Query, query, text, texts } from "../../connection/Query.ts"

/**
 * Reads data of customers that other keys than the current one ($1) have encrypted, after an order ($2),
 * in order.
 * Index: order_customers_pkey. Lock: none.
 */
export const readOldCustomers = (schema: string) => {
  const sql = `
select c.order_id::text as row, c.ciphertext as value
from ${schema}.order_customers c
where c.order_id > coalesce($2, '') and c.key_id <> $1
order by c.order_id
limit $3`
  return (keyId: string, after: string | null, limit: number): Query =>
    query(sql, text(keyId), text(after), int8(limit))
}

/**
 * Replaces data of customers ($2, $3) that is still what was read. Since when it is kept stays: nothing of
 * it has changed. An update alone would lock them in the order of the table, against that of a batch which
 * writes customers.
 * Index: order_customers_pkey. Lock: the rows, in the order of the orders' ids.
 */
export const replaceCustomers = (schema: string) => {
  const sql = `
with locked as materialized (
  select l.order_id from ${schema}.order_customers l
  where l.order_id = any($1::text[]) order by l.order_id for update
)
update ${schema}.order_customers c set ciphertext = (
  select n.replacement from unnest($1::text[], $3::text[]) as n(order_id, replacement)
  where n.order_id = c.order_id)
where (select count(*) from locked) >= 0 and c.order_id = any($1::text[]) and c.ciphertext = (
  select n.value from unnest($1::text[], $2::text[]) as n(order_id, value)
  where n.order_id = c.order_id)
returning 1`
  return (
    rows: ReadonlyArray<string>,
    values: ReadonlyArray<string>,
    replacements: ReadonlyArray<string>
  ): Query => query(sql, texts(rows), texts(values), texts(replacements))
}
