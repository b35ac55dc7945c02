/** The log of the inventory, whole or by SKU, order or type. */
import {
  type EventsFilter,
  type InventoryEvent,
  type LoggedEvent,
  readPayload,
  type SkuId
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { toLogged, wholeLogOver } from "../events/PgEventLog.ts"
import { type Run, settledPages } from "../events/settledPosition.ts"
import {
  readEventsOfOrder,
  readEventsOfSku,
  readEventsOfType
} from "../events/statements/readFilteredEvents.ts"

const toEvent = toLogged<InventoryEvent>(readPayload)

/** How many events of one SKU are read at once to find those of a type. */
const pageMax = 1_000

/**
 * Reads the log of one schema, whole or by a filter. Events of one SKU need no check for gaps:
 * their positions are drawn while the SKU is locked, so what becomes visible later comes later.
 */
export const eventLogOver = (schema: string, run: Run) => {
  const wholeLog = wholeLogOver(schema, run, toEvent)
  const settled = settledPages(schema, run)
  const ofSku = readEventsOfSku(schema)
  const ofOrder = readEventsOfOrder(schema)
  const ofType = readEventsOfType(schema)
  /** A type is looked for page by page: no index has a SKU's events of one type. */
  const rowsOfSku = Effect.fnUntraced(function* (
    after: number,
    limit: number,
    skuId: SkuId,
    type: string | undefined
  ) {
    const size = type === undefined ? limit : pageMax
    const found: Array<Row> = []
    let from = after
    while (true) {
      const [rows = []] = yield* run([ofSku(from, size, skuId)])
      found.push(...rows.filter((row) => type === undefined || row["event_type"] === type))
      if (found.length >= limit || rows.length < size) return found.slice(0, limit)
      from = rows.at(-1)?.["position"] as number
    }
  })

  const rowsOf = (after: number, limit: number, filter: EventsFilter) => {
    if (filter.orderId !== undefined) return settled(after, ofOrder(after, limit, filter))
    if (filter.skuId === undefined) return settled(after, ofType(after, limit, filter))
    return rowsOfSku(after, limit, filter.skuId, filter.type)
  }
  return (
    after: number,
    limit: number,
    filter: EventsFilter = {}
  ): Effect.Effect<ReadonlyArray<LoggedEvent>, SqlFailure> =>
    Object.values(filter).every((part) => part === undefined)
      ? wholeLog(after, limit)
      : Effect.map(rowsOf(after, limit, filter), (rows) => rows.map(toEvent))
}
