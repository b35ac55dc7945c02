import type { UpdatedLevel } from "@holdfast/core/inventory"
import { instant, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Writes levels at their final state, each only over the version that was loaded; a row too few
 * fails the transaction, which is then run again.
 * Index: inventory_pkey. Lock: the rows, which are locked already.
 */
export const updateLevels = (schema: string) => {
  const sql = `
with written as (
  update ${schema}.inventory i
  set total_quantity = n.total_quantity, reserved_quantity = n.reserved_quantity,
      promise_limit = n.promise_limit, movement_sequence = n.movement_sequence,
      version = n.version, last_updated = $9
  from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
      $8::int8[])
    as n(sku_id, location_id, total_quantity, reserved_quantity, promise_limit,
      movement_sequence, version, loaded_version)
  where i.sku_id = n.sku_id and i.location_id = n.location_id and i.version = n.loaded_version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $10)::text`
  return (updates: ReadonlyArray<UpdatedLevel>, nowMillis: number): Query =>
    query(
      sql,
      texts(updates.map(({ level }) => level.skuId)),
      texts(updates.map(({ level }) => level.locationId)),
      int8s(updates.map(({ level }) => level.totalQuantity)),
      int8s(updates.map(({ level }) => level.reservedQuantity)),
      int8s(updates.map(({ level }) => level.promiseLimit)),
      int8s(updates.map(({ level }) => level.movementSequence)),
      int8s(updates.map(({ level }) => level.version)),
      int8s(updates.map(({ loadedVersion }) => loadedVersion)),
      instant(nowMillis),
      int8(updates.length)
    )
}
