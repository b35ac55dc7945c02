import type { StockChanges } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Makes what carts own of orders that of persons: their holds, past ones too, and the orders that were
 * placed. The orders are locked, and so are the SKUs of their lines; nothing else changes a hold that
 * has ended. An array of ids can only be a condition of an index.
 * Index: reservations_owner, orders_pkey. Lock: the rows.
 */
export const claimOrders = (schema: string) => {
  const sql = `
with named as (
  select * from unnest($1::text[], $2::text[], $3::text[]) as n(order_id, cart_id, owner_id)),
placed as (
  update ${schema}.orders o set owner_id = n.owner_id from named n
  where o.order_id = any($1::text[]) and o.order_id = n.order_id and o.owner_id = n.cart_id)
update ${schema}.reservations r set owner_id = n.owner_id from named n
where r.order_id = any($1::text[]) and r.owner_id is not null
  and r.order_id = n.order_id and r.owner_id = n.cart_id`
  return (claims: StockChanges["claims"]): Query =>
    query(
      sql,
      texts(claims.map(({ orderId }) => orderId)),
      texts(claims.map(({ cartId }) => cartId)),
      texts(claims.map(({ ownerId }) => ownerId))
    )
}
