import type { OrderId } from "@holdfast/core/inventory"
import { type Query, query, text } from "../../../connection/Query.ts"

/**
 * Reads what is kept about the customer of an order ($1), encrypted.
 * Index: order_customers_pkey. Lock: none.
 */
export const readCustomer = (schema: string) => {
  const sql = `
select c.ciphertext, (extract(epoch from c.changed_at) * 1000)::float8 as changed_at
from ${schema}.order_customers c
where c.order_id = $1`
  return (orderId: OrderId): Query => query(sql, text(orderId))
}

/**
 * Erases what is kept about the customer of an order ($1), and says whether there was something.
 * Index: order_customers_pkey. Lock: the row.
 */
export const eraseCustomer = (schema: string) => {
  const sql = `
delete from ${schema}.order_customers c
where c.order_id = $1
returning 1`
  return (orderId: OrderId): Query => query(sql, text(orderId))
}
