/**
 * The contract of `EventPublisher`: one suite of vitest tests that every destination runs. Pass it
 * and a relay over the destination loses no event and keeps the order of each aggregate.
 */

import { expect, it as vitest } from "@effect/vitest"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { KeptEvent } from "../events/EventLog.ts"
import type { EventPublisher, PublishError } from "../events/EventPublisher.ts"
import { envelopeJson } from "../events/envelope.ts"
import { unchecked } from "../kernel/Identifier.ts"

/** What a destination has kept of one event. */
export interface PublishedEvent {
  readonly eventId: string
  readonly aggregateId: string
  readonly json: string
}

/** An empty destination for one test. */
export interface PublisherStage {
  readonly publisher: EventPublisher
  /** All that was kept; the events of one aggregate in the order in which a reader sees them. */
  readonly published: Effect.Effect<ReadonlyArray<PublishedEvent>>
  /** Takes the destination away, or brings it back, with all that it has kept. */
  readonly setAway: (isAway: boolean) => Effect.Effect<void>
}

/** How a destination differs from others. */
export interface PublisherContractOptions {
  /** The size of an event that the destination never takes, in bytes: 2 MiB. */
  readonly tooLargeBytes?: number | undefined
}

/** Gives each test an empty destination of its own. */
export interface PublisherStages {
  readonly open: Effect.Effect<PublisherStage, never, Scope.Scope>
}

const Stages = Context.Service<PublisherStages>("@holdfast/core/testing/PublisherStages")

const eventOf = (n: number, aggregates: number, text = "naïve ☕ 🧵"): KeptEvent => ({
  position: n,
  eventId: unchecked.eventId.make(`event-${n}`),
  eventType: n % 2 === 0 ? "inventory.stock.reserved" : "inventory.stock.updated",
  aggregateType: "SKU",
  aggregateId: `aggregate-${n % aggregates}`,
  version: Math.floor(n / aggregates) + 1,
  timestamp: DateTime.makeUnsafe(1_700_000_000_000 + n),
  commandId: unchecked.commandId.make(`command-${n}`),
  correlationId: n % 3 === 0 ? null : `order-${n}`,
  traceparent: n % 5 === 0 ? null : "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  payloadJson: JSON.stringify({ n, text })
})

const eventsOf = (count: number, aggregates: number): ReadonlyArray<KeptEvent> =>
  Array.from({ length: count }, (_, n) => eventOf(n, aggregates))

const idsOf = (events: ReadonlyArray<{ readonly eventId: string }>) =>
  events.map(({ eventId }) => eventId)

/** The ids of each aggregate in order, each where it comes first. */
const firstDeliveries = (
  events: ReadonlyArray<{ readonly eventId: string; readonly aggregateId: string }>
): Readonly<Record<string, ReadonlyArray<string>>> => {
  const byAggregate: Record<string, Array<string>> = {}
  for (const id of [...new Set(events.map(({ aggregateId }) => aggregateId))].sort()) {
    const own = events.filter(({ aggregateId }) => aggregateId === id)
    byAggregate[id] = [...new Set(idsOf(own))]
  }
  return byAggregate
}

/** Publishes as a relay does: what was acknowledged is not sent again. */
const publishAll = Effect.fnUntraced(function* (
  publisher: EventPublisher,
  events: ReadonlyArray<KeptEvent>
): Effect.fn.Return<void, PublishError> {
  let rest = events
  while (rest.length > 0) {
    const result = yield* Effect.result(publisher.publish(rest))
    if (Result.isSuccess(result)) return
    const { failure } = result
    if (!failure.isRetryable) return yield* failure
    rest = rest.filter(({ eventId }) => failure.acknowledged?.has(eventId) !== true)
    yield* Effect.sleep("20 millis")
  }
})

