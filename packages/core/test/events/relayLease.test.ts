/** The relay and its cursor: taken, lost, given back, and never moved by one that has lost it. */
import { expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import type { Lease, TakeOptions } from "../../src/events/Cursors.ts"
import { PublishError } from "../../src/events/EventPublisher.ts"
import { makeEventRelay } from "../../src/events/relay/EventRelay.ts"
import { whileLeased } from "../../src/events/relay/whileLeased.ts"
import { StoreError } from "../../src/kernel/StoreError.ts"
import { settableDay } from "../steadyTime.ts"
import { cursorOf, eventId, eventOf, ids, settle, world } from "./relayWorld.ts"

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

it.effect("moves the cursor after the store has failed once, also when no event comes after", () =>
  Effect.gen(function* () {
    const { grow, log, taken } = world()
    const { advance } = log.cursors
    let failures = 1
    const once: typeof advance = (lease, to) =>
      failures-- > 0
        ? Effect.fail(new StoreError({ reason: "Unavailable", message: "the store is away" }))
        : advance(lease, to)
    const one = makeEventRelay(
      { ...log, cursors: { ...log.cursors, advance: once } },
      { publish: (events) => Effect.sync(() => void taken.push(...events.map((e) => e.eventId))) },
      { cursor: "broker", owner: "one" }
    )
    yield* grow(3)
    const fiber = yield* Effect.forkChild(one.run)
    yield* settle
    expect(yield* one.status).toMatchObject({ state: "RETRYING", problem: "the store is away" })
    yield* TestClock.adjust("1 minute")
    expect(yield* cursorOf(log)).toMatchObject({ position: 3 })
    expect(taken).toEqual([...ids(1, 3), ...ids(1, 3)])
    expect(yield* one.status).toEqual({ state: "MOVING", position: 3, problem: null })
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
      /restored to an earlier state: the cursor broker had reached position 5/
    )
    yield* log.cursors.reset("broker", 3)
    yield* TestClock.adjust("1 minute")
    expect(taken).toEqual([...ids(1, 5), "other4", "other5"])
    expect(yield* after.status).toMatchObject({ state: "MOVING", position: 5 })
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("begins no other try once it is stopped", () =>
  Effect.gen(function* () {
    const { grow, log, relay, whenAsked } = world()
    let tries = 0
    whenAsked(() => {
      tries++
      return Effect.fail(new PublishError({ message: "the broker is away", isRetryable: true }))
    })
    yield* grow(2)
    const fiber = yield* Effect.forkChild(relay().run)
    yield* TestClock.adjust("10 seconds")
    const before = tries
    yield* Fiber.interrupt(fiber)
    expect(tries).toBe(before)
    expect(yield* cursorOf(log)).toMatchObject({ owner: null })
  })
)

it.effect("stands by without a problem when another has taken the cursor meanwhile", () =>
  Effect.gen(function* () {
    const { grow, log, relay, whenAsked } = world()
    whenAsked(() =>
      Effect.fail(new PublishError({ message: "no route from here", isRetryable: true }))
    )
    yield* grow(2)
    const one = relay()
    const fiber = yield* Effect.forkChild(one.run)
    yield* settle
    expect(yield* one.status).toMatchObject({ state: "RETRYING" })
    yield* log.cursors.reset("broker", 0)
    const options = { kind: "PUBLISHER", leaseMillis: 600_000, from: "FIRST" } as const
    yield* log.cursors.take("broker", { ...options, owner: "another" })
    yield* TestClock.adjust("10 seconds")
    const status = { state: "STANDING_BY", position: null, problem: null }
    expect(yield* one.status).toEqual(status)
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("gives back a cursor that it was about to take when it was stopped", () =>
  Effect.gen(function* () {
    const { log } = world()
    const slow = Latch.makeUnsafe(false)
    const cursors = {
      ...log.cursors,
      take: (name: string, options: TakeOptions) =>
        Effect.uninterruptible(Effect.andThen(slow.await, log.cursors.take(name, options)))
    }
    const relay = makeEventRelay(
      { ...log, cursors },
      { publish: () => Effect.void },
      { cursor: "broker", owner: "one", leaseMillis: 3_600_000 }
    )
    const fiber = yield* Effect.forkChild(relay.run)
    yield* settle
    const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* settle
    yield* slow.open
    yield* Fiber.join(stopping)
    expect(yield* cursorOf(log)).toMatchObject({ epoch: 1, owner: null })
  })
)

it.effect("works no longer than its lease while the store does not answer", () =>
  Effect.gen(function* () {
    const { grow, log, taken } = world()
    yield* grow(1)
    const silence = Effect.uninterruptible(Effect.never)
    let isSilent = false
    const cursors = {
      ...log.cursors,
      take: (name: string, options: TakeOptions) =>
        Effect.suspend(() => (isSilent ? silence : log.cursors.take(name, options))),
      renew: (lease: Lease, leaseMillis: number) =>
        isSilent ? silence : log.cursors.renew(lease, leaseMillis)
    }
    let tries = 0
    const relay = makeEventRelay(
      { ...log, cursors },
      {
        publish: () => {
          tries++
          return Effect.fail(new PublishError({ message: "away", isRetryable: true }))
        }
      },
      { cursor: "broker", owner: "one", leaseMillis: 3_000 }
    )
    const fiber = yield* Effect.forkChild(relay.run)
    yield* TestClock.adjust("1500 millis")
    isSilent = true
    const options = { kind: "PUBLISHER", leaseMillis: 600_000, from: "FIRST" } as const
    yield* TestClock.adjust("4500 millis")
    yield* log.cursors.take("broker", { ...options, owner: "another" })
    const before = tries
    yield* TestClock.adjust("1 minute")
    expect([before > 0, tries]).toEqual([true, before])
    expect(taken).toEqual([])
    const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber))
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(stopping)
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

it.effect(
  "ends with its lease when the store is gone, also when somebody sets the clock back",
  () =>
    Effect.gen(function* () {
      const { log } = world()
      const { clock, set } = yield* settableDay
      const gone = Effect.andThen(Effect.never, Effect.succeed(true))
      const leased = whileLeased(
        { ...log.cursors, renew: () => gone },
        log.cursors.take("broker", {
          ...{ kind: "PUBLISHER", owner: "one", leaseMillis: 5_000, from: "FIRST" }
        }),
        5_000,
        () => Effect.never,
        Effect.void
      )
      const fiber = yield* Effect.forkChild(Effect.provideService(leased, Clock.Clock, clock))
      yield* TestClock.adjust(1_000)
      set(-3_600_000)
      yield* TestClock.adjust(4_001)
      expect(fiber.pollUnsafe()).toBeDefined()
      yield* Fiber.interrupt(fiber)
    })
)
