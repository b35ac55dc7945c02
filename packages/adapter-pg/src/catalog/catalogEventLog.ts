/** The log of the catalog, whole or by product, category or type. */
import { type CatalogEvent, type EventsFilter, readPayload } from "@holdfast/core/catalog"
import { filteredLogOver } from "../events/filteredLog.ts"
import { toLogged } from "../events/PgEventLog.ts"
import { type Run, settledPages } from "../events/settledPosition.ts"
import { readEventsOfOne, readEventsOfOneType } from "./statements/read/readEventsOf.ts"

const toEvent = toLogged<CatalogEvent>(readPayload)

/**
 * Reads the log of one schema, whole or by a filter. Each value of a filter is read by one query,
 * all in one round trip.
 */
export const catalogLogOver = (schema: string, run: Run) => {
  const settled = settledPages(schema, run)
  const ofOne = readEventsOfOne(schema)
  const ofType = readEventsOfOneType(schema)
  const queriesOf = (after: number, limit: number, { aggregateIds, types }: EventsFilter) =>
    aggregateIds === undefined
      ? [...new Set(types)].map((type) => ofType(after, limit, type))
      : [...new Set(aggregateIds)].map((id) => ofOne(after, limit, id, types))
  return filteredLogOver<CatalogEvent, EventsFilter>(
    schema,
    run,
    toEvent,
    (after, limit, filter, noting) => settled(after, limit, queriesOf(after, limit, filter), noting)
  )
}
