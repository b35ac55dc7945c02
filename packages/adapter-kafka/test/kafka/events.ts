/** Events for tests. */
import { unchecked } from "@holdfast/core/engine"
import type { AnyEvent, EventPublisher, KeptEvent } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

/** One event, the nth of all, of one of so many aggregates, before a log keeps it. */
export const eventBeforeLog = (n: number, aggregates: number, payload: object): AnyEvent => ({
  eventId: unchecked.eventId.make(`event-${n}`),
  eventType: "inventory.stock.updated",
  aggregateId: `aggregate-${n % aggregates}`,
  aggregateType: "SKU",
  version: Math.floor(n / aggregates) + 1,
  timestamp: DateTime.makeUnsafe(1_700_000_000_000 + n),
  commandId: unchecked.commandId.make(`command-${n}`),
  correlationId: null,
  traceparent: null,
  payload
})

/** One event, the nth of all, of one of so many aggregates. */
export const eventOf = (n: number, aggregates = 7, text = ""): KeptEvent => {
  const { payload, ...event } = eventBeforeLog(n, aggregates, { n, text })
  return { ...event, position: n, payloadJson: JSON.stringify(payload) }
}

/** Events from one number up to another, which is left out. */
export const eventsOf = (from: number, to: number, aggregates?: number): ReadonlyArray<KeptEvent> =>
  Array.from({ length: to - from }, (_, n) => eventOf(from + n, aggregates))

/** Publishes as a relay does: what was acknowledged is not sent again, and the rest until it is. */
export const publishAll = Effect.fnUntraced(function* (
  publisher: EventPublisher,
  events: ReadonlyArray<KeptEvent>
) {
  let rest = events
  while (rest.length > 0) {
    const acknowledged = yield* Effect.match(publisher.publish(rest), {
      onSuccess: () => new Set<string>(rest.map(({ eventId }) => eventId)),
      onFailure: (error) => new Set(error.acknowledged)
    })
    rest = rest.filter(({ eventId }) => !acknowledged.has(eventId))
  }
})
