import type { Location } from "@holdfast/core/inventory"
import { bools, int8, int8s, type Query, query, texts } from "../../../connection/Query.ts"

/**
 * Writes locations at their final state, new ones too. All rows are locked already. The one that
 * stops being the default comes first, or two would be for a moment.
 * Index: locations_pkey, locations_one_default. Lock: the rows.
 */
export const writeLocations = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.locations (id, name, priority, is_default, sellable, active, version)
  select id, name, priority::integer, is_default, sellable, active, version
  from unnest($1::text[], $2::text[], $3::int8[], $4::bool[], $5::bool[], $6::bool[], $7::int8[])
    as n(id, name, priority, is_default, sellable, active, version) order by is_default, id
  on conflict (id) do update set name = excluded.name, priority = excluded.priority,
    is_default = excluded.is_default, sellable = excluded.sellable, active = excluded.active,
    version = excluded.version
    where ${schema}.locations.version < excluded.version
  returning 1)
select ${schema}.require_rows((select count(*) from written), $8)::text`
  return (locations: ReadonlyArray<Location.Location>): Query =>
    query(
      sql,
      texts(locations.map((location) => location.id)),
      texts(locations.map((location) => location.name)),
      int8s(locations.map((location) => location.priority)),
      bools(locations.map((location) => location.isDefault)),
      bools(locations.map((location) => location.sellable)),
      bools(locations.map((location) => location.active)),
      int8s(locations.map((location) => location.version)),
      int8(locations.length)
    )
}
