/**
 * Events of many aggregates, each delivered one to five times, in an order that a partition allows:
 * the first deliveries of an aggregate come in its order, and a repeat comes at any time after the
 * first. A seed gives the same deliveries again.
 */
import type { KeptEvent } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { eventOf } from "../kafka/events.ts"

/** An event of a ledger: what the balance of its aggregate changes by. */
export interface LedgerEvent extends KeptEvent {
  readonly delta: number
}

/** What is delivered, and how hard it is. */
export interface Deliveries {
  readonly events: ReadonlyArray<LedgerEvent>
  readonly delivered: ReadonlyArray<LedgerEvent>
  /** How many deliveries repeat an event. */
  readonly repeated: number
  /** How many of them come after a later event of their aggregate. */
  readonly late: number
}

const timesMax = 5
const deltaMax = 1_000

/** A SKU and an order share each id, as they may: their versions are counted apart. */
const typesOfAggregates = ["SKU", "ORDER"] as const

/** The name of an aggregate, over all types. */
export const aggregateOf = ({
  aggregateId,
  aggregateType
}: Pick<KeptEvent, "aggregateId" | "aggregateType">): string => `${aggregateType} ${aggregateId}`

const eventsOf = Effect.fnUntraced(function* (count: number, ids: number) {
  const versions = new Map<string, number>()
  const events: Array<LedgerEvent> = []
  for (let n = 0; n < count; n++) {
    const aggregateType = yield* Random.choice(typesOfAggregates)
    const aggregateId = `shared-${yield* Random.nextIntBetween(0, ids - 1)}`
    const delta = yield* Random.nextIntBetween(1, deltaMax)
    const name = aggregateOf({ aggregateId, aggregateType })
    const version = (versions.get(name) ?? 0) + 1
    versions.set(name, version)
    const payloadJson = JSON.stringify({ delta })
    events.push({ ...eventOf(n), aggregateId, aggregateType, version, payloadJson, delta })
  }
  return events
})

/**
 * When each event is delivered, from 0 to 1. The first deliveries of an aggregate take instants that
 * are sorted; half of the repeats come soon after the first, the others at any time until the end.
 */
const placed = Effect.fnUntraced(function* (events: ReadonlyArray<LedgerEvent>) {
  const deliveries: Array<{ readonly at: number; readonly event: LedgerEvent }> = []
  for (const own of Map.groupBy(events, aggregateOf).values()) {
    const firsts: Array<number> = []
    for (const _ of own) firsts.push(yield* Random.next)
    firsts.sort((one, other) => one - other)
    for (const [index, event] of own.entries()) {
      const first = firsts[index] ?? 0
      deliveries.push({ at: first, event })
      const times = yield* Random.nextIntBetween(1, timesMax)
      for (let time = 1; time < times; time++) {
        const reach = (yield* Random.nextBoolean) ? (1 - first) / events.length : 1 - first
        deliveries.push({ at: first + (yield* Random.next) * reach, event })
      }
    }
  }
  return deliveries.sort((one, other) => one.at - other.at).map(({ event }) => event)
})

/** Makes so many events of twice as many aggregates as there are ids, and their deliveries. */
export const deliveriesOf = (count: number, ids: number, seed: string): Deliveries =>
  Effect.runSync(
    Effect.gen(function* () {
      const events = yield* eventsOf(count, ids)
      const delivered = yield* placed(events)
      const seen = new Set<string>()
      const newest = new Map<string, number>()
      let late = 0
      for (const event of delivered) {
        const name = aggregateOf(event)
        if (seen.has(event.eventId) && event.version < (newest.get(name) ?? 0)) late++
        seen.add(event.eventId)
        newest.set(name, Math.max(newest.get(name) ?? 0, event.version))
      }
      return { events, delivered, repeated: delivered.length - events.length, late }
    }).pipe(Random.withSeed(seed))
  )
