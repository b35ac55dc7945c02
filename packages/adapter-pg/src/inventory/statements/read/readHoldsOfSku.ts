import type { HoldsQuery } from "@holdfast/core/inventory"
import { instant, int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import { reservationColumns } from "../scope.ts"

const statuses = { open: ["PENDING", "CONFIRMED"], pending: ["PENDING"], confirmed: ["CONFIRMED"] }

/**
 * Reads a page of the open holds of one SKU that have not lapsed, oldest first, after an instant
 * and an id, and the clock. It reads all open holds of the SKU: every reservation would pay for an
 * index in this order, and only people look at this list.
 * Index: reservations_open. Lock: none.
 */
export const readHoldsOfSku = (schema: string) => {
  const sql = `
select ${reservationColumns} from ${schema}.reservations r
where r.sku_id = $1 and r.status in ('PENDING', 'CONFIRMED') and r.status = any($2::text[])
  and (r.expires_at is null
    or r.expires_at > (select coalesce($3::timestamptz, clock_timestamp())))
  and (r.created_at, r.id) > (coalesce($4, '-infinity'::timestamptz), $5::text::uuid)
order by r.created_at, r.id
limit $6`
  const first = "00000000-0000-0000-0000-000000000000"
  return ({ after, limit, skuId, status }: HoldsQuery, nowMillis: number | null): Query =>
    query(
      sql,
      text(skuId),
      texts(statuses[status]),
      instant(nowMillis),
      instant(after?.createdAt.epochMilliseconds ?? null),
      text(after?.id ?? first),
      int8(limit)
    )
}
