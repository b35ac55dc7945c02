/** Events for tests. */
import { unchecked } from "@holdfast/core/engine"
import type { KeptEvent } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"

/** One event, the nth of all, of one of so many aggregates. */
export const eventOf = (n: number, aggregates = 7, text = ""): KeptEvent => ({
  position: n,
  eventId: unchecked.eventId.make(`event-${n}`),
  eventType: "inventory.stock.updated",
  aggregateId: `aggregate-${n % aggregates}`,
  aggregateType: "SKU",
  version: Math.floor(n / aggregates) + 1,
  timestamp: DateTime.makeUnsafe(1_700_000_000_000 + n),
  commandId: unchecked.commandId.make(`command-${n}`),
  correlationId: null,
  traceparent: null,
  payloadJson: JSON.stringify({ n, text })
})

/** Events from one number up to another, which is left out. */
export const eventsOf = (from: number, to: number, aggregates?: number): ReadonlyArray<KeptEvent> =>
  Array.from({ length: to - from }, (_, n) => eventOf(from + n, aggregates))
