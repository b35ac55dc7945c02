import type { LocationId } from "@holdfast/core/inventory"
import { instant, type Query, query, texts } from "../../../connection/Query.ts"
import { millis } from "../../../connection/sqlText.ts"
import { locationColumns } from "../scope.ts"

/**
 * Loads the default location and the named ones ($1), and reads the clock, or takes the given
 * instant ($2) in its place.
 * Index: locations_pkey, locations_one_default. Lock: none of its own.
 */
export const loadLocations = (schema: string) => {
  const sql = `
select ${locationColumns}, ${millis("coalesce($2::timestamptz, clock_timestamp())")} as now
from ${schema}.locations l
where l.is_default or l.id = any($1::text[])`
  return (locationIds: ReadonlyArray<LocationId>, nowMillis: number | null): Query =>
    query(sql, texts(locationIds), instant(nowMillis))
}
