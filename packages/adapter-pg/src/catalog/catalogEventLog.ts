/** The log of the catalog, whole or by product, category or type. */
import {
  type CatalogEvent,
  type EventsFilter,
  type LoggedEvent,
  readPayload
} from "@holdfast/core/catalog"
import type { PositionGone } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { toLogged, wholeLogOver } from "../events/PgEventLog.ts"
import { type Run, settledPages } from "../events/settledPosition.ts"
import { wholePages } from "../events/wholePages.ts"
import { readEventsOfOne, readEventsOfOneType } from "./statements/read/readEventsOf.ts"

const toEvent = toLogged<CatalogEvent>(readPayload)

/**
 * Reads the log of one schema, whole or by a filter. Each value of a filter is read by one query,
 * all in one round trip.
 */
export const catalogLogOver = (schema: string, run: Run) => {
  const whole = wholePages(schema, run)
  const wholeLog = wholeLogOver(schema, run, toEvent)
  const settled = settledPages(schema, run)
  const ofOne = readEventsOfOne(schema)
  const ofType = readEventsOfOneType(schema)
  const queriesOf = (after: number, limit: number, { aggregateIds, types }: EventsFilter) =>
    aggregateIds === undefined
      ? [...new Set(types)].map((type) => ofType(after, limit, type))
      : [...new Set(aggregateIds)].map((id) => ofOne(after, limit, id, types))
  return (
    after: number,
    limit: number,
    filter: EventsFilter = {}
  ): Effect.Effect<ReadonlyArray<LoggedEvent>, SqlFailure | PositionGone> =>
    whole(
      after,
      (noting) =>
        Object.values(filter).every((part) => part === undefined)
          ? wholeLog(after, limit, noting)
          : Effect.map(settled(after, limit, queriesOf(after, limit, filter), noting), (rows) =>
              rows.slice(0, limit).map(toEvent)
            ),
      ({ event, position }, incarnation) => ({ position, event: { ...event, incarnation } })
    )
}
