import type { StockLevel } from "@holdfast/core/inventory"
import { instants, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Writes levels that did not exist; one that does by now fails the transaction.
 * Index: inventory_pkey. Lock: the new rows, in key order.
 */
export const insertLevels = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.inventory (sku_id, location_id, total_quantity, reserved_quantity,
    promise_limit, movement_sequence, version, last_updated)
  select * from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[],
    $7::int8[], $8::timestamptz[]) as n(sku_id, location_id) order by sku_id, location_id
  on conflict do nothing returning 1)
select ${schema}.require_rows((select count(*) from written), $9)::text`
  return (levels: ReadonlyArray<StockLevel.StockLevel>): Query =>
    query(
      sql,
      texts(levels.map((level) => level.skuId)),
      texts(levels.map((level) => level.locationId)),
      int8s(levels.map((level) => level.totalQuantity)),
      int8s(levels.map((level) => level.reservedQuantity)),
      int8s(levels.map((level) => level.promiseLimit)),
      int8s(levels.map((level) => level.movementSequence)),
      int8s(levels.map((level) => level.version)),
      instants(levels.map((level) => level.lastUpdated)),
      int8(levels.length)
    )
}
