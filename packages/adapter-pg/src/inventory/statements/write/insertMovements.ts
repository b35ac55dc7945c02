import type { StockMovement } from "@holdfast/core/inventory"
import { instants, int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Appends to the ledger.
 * Index: those of the current month's partition grow. Lock: the new rows.
 */
export const insertMovements = (schema: string) => {
  const sql = `
insert into ${schema}.stock_movements (id, sku_id, location_id, sequence, type, quantity,
  balance_after, reference, reason, actor, transfer_id, occurred_at, created_at)
select id::uuid, sku_id, location_id, sequence, type, quantity, balance_after, reference, reason,
  actor, transfer_id::uuid, occurred_at, created_at
from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::int8[], $7::int8[],
  $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[])
  as n(id, sku_id, location_id, sequence, type, quantity, balance_after, reference, reason, actor,
    transfer_id, occurred_at, created_at)`
  return (rows: ReadonlyArray<StockMovement.StockMovement>): Query =>
    query(
      sql,
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
    )
}
