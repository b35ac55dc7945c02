/** Parked events of orders in memory: the executable specification of the port. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type ParkedOrderEvent,
  ParkedOrderEvents,
  parkedMax
} from "../../ordering/ParkedOrderEvents.ts"

interface Entry extends ParkedOrderEvent {
  readonly parkedAt: number
  readonly cause: string | null
}

const byHappening = (a: Entry, b: Entry): number =>
  a.happenedAt.epochMilliseconds - b.happenedAt.epochMilliseconds ||
  (a.eventId < b.eventId ? -1 : 1)

const eventOf = ({ eventId, happenedAt, json, orderId }: Entry): ParkedOrderEvent => ({
  eventId,
  orderId,
  json,
  happenedAt
})

/** Parked events in memory. */
export const layerMemoryParkedEvents: Layer.Layer<ParkedOrderEvents> = Layer.effect(
  ParkedOrderEvents,
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const entries = new Map<string, Entry>()
    const waiting = () => [...entries.values()].filter(({ cause }) => cause === null)
    return ParkedOrderEvents.of({
      park: (event, causeWhenFull) =>
        Effect.sync(() => {
          const known = entries.get(event.eventId)
          if (known !== undefined) return known.cause
          const others = waiting().filter(({ orderId }) => orderId === event.orderId)
          const cause = others.length >= parkedMax ? causeWhenFull : null
          const parkedAt = clock.currentTimeMillisUnsafe()
          entries.set(event.eventId, { ...event, parkedAt, cause })
          return cause
        }),
      waiting: (orderId) =>
        Effect.sync(() =>
          waiting()
            .filter((entry) => entry.orderId === orderId)
            .sort(byHappening)
            .map(eventOf)
        ),
      overdue: (millis, limit) =>
        Effect.sync(() => {
          const before = clock.currentTimeMillisUnsafe() - millis
          return waiting()
            .filter(({ parkedAt }) => parkedAt < before)
            .sort((a, b) => a.parkedAt - b.parkedAt)
            .slice(0, limit)
            .map(eventOf)
        }),
      condemn: ({ eventId }, cause) =>
        Effect.sync(() => {
          const entry = entries.get(eventId)
          if (entry?.cause === null) entries.set(eventId, { ...entry, cause })
        }),
      remove: ({ eventId }) =>
        Effect.sync(() => {
          entries.delete(eventId)
        }),
      forgetDead: (eventIds) =>
        Effect.sync(() => {
          for (const eventId of eventIds) {
            if (entries.get(eventId)?.cause !== null) entries.delete(eventId)
          }
        }),
      dead: (after, limit) =>
        Effect.sync(() =>
          [...entries.values()]
            .flatMap((entry) =>
              entry.cause === null ? [] : [{ ...eventOf(entry), cause: entry.cause }]
            )
            .filter(({ eventId }) => after === null || eventId > after)
            .sort((a, b) => (a.eventId < b.eventId ? -1 : 1))
            .slice(0, limit)
        )
    })
  })
)
