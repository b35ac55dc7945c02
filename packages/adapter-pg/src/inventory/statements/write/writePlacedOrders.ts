import type { PlacedOrder } from "@holdfast/core/inventory"
import { instants, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Writes placed orders at their final state, new ones too. The orders are locked, so the version of
 * each can only have risen by this batch.
 * Index: orders_pkey. Lock: the rows.
 */
export const writePlacedOrders = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.orders (order_id, version, status, owner_id, short, placed_at, changed_at)
  select order_id, version, status, owner_id, short::json, placed_at, changed_at
  from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
    $7::timestamptz[])
    as n(order_id, version, status, owner_id, short, placed_at, changed_at)
  on conflict (order_id) do update set version = excluded.version, status = excluded.status,
    short = excluded.short, changed_at = excluded.changed_at
    where ${schema}.orders.version < excluded.version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $8)::text`
  return (orders: ReadonlyArray<PlacedOrder>): Query =>
    query(
      sql,
      texts(orders.map((order) => order.orderId)),
      int8s(orders.map((order) => order.version)),
      texts(orders.map((order) => order.status)),
      texts(orders.map((order) => order.ownerId)),
      texts(orders.map((order) => JSON.stringify(order.short))),
      instants(orders.map((order) => order.placedAt)),
      instants(orders.map((order) => order.changedAt)),
      int8(orders.length)
    )
}