/** Declares the suite. `stages` is opened once; each test opens a destination of its own with it. */
export const publisherContract = <E>(
  name: string,
  stages: Effect.Effect<PublisherStages, E, Scope.Scope>,
  options: PublisherContractOptions = {}
): void => {
  const tooLarge = options.tooLargeBytes ?? 2 * 1024 * 1024
  const opening = { timeout: "120 seconds", excludeTestServices: true } as const
  const layer = Layer.effect(Stages, stages)
  vitest.layer(layer, opening)(`${name} keeps the contract of publishers`, (it) => {
    const onStage = (
      sentence: string,
      test: (stage: PublisherStage) => Effect.Effect<void, PublishError, Scope.Scope>
    ) =>
      it.effect(
        sentence,
        () => Effect.scoped(Effect.flatMap(Stages, ({ open }) => Effect.flatMap(open, test))),
        120_000
      )

    onStage("keeps every event before it answers, once, as its envelope", (stage) =>
      Effect.gen(function* () {
        const events = eventsOf(40, 7)
        yield* stage.publisher.publish(events)
        const published = yield* stage.published
        const inOrderOfIds = (all: ReadonlyArray<PublishedEvent>) =>
          all.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))
        const expected = events.map((event) => {
          const { aggregateId, eventId } = event
          return { eventId, aggregateId, json: envelopeJson(event) }
        })
        expect(inOrderOfIds(published)).toEqual(inOrderOfIds(expected))
      })
    )

    onStage("takes no events", (stage) =>
      Effect.gen(function* () {
        yield* stage.publisher.publish([])
        expect(yield* stage.published).toEqual([])
      })
    )

    onStage("keeps the events of an aggregate in the order of their pages", (stage) =>
      Effect.gen(function* () {
        const events = eventsOf(3_000, 13)
        for (let at = 0; at < events.length; at += 1_000) {
          yield* stage.publisher.publish(events.slice(at, at + 1_000))
        }
        const published = yield* stage.published
        expect(published.length).toBe(3_000)
        expect(firstDeliveries(published)).toEqual(firstDeliveries(events))
      })
    )

    onStage("names the event that can never be taken, and what was kept all the same", (stage) =>
      Effect.gen(function* () {
        const events = eventsOf(300, 11).map((event) =>
          event.eventId === "event-150" ? eventOf(150, 11, "x".repeat(tooLarge)) : event
        )
        const error = yield* Effect.orDie(Effect.flip(stage.publisher.publish(events)))
        expect(error).toMatchObject({ isRetryable: false, eventId: "event-150" })
        const keptBefore = new Set(idsOf(yield* stage.published))
        const acknowledged = error.acknowledged ?? new Set()
        expect([...acknowledged].filter((id) => !keptBefore.has(id))).toEqual([])
        expect(acknowledged.has("event-150")).toBe(false)
        const rest = events.filter(
          ({ eventId }) => eventId !== "event-150" && !acknowledged.has(eventId)
        )
        yield* stage.publisher.publish(rest)
        const expected = events.filter(({ eventId }) => eventId !== "event-150")
        expect(firstDeliveries(yield* stage.published)).toEqual(firstDeliveries(expected))
      })
    )

    onStage(
      "fails in a way that may pass while the destination is away, and then goes on",
      (stage) =>
        Effect.gen(function* () {
          const events = eventsOf(400, 9)
          yield* stage.publisher.publish(events.slice(0, 100))
          yield* stage.setAway(true)
          const error = yield* Effect.orDie(
            Effect.flip(stage.publisher.publish(events.slice(100, 200)))
          )
          expect(error).toMatchObject({ isRetryable: true, eventId: undefined })
          expect(error.message).not.toBe("")
          yield* stage.setAway(false)
          yield* publishAll(stage.publisher, events.slice(100))
          expect(firstDeliveries(yield* stage.published)).toEqual(firstDeliveries(events))
        })
    )

    onStage("loses nothing when it is interrupted and starts again from there", (stage) =>
      Effect.gen(function* () {
        const events = eventsOf(2_000, 9)
        for (const millis of [0, 1, 3, 8]) {
          const fiber = yield* Effect.forkChild(stage.publisher.publish(events.slice(0, 1_000)))
          yield* Effect.sleep(millis)
          yield* Fiber.interrupt(fiber)
        }
        yield* publishAll(stage.publisher, events)
        expect(firstDeliveries(yield* stage.published)).toEqual(firstDeliveries(events))
      })
    )
  })
}
