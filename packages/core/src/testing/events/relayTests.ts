/** A relay over the log of a store: every event arrives, in the order of its aggregate. */
import { expect } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { KeptEvent } from "../../events/EventLog.ts"
import { type EventPublisher, PublishError } from "../../events/EventPublisher.ts"
import { makeEventRelay } from "../../events/relay/EventRelay.ts"
import type { LogIt } from "./cursorTests.ts"
import { LogSubject } from "./LogSubject.ts"

/** A destination that keeps the events of some aggregates, and says when so many are there. */
const collecting = (aggregateIds: ReadonlyArray<string>, count: number) =>
  Effect.map(LogSubject, ({ eventType }) => {
    const taken: Array<KeptEvent> = []
    const done = Deferred.makeUnsafe<void>()
    const isWanted = (event: KeptEvent) =>
      event.eventType === eventType && aggregateIds.includes(event.aggregateId)
    const publisher: EventPublisher = {
      publish: (events) =>
        Effect.sync(() => {
          taken.push(...events.filter(isWanted))
          if (taken.length >= count) Deferred.doneUnsafe(done, Effect.void)
        })
    }
    return { taken, publisher, done: Deferred.await(done) }
  })

const isRising = (numbers: ReadonlyArray<number>) =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))

/** Declares what a relay does over the log of any store. */
export const relayTests = (it: LogIt): void => {
  it.effect("a relay publishes each event once, in the order of its aggregate, as it is kept", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const aggregateIds = [fresh("relayed"), fresh("relayed"), fresh("relayed")]
      for (const aggregateId of aggregateIds) yield* append(aggregateId, 1)
      const before = yield* log.read((yield* log.head) - 1, 1)
      expect(JSON.parse(before[0]?.payloadJson ?? "")).toBeTypeOf("object")
      // Some are there before the relay begins, others come while it runs.
      const { done, publisher, taken } = yield* collecting(aggregateIds, 63)
      const relay = makeEventRelay(log, publisher, { cursor: fresh("relay"), owner: "one" })
      const fiber = yield* Effect.forkChild(relay.run)
      yield* Effect.forEach(aggregateIds, (aggregateId) => append(aggregateId, 20), {
        concurrency: "unbounded",
        discard: true
      })
      yield* done
      yield* Fiber.interrupt(fiber)
      for (const aggregateId of aggregateIds) {
        const versions = taken
          .filter((event) => event.aggregateId === aggregateId)
          .map(({ version }) => version)
        expect(versions).toHaveLength(21)
        expect(isRising(versions)).toBe(true)
      }
    })
  )

  it.effect("of two relays one is active, and the other goes on where it stopped", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const aggregateId = fresh("relayed")
      yield* append(aggregateId, 5)
      const cursor = fresh("relay")
      const first = yield* collecting([aggregateId], 5)
      const one = makeEventRelay(log, first.publisher, { cursor, owner: "one" })
      const running = yield* Effect.forkChild(one.run)
      yield* first.done
      const second = yield* collecting([aggregateId], 5)
      const two = makeEventRelay(log, second.publisher, { cursor, owner: "two" })
      const standing = yield* Effect.forkChild(two.run)
      yield* Fiber.interrupt(running)
      yield* append(aggregateId, 5)
      yield* second.done
      yield* Fiber.interrupt(standing)
      const seen = [...first.taken, ...second.taken].map(({ version }) => version)
      expect(isRising(seen)).toBe(true)
      expect(second.taken).toHaveLength(5)
    })
  )

  it.effect("a relay leaves an event out whatever the destination says about it", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const aggregateId = fresh("relayed")
      yield* append(aggregateId, 2)
      const { done, publisher } = yield* collecting([aggregateId], 1)
      const isPoison = (event: KeptEvent) =>
        event.aggregateId === aggregateId && event.version === 1
      const refusing: EventPublisher = {
        publish: (events) => {
          const eventId = events.find(isPoison)?.eventId
          const message = "it answers with \u0000 and \ud800"
          return eventId === undefined
            ? publisher.publish(events)
            : Effect.fail(new PublishError({ message, isRetryable: false, eventId }))
        }
      }
      const cursor = fresh("relay")
      const relay = makeEventRelay(log, refusing, { cursor, owner: "one" })
      const fiber = yield* Effect.forkChild(relay.run)
      yield* done
      yield* Fiber.interrupt(fiber)
      const letters = yield* log.cursors.deadLetters({ cursor, after: 0, limit: 9 })
      expect(letters.map(({ cause }) => cause)).toEqual(["it answers with \ufffd and \ufffd"])
    })
  )
}
