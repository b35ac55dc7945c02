import type { StockScope } from "@holdfast/core/inventory"
import { int8, type Query, query, texts } from "../../../connection/Query.ts"
import { reservationColumns, skusWithCodes } from "../scope.ts"

/**
 * Loads the newest open holds of each level of the named SKUs ($1), at most $2 of each level, for a
 * correction that may have to take some back. A bulk request names SKUs by their codes ($3) too.
 * Index: reservations_open, skus_code_key. Lock: none; the levels of these SKUs are locked already.
 */
export const loadOpenHolds = (schema: string) => {
  const select = (skuIds: string) => `
select ${reservationColumns}
from (
  select *, row_number() over (partition by sku_id, location_id
    order by created_at desc, id desc) as place
  from ${schema}.reservations
  where sku_id = any(${skuIds}) and status in ('PENDING', 'CONFIRMED')
) as r
where r.place <= $2`
  const named = select("$1::text[]")
  const coded = select(`array(select unnest($1::text[])
    union ${skusWithCodes(schema, "$3::text[]")})`)
  return (
    { openHoldsOf, openHoldsOfCodes }: Pick<StockScope, "openHoldsOf" | "openHoldsOfCodes">,
    limit: number
  ): Query =>
    openHoldsOfCodes.length === 0
      ? query(named, texts(openHoldsOf), int8(limit))
      : query(coded, texts(openHoldsOf), int8(limit), texts(openHoldsOfCodes))
}
