/** The relay over a log in memory: what it publishes, in which order, and after which failures. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { KeptEvent } from "../../src/events/EventLog.ts"
import { PublishError } from "../../src/events/EventPublisher.ts"
import { cursorOf, eventOf, ids, settle, world } from "./relayWorld.ts"

it.effect("publishes every event once, in order, and follows the log as it grows", () =>
  Effect.gen(function* () {
    const { grow, log, relay, taken } = world()
    yield* grow(2_500)
    const fiber = yield* Effect.forkChild(relay().run)
    yield* settle
    expect(taken).toEqual(ids(1, 2_500))
    yield* grow(3)
    yield* settle
    expect(taken).toEqual(ids(1, 2_503))
    expect(yield* cursorOf(log)).toMatchObject({ position: 2_503, owner: "one" })
    yield* Fiber.interrupt(fiber)
    expect(yield* cursorOf(log)).toMatchObject({ position: 2_503, owner: null })
  })
)

it.effect("publishes at most 1,000 events or 1 MiB together, a larger event alone", () =>
  Effect.gen(function* () {
    const { events, grow, relay, sizes } = world()
    yield* grow(1_500)
    const large = (bytes: number) => ({
      ...eventOf(events.length + 1),
      payload: { text: "x".repeat(bytes) }
    })
    for (const bytes of [600_000, 600_000, 2_000_000, 10]) events.push(large(bytes))
    const fiber = yield* Effect.forkChild(relay().run)
    yield* settle
    expect(sizes).toEqual([1_000, 501, 1, 1, 1])
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("tries again for ever when a failure may pass, and says what it waits for", () =>
  Effect.gen(function* () {
    const { grow, relay, taken, whenAsked } = world()
    let tries = 0
    whenAsked(() => {
      tries++
      return Effect.fail(new PublishError({ message: "the broker is away", isRetryable: true }))
    })
    yield* grow(5)
    const one = relay()
    const fiber = yield* Effect.forkChild(one.run)
    yield* TestClock.adjust("1 hour")
    // 0.1 s, doubled nine times, then every half minute.
    expect(tries).toBeGreaterThan(100)
    expect(tries).toBeLessThan(140)
    expect(yield* one.status).toEqual({
      state: "RETRYING",
      position: 0,
      problem: "the broker is away"
    })
    whenAsked(() => Effect.void)
    yield* TestClock.adjust("30 seconds")
    expect(taken).toEqual(ids(1, 5))
    expect(yield* one.status).toEqual({ state: "MOVING", position: 5, problem: null })
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("does not repeat what was acknowledged before a failure", () =>
  Effect.gen(function* () {
    const { grow, relay, taken, whenAsked } = world()
    const asked: Array<ReadonlyArray<string>> = []
    whenAsked((group) => {
      asked.push(group.map(({ eventId }) => eventId))
      const acknowledged = new Set(["e1", "e3"])
      return asked.length > 1
        ? Effect.void
        : Effect.fail(new PublishError({ message: "half of it", isRetryable: true, acknowledged }))
    })
    yield* grow(4)
    const fiber = yield* Effect.forkChild(relay().run)
    yield* TestClock.adjust("1 second")
    expect(asked).toEqual([ids(1, 4), ["e2", "e4"]])
    expect(taken).toEqual(["e2", "e4"])
    yield* Fiber.interrupt(fiber)
  })
)

const refusing =
  (bad: ReadonlySet<string>, isBlamed: boolean) => (group: ReadonlyArray<KeptEvent>) => {
    const found = group.find(({ eventId }) => bad.has(eventId))
    return found === undefined
      ? Effect.void
      : Effect.fail(
          new PublishError({
            message: "too large",
            isRetryable: false,
            eventId: isBlamed ? found.eventId : undefined
          })
        )
  }

for (const isBlamed of [true, false]) {
  it.effect(`leaves out what can never be published, ${isBlamed ? "named" : "by halves"}`, () =>
    Effect.gen(function* () {
      const { grow, log, relay, taken, whenAsked } = world()
      whenAsked(refusing(new Set(["e1", "e7", "e40"]), isBlamed))
      yield* grow(40)
      const fiber = yield* Effect.forkChild(relay().run)
      yield* TestClock.adjust("1 second")
      expect(taken).toEqual([...ids(2, 6), ...ids(8, 39)])
      const letters = yield* log.cursors.deadLetters({ cursor: "broker", after: 0, limit: 10 })
      expect(letters).toMatchObject([
        { position: 1, eventId: "e1", cause: "too large" },
        { position: 7 },
        { position: 40 }
      ])
      expect(yield* cursorOf(log)).toMatchObject({ position: 40 })
      yield* Fiber.interrupt(fiber)
    })
  )
}

it.effect("stops before such an event when it must not leave any out", () =>
  Effect.gen(function* () {
    const { grow, log, relay, taken, whenAsked } = world()
    whenAsked(refusing(new Set(["e3"]), true))
    yield* grow(5)
    const one = relay({ eventsMax: 2, onUnpublishable: "STOP" })
    const fiber = yield* Effect.forkChild(one.run)
    yield* TestClock.adjust("10 minutes")
    expect(taken).toEqual(["e1", "e2"])
    expect(yield* one.status).toMatchObject({ state: "STOPPED", position: 2 })
    expect((yield* one.status).problem).toMatch(/event e3 at position 3 .* too large/)
    whenAsked(() => Effect.void)
    yield* TestClock.adjust("1 minute")
    expect(taken).toEqual(ids(1, 5))
    expect(yield* log.cursors.deadLetters({ cursor: "broker", after: 0, limit: 1 })).toEqual([])
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("goes on after a destination that throws, and after one that was interrupted", () =>
  Effect.gen(function* () {
    const { grow, relay, taken, whenAsked } = world()
    const faults = [Effect.die(new TypeError("a bug of the client")), Effect.interrupt]
    whenAsked(() => faults.shift() ?? Effect.void)
    yield* grow(2)
    const one = relay()
    const fiber = yield* Effect.forkChild(one.run)
    yield* settle
    expect(yield* one.status).toMatchObject({ state: "RETRYING", problem: "a bug of the client" })
    yield* TestClock.adjust("1 second")
    expect(taken).toEqual(ids(1, 2))
    yield* Fiber.interrupt(fiber)
  })
)
