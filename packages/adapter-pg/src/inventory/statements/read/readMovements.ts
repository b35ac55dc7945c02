import type { MovementsQuery, SkuId } from "@holdfast/core/inventory"
import { instant, int8, type Query, query, text } from "../../../connection/Query.ts"
import { millis } from "../../../connection/sqlText.ts"

const columns = `m.id::text as id, m.sku_id::text, m.location_id::text, m.sequence::float8,
  m.type::text, m.quantity::float8, m.balance_after::float8, m.reference::text, m.reason::text,
  m.actor::text, m.transfer_id::text, ${millis("m.occurred_at")} as occurred_at,
  ${millis("m.created_at")} as created_at`

/**
 * Reads a page of the ledger of one SKU, newest first, from before an instant and id.
 * Index: stock_movements_sku, or stock_movements_level for one location. Lock: none.
 */
export const readMovements = (schema: string) => {
  const select = (where: string, id: string) => `
select ${columns} from ${schema}.stock_movements m
where m.sku_id = $1${where}
  and (m.created_at, m.id) < (coalesce($2, 'infinity'::timestamptz), $3::text::uuid)
order by m.created_at desc, ${id} desc
limit $4`
  const everywhere = select("", "m.id")
  // The text of an id sorts as the id does. It keeps the planner from the index without the
  // location, which would read the ledgers of all other locations.
  const atLocation = select(" and m.location_id = $5", 'm.id::text collate "C"')
  const last = "ffffffff-ffff-ffff-ffff-ffffffffffff"
  return ({ before, limit, locationId, skuId }: MovementsQuery): Query => {
    const page = [
      text(skuId),
      instant(before?.createdAt.epochMilliseconds ?? null),
      text(before?.id ?? last),
      int8(limit)
    ]
    return locationId === undefined
      ? query(everywhere, ...page)
      : query(atLocation, ...page, text(locationId))
  }
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
