import type { Reservation } from "@holdfast/core/inventory"
import { instants, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Writes reservations at their final state. The lock and the version of their SKU's level guard
 * them: whoever changes a hold bumps that version.
 * Index: reservations_pkey. Lock: the rows.
 */
export const updateReservations = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.reservations r
  set quantity = n.quantity, fulfilled_quantity = n.fulfilled_quantity, status = n.status,
      expires_at = n.expires_at, resolved_at = n.resolved_at, release_reason = n.release_reason
  from unnest($1::text[], $2::int8[], $3::int8[], $4::text[], $5::timestamptz[],
      $6::timestamptz[], $7::text[])
    as n(id, quantity, fulfilled_quantity, status, expires_at, resolved_at, release_reason)
  where r.id = n.id::uuid
  returning 1)
select ${schema}.require_rows((select count(*) from written), $8)::text`
  return (holds: ReadonlyArray<Reservation.Reservation>): Query =>
    query(
      sql,
      texts(holds.map((hold) => hold.id)),
      int8s(holds.map((hold) => hold.quantity)),
      int8s(holds.map((hold) => hold.fulfilledQuantity)),
      texts(holds.map((hold) => hold.status)),
      instants(holds.map((hold) => hold.expiresAt)),
      instants(holds.map((hold) => hold.resolvedAt)),
      texts(holds.map((hold) => hold.releaseReason)),
      int8(holds.length)
    )
}
