import type { NewCustomer } from "@holdfast/core/inventory"
import { instant, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Keeps what is known of the customers of orders ($1, $2), in the place of what was kept before.
 * Index: order_customers_pkey. Lock: the rows, in the order of the orders' ids.
 */
export const writeCustomers = (schema: string) => {
  const sql = `
insert into ${schema}.order_customers (order_id, ciphertext, changed_at)
select n.order_id, n.ciphertext, $3
from unnest($1::text[], $2::text[]) as n(order_id, ciphertext)
order by n.order_id collate "C"
on conflict (order_id) do update
set ciphertext = excluded.ciphertext, changed_at = excluded.changed_at`
  return (customers: ReadonlyArray<NewCustomer>, nowMillis: number): Query =>
    query(
      sql,
      texts(customers.map(({ orderId }) => orderId)),
      texts(customers.map(({ ciphertext }) => ciphertext)),
      instant(nowMillis)
    )
}
