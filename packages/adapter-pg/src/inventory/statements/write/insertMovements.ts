import type { StockMovement } from "@holdfast/core/inventory"
import { instants, int8s, type Param, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Appends to the ledger. Returns that name an order have a statement of their own, so that other
 * movements send no parameter more.
 * Index: those of the current month's partition grow. Lock: the new rows.
 */
export const insertMovements = (schema: string) => {
  const plain = insert(schema, "", "")
  const ofOrders = insert(schema, ", order_id", ", $14::text[]")
  return (rows: ReadonlyArray<StockMovement.StockMovement>): Query =>
    rows.some(({ orderId }) => orderId !== undefined)
      ? query(ofOrders, ...plainParams(rows), texts(rows.map(({ orderId }) => orderId ?? null)))
      : query(plain, ...plainParams(rows))
}

const insert = (schema: string, columns: string, params: string) => `
insert into ${schema}.stock_movements (id, sku_id, location_id, sequence, type, quantity,
  balance_after, reference, reason, actor, transfer_id, occurred_at, created_at${columns})
select id::uuid, sku_id, location_id, sequence, type, quantity, balance_after, reference, reason,
  actor, transfer_id::uuid, occurred_at, created_at${columns}
from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::int8[], $7::int8[],
  $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[]${params})
  as n(id, sku_id, location_id, sequence, type, quantity, balance_after, reference, reason, actor,
    transfer_id, occurred_at, created_at${columns})`

const plainParams = (rows: ReadonlyArray<StockMovement.StockMovement>): ReadonlyArray<Param> => [
  texts(rows.map((row) => row.id)),
  texts(rows.map((row) => row.skuId)),
  texts(rows.map((row) => row.locationId)),
  int8s(rows.map((row) => row.sequence)),
  texts(rows.map((row) => row.type)),
  int8s(rows.map((row) => row.quantity)),
  int8s(rows.map((row) => row.balanceAfter)),
  texts(rows.map((row) => row.reference)),
  texts(rows.map((row) => row.reason)),
  texts(rows.map((row) => row.actor)),
  texts(rows.map((row) => row.transferId)),
  instants(rows.map((row) => row.occurredAt)),
  instants(rows.map((row) => row.createdAt))
]
