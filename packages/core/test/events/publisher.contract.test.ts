/** The contract of publishers, on a destination in memory that has two partitions. */
import * as Effect from "effect/Effect"
import type { KeptEvent } from "../../src/events/EventLog.ts"
import { type EventPublisher, PublishError } from "../../src/events/EventPublisher.ts"
import { envelopeJson } from "../../src/events/envelope.ts"
import { type PublishedEvent, publisherContract } from "../../src/testing/publisherContract.ts"

const bytesMax = 1_048_576

const open = Effect.sync(() => {
  const partitions: ReadonlyArray<Array<PublishedEvent>> = [[], []]
  let isAway = false
  const keep = (event: KeptEvent): Effect.Effect<void, PublishError> =>
    Effect.suspend(() => {
      if (isAway) {
        return Effect.fail(new PublishError({ message: "it is away", isRetryable: true }))
      }
      const { aggregateId, eventId } = event
      const json = envelopeJson(event)
      if (json.length > bytesMax) {
        return Effect.fail(new PublishError({ message: "too large", isRetryable: false, eventId }))
      }
      partitions[aggregateId.length % 2]?.push({ aggregateId, eventId, json })
      return Effect.void
    })
  const publisher: EventPublisher = {
    publish: (events) =>
      Effect.suspend(() => {
        const acknowledged = new Set<string>()
        const one = (event: KeptEvent) =>
          Effect.tap(keep(event), () => Effect.sync(() => acknowledged.add(event.eventId)))
        return Effect.mapError(
          Effect.forEach(events, one, { discard: true }),
          ({ eventId, isRetryable, message }) =>
            new PublishError({ message, isRetryable, eventId, acknowledged })
        )
      })
  }
  return {
    publisher,
    published: Effect.sync(() => partitions.flat()),
    setAway: (away: boolean) =>
      Effect.sync(() => {
        isAway = away
      })
  }
})

publisherContract("a destination in memory", Effect.succeed({ open }))
