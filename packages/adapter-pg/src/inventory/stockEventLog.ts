/** The log of the inventory, whole or by SKU, location, order or type. */
import { type EventsFilter, type InventoryEvent, readPayload } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import { filteredLogOver } from "../events/filteredLog.ts"
import { toLogged } from "../events/PgEventLog.ts"
import { type Run, settledPages } from "../events/settledPosition.ts"
import { readLocationWriters } from "../events/statements/readDrawers.ts"
import {
  readEventsOfLocations,
  readEventsOfOrder,
  readEventsOfSku,
  readEventsOfType
} from "../events/statements/readFilteredEvents.ts"

const toEvent = toLogged<InventoryEvent>(readPayload)

/**
 * How many events of SKUs and locations are read at once, at most: from each of them its share of
 * `eventsMax`, and never fewer than `eventsEachMin`, so that a busy one among many goes on.
 */
const eventsMax = 1_000
const eventsEachMin = 100

/**
 * Reads the log of one schema, whole or by a filter. A part of a filter that is a list is read by
 * one query for each of its values, all in one round trip.
 */
export const eventLogOver = (schema: string, run: Run) => {
  const settled = settledPages(schema, run)
  /**
   * Positions of one SKU's events are drawn while the SKU is locked, so what becomes visible later
   * comes later. Only a location of the same id could still write before them.
   */
  const settledOfOne = settledPages(schema, run, readLocationWriters(schema))
  const ofSku = readEventsOfSku(schema)
  const ofLocations = readEventsOfLocations(schema)
  const ofOrder = readEventsOfOrder(schema)
  const ofType = readEventsOfType(schema)

  /** Types are looked for page by page: no index has the events of a SKU by their type. */
  const rowsOfAggregates = Effect.fnUntraced(function* (
    after: number,
    limit: number,
    ids: ReadonlyArray<string>,
    types: ReadonlyArray<string> | undefined,
    noting: Run
  ) {
    const pages = ids.length === 1 ? settledOfOne : settled
    const share = Math.max(eventsEachMin, Math.floor(eventsMax / ids.length))
    const size = types === undefined ? Math.min(limit, share) : share
    const found: Array<Row> = []
    let from = after
    while (true) {
      const ofSkus = ids.map((id) => ofSku(from, size, id))
      const queries = [...ofSkus, ofLocations(from, size, ids)]
      const rows = yield* pages(from, size, queries, noting)
      found.push(
        ...rows.filter((row) => types === undefined || types.includes(row["event_type"] as string))
      )
      if (found.length >= limit || rows.length < size) return found
      from = rows.at(-1)?.["position"] as number
    }
  })

  const rowsOf = (after: number, limit: number, filter: EventsFilter, noting: Run) => {
    const { aggregateIds, orderId, types } = filter
    if (orderId !== undefined) {
      return settled(after, limit, [ofOrder(after, limit, orderId, filter)], noting)
    }
    if (aggregateIds !== undefined) {
      return rowsOfAggregates(after, limit, [...new Set(aggregateIds)], types, noting)
    }
    const wanted = [...new Set(types)]
    return settled(
      after,
      limit,
      wanted.map((type) => ofType(after, limit, type)),
      noting
    )
  }
  return filteredLogOver<InventoryEvent, EventsFilter>(schema, run, toEvent, rowsOf)
}
