import type { MovementsQuery, ReferenceQuery, SkuId } from "@holdfast/core/inventory"
import { instant, int8, type Query, query, text } from "../../../connection/Query.ts"
import { millis } from "../../../connection/sqlText.ts"
import { movementColumns } from "../scope.ts"

/**
 * Reads a page of the ledger of one SKU, newest first, from before an instant and id.
 * Index: stock_movements_sku, stock_movements_level for one location, or stock_movements_reference
 * for one reference. Lock: none.
 */
export const readMovements = (schema: string) => {
  const select = (where: string, id: string) => `
select ${movementColumns} from ${schema}.stock_movements m
where m.sku_id = $1${where}
  and (m.created_at, m.id) < (coalesce($2, 'infinity'::timestamptz), $3::text::uuid)
order by m.created_at desc, ${id} desc
limit $4`
  const everywhere = select("", "m.id")
  // The text of an id sorts as the id does. It keeps the planner from the index without the
  // location, which would read the ledgers of all other locations.
  const atLocation = select(" and m.location_id = $5", 'm.id::text collate "C"')
  const underReference = select(
    " and m.reference = $5 and m.reference is not null and m.location_id = coalesce($6, m.location_id)",
    "m.id"
  )
  const last = "ffffffff-ffff-ffff-ffff-ffffffffffff"
  return ({ before, limit, locationId, reference, skuId }: MovementsQuery): Query => {
    const page = [
      text(skuId),
      instant(before?.createdAt.epochMilliseconds ?? null),
      text(before?.id ?? last),
      int8(limit)
    ]
    if (reference !== undefined) {
      return query(underReference, ...page, text(reference), text(locationId ?? null))
    }
    return locationId === undefined
      ? query(everywhere, ...page)
      : query(atLocation, ...page, text(locationId))
  }
}

/**
 * Reads a page of what was booked under a reference, by SKU and oldest first, from after a movement.
 * Index: stock_movements_reference. Lock: none.
 */
export const readBookings = (schema: string) => {
  const select = (after: string) => `
select ${movementColumns} from ${schema}.stock_movements m
where m.reference = $1 and m.reference is not null${after}
order by m.sku_id, m.created_at, m.id
limit $2`
  const fromStart = select("")
  const fromThere = select(" and (m.sku_id, m.created_at, m.id) > ($3, $4, $5::text::uuid)")
  return ({ after, limit, reference }: ReferenceQuery): Query =>
    after === null
      ? query(fromStart, text(reference), int8(limit))
      : query(
          fromThere,
          text(reference),
          int8(limit),
          text(after.skuId),
          instant(after.createdAt.epochMilliseconds),
          text(after.id)
        )
}

/**
 * Reads the total of each level of a SKU as of an instant: the balance after its last movement at
 * or before that instant. Without such a movement, a first movement of type OPENING means that the
 * ledger begins later.
 * Index: inventory_pkey, stock_movements_level. Lock: none.
 */
export const readStockAsOf = (schema: string) => {
  const sql = `
select i.location_id::text, coalesce(m.balance_after, 0)::float8 as total_quantity,
  case when m.balance_after is null then (
    select case when first.type = 'OPENING' then ${millis("first.created_at")} end
    from ${schema}.stock_movements first
    where first.sku_id = i.sku_id and first.location_id = i.location_id
    order by first.created_at, first.sequence limit 1
  ) end as horizon
from ${schema}.inventory i
left join lateral (
  select m.balance_after from ${schema}.stock_movements m
  where m.sku_id = i.sku_id and m.location_id = i.location_id and m.created_at <= $2
  order by m.created_at desc, m.sequence desc limit 1
) as m on true
where i.sku_id = $1
order by i.location_id`
  return (skuId: SkuId, atMillis: number): Query => query(sql, text(skuId), instant(atMillis))
}
