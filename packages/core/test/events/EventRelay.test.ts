/** The relay over a log in memory, with a destination that fails on demand. */
import { expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { AnyEvent, KeptEvent } from "../../src/events/EventLog.ts"
import { type EventPublisher, PublishError } from "../../src/events/EventPublisher.ts"
import { makeEventRelay, type RelayOptions } from "../../src/events/EventRelay.ts"
import { unchecked } from "../../src/kernel/Identifier.ts"
import { makeMemoryEventLog } from "../../src/memory/engine/MemoryEventLog.ts"

const eventId = (text: string) => unchecked.eventId.make(text)

const eventOf = (n: number): AnyEvent => ({
  eventId: eventId(`e${n}`),
  eventType: "test.counted",
  aggregateId: `a${n % 3}`,
  aggregateType: "TEST",
  version: Math.floor(n / 3) + 1,
  timestamp: DateTime.makeUnsafe(n),
  commandId: unchecked.commandId.make(`c${n}`),
  correlationId: null,
  traceparent: null,
  payload: { n }
})

/** A log that grows, and a destination that keeps what it takes. */
const world = () => {
  const events: Array<AnyEvent> = []
  const { appended, log } = makeMemoryEventLog("tests", events)
  const grow = (count: number) =>
    Effect.sync(() => {
      for (let n = 0; n < count; n++) events.push(eventOf(events.length + 1))
      appended()
    })
  const taken: Array<string> = []
  const sizes: Array<number> = []
  /** Asked before each group is taken; it may refuse. */
  let ask: (group: ReadonlyArray<KeptEvent>) => Effect.Effect<void, PublishError> = () =>
    Effect.void
  const publisher: EventPublisher = {
    publish: (group) =>
      Effect.tap(
        Effect.suspend(() => ask(group)),
        () =>
          Effect.sync(() => {
            sizes.push(group.length)
            taken.push(...group.map(({ eventId }) => eventId))
          })
      )
  }
  const relay = (options: Partial<RelayOptions> = {}) =>
    makeEventRelay(log, publisher, { cursor: "broker", owner: "one", ...options })
  return {
    events,
    grow,
    log,
    relay,
    sizes,
    taken,
    whenAsked: (answer: typeof ask) => {
      ask = answer
    }
  }
}

/** Lets the fibers run that need no time. */
const settle = Effect.forEach(Array.from({ length: 100 }), () => Effect.yieldNow, { discard: true })

const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `e${from + n}`)

const cursorOf = (log: ReturnType<typeof world>["log"]) =>
  Effect.map(log.cursors.list, ([cursor]) => cursor)

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

it.effect("is active once a cursor; another takes over at once after a stop", () =>
  Effect.gen(function* () {
    const { grow, log, relay, taken } = world()
    const [first, second] = [relay(), relay({ owner: "two" })]
    const one = yield* Effect.forkChild(first.run)
    yield* TestClock.adjust("1 millis")
    const two = yield* Effect.forkChild(second.run)
    yield* grow(10)
    yield* TestClock.adjust("1 minute")
    expect(taken).toEqual(ids(1, 10))
    expect([(yield* first.status).state, (yield* second.status).state]).toEqual([
      "MOVING",
      "STANDING_BY"
    ])
    yield* Fiber.interrupt(one)
    yield* grow(1)
    yield* TestClock.adjust("250 millis")
    expect(taken).toEqual(ids(1, 11))
    expect(yield* cursorOf(log)).toMatchObject({ owner: "two", epoch: 2 })
    yield* Fiber.interrupt(two)
  })
)

it.effect("loses a cursor that it does not renew, and cannot move it afterwards", () =>
  Effect.gen(function* () {
    const { grow, log, taken } = world()
    const { cursors } = log
    // A relay whose process sleeps: it took the cursor and shows no sign of life.
    const asleep = yield* cursors.take("broker", {
      kind: "PUBLISHER",
      owner: "asleep",
      leaseMillis: 5_000,
      from: "FIRST"
    })
    if (asleep === null) return expect.unreachable()
    yield* grow(4)
    const other = makeEventRelay(
      log,
      { publish: (group) => Effect.sync(() => taken.push(...group.map((one) => one.eventId))) },
      { cursor: "broker", owner: "awake" }
    )
    const fiber = yield* Effect.forkChild(other.run)
    yield* TestClock.adjust("4 seconds")
    expect(taken).toEqual([])
    yield* TestClock.adjust("1250 millis")
    expect(taken).toEqual(ids(1, 4))
    const late = { position: 2, eventId: eventId("e2"), deadLetters: [] }
    expect(yield* cursors.advance(asleep, late)).toBe(false)
    expect(yield* cursors.renew(asleep, 5_000)).toBe(false)
    yield* cursors.release(asleep)
    expect(yield* cursorOf(log)).toMatchObject({ owner: "awake", position: 4 })
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("does nothing on a log that was restored, until somebody resets the cursor", () =>
  Effect.gen(function* () {
    const { events, grow, log, relay, taken } = world()
    yield* grow(5)
    const before = yield* Effect.forkChild(relay().run)
    yield* TestClock.adjust("1 second")
    yield* Fiber.interrupt(before)
    // Two events are lost by a restore, and their positions are used again.
    events.splice(
      3,
      2,
      { ...eventOf(4), eventId: eventId("other4") },
      { ...eventOf(5), eventId: eventId("other5") }
    )
    const after = relay()
    const fiber = yield* Effect.forkChild(after.run)
    yield* TestClock.adjust("1 minute")
    expect(yield* after.status).toMatchObject({ state: "STOPPED" })
    expect((yield* after.status).problem).toMatch(
      /restored to an earlier state: the cursor broker had come to position 5/
    )
    yield* log.cursors.reset("broker", 3)
    yield* TestClock.adjust("1 minute")
    expect(taken).toEqual([...ids(1, 5), "other4", "other5"])
    expect(yield* after.status).toMatchObject({ state: "MOVING", position: 5 })
    yield* Fiber.interrupt(fiber)
  })
)

/** Takes a log and its cursor back to an earlier state, as a restore of their database does. */
const restored = (
  { events, log }: Pick<ReturnType<typeof world>, "events" | "log">,
  length: number,
  position: number
) =>
  Effect.gen(function* () {
    events.length = length
    const lease = yield* log.cursors.take("broker", {
      kind: "PUBLISHER",
      owner: "nobody",
      leaseMillis: 1,
      from: "FIRST"
    })
    expect(lease).toMatchObject({ position })
  })

for (const isSlower of [true, false]) {
  const how = isSlower ? "before its events are there again" : "when its events are others"
  it.effect(`a relay that goes on running notices a restore, ${how}`, () =>
    Effect.gen(function* () {
      const one = world()
      const { events, grow, log, relay, taken } = one
      yield* grow(6)
      const running = relay()
      const fiber = yield* Effect.forkChild(running.run)
      yield* TestClock.adjust("1 second")
      expect(taken).toEqual(ids(1, 6))
      // The cursor goes back too: it is in the same database.
      yield* log.cursors.reset("broker", 3)
      yield* restored(one, 4, 3)
      const others = (from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, n) => ({
          ...eventOf(from + n),
          eventId: eventId(`other${from + n}`)
        }))
      if (!isSlower) events.push(...others(5, 8))
      yield* TestClock.adjust("1 minute")
      expect(yield* running.status).toMatchObject({ state: "STOPPED" })
      if (isSlower) events.push(...others(5, 8))
      yield* TestClock.adjust("1 minute")
      expect((yield* running.status).problem).toContain("had come to position 6")
      expect(yield* cursorOf(log)).toMatchObject({ standing: "RESTORED", owner: null })
      // Another relay, which has seen nothing, is kept from it as well.
      const other = relay({ owner: "two" })
      const second = yield* Effect.forkChild(other.run)
      yield* TestClock.adjust("1 minute")
      expect(yield* other.status).toMatchObject({ state: "STOPPED" })
      expect(taken).toEqual(ids(1, 6))
      expect(yield* log.cursors.adopt("broker")).toEqual({ incarnation: 2, position: 3 })
      yield* TestClock.adjust("1 minute")
      expect(taken.slice(6)).toEqual(["e4", "other5", "other6", "other7", "other8"])
      yield* Fiber.interrupt(fiber)
      yield* Fiber.interrupt(second)
    })
  )
}

it.effect("goes back without a word when a cursor is reset in the same log", () =>
  Effect.gen(function* () {
    const { grow, log, relay, taken } = world()
    yield* grow(4)
    const fiber = yield* Effect.forkChild(relay().run)
    yield* TestClock.adjust("1 second")
    yield* log.cursors.reset("broker", 2)
    yield* grow(1)
    yield* TestClock.adjust("1 minute")
    expect(taken).toEqual([...ids(1, 5), ...ids(3, 5)])
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("refuses a cursor that belongs to another kind", () =>
  Effect.gen(function* () {
    const { log, relay } = world()
    yield* log.cursors.take("broker", {
      kind: "SUBSCRIPTION",
      owner: "a handler",
      leaseMillis: 5_000,
      from: "LAST"
    })
    const error = yield* Effect.flip(relay().run)
    expect(error.message).toBe(
      "the cursor broker belongs to a subscription and cannot be used as a publisher; choose another name"
    )
  })
)
