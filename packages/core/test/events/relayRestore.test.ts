/** The relay and a log that is taken back to an earlier state beneath it. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { cursorOf, eventId, eventOf, ids, world } from "./relayWorld.ts"

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
      expect((yield* running.status).problem).toContain("had reached position 6")
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

it.effect("a relay whose lease is of after the instant that was restored notices it as well", () =>
  Effect.gen(function* () {
    const one = world()
    const { events, grow, log, relay, taken } = one
    yield* grow(6)
    const fiber = yield* Effect.forkChild(relay().run)
    yield* TestClock.adjust("1 second")
    // Its lease is not in the database any more.
    yield* log.cursors.reset("broker", 3)
    yield* restored(one, 4, 3)
    events.push({ ...eventOf(5), eventId: eventId("other5") })
    // It is woken, and reads on.
    yield* grow(0)
    yield* TestClock.adjust("1 minute")
    expect(yield* cursorOf(log)).toMatchObject({ standing: "RESTORED" })
    expect(taken).toEqual(ids(1, 6))
    yield* Fiber.interrupt(fiber)
  })
)

for (const decision of ["adopted the log", "reset the cursor"]) {
  it.effect(`a relay that stood by goes on without a word after somebody has ${decision}`, () =>
    Effect.gen(function* () {
      const one = world()
      const { events, grow, log, relay, taken } = one
      yield* grow(6)
      // It has published everything, and another one has taken over.
      const first = relay()
      const began = yield* Effect.forkChild(first.run)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(began)
      const second = yield* Effect.forkChild(relay({ owner: "two" }).run)
      yield* TestClock.adjust("1 second")
      yield* grow(1)
      yield* TestClock.adjust("1 second")
      expect(taken).toEqual(ids(1, 7))
      yield* log.cursors.reset("broker", 3)
      yield* restored(one, 4, 3)
      events.push({ ...eventOf(5), eventId: eventId("other5") })
      yield* TestClock.adjust("1 minute")
      expect(yield* cursorOf(log)).toMatchObject({ standing: "RESTORED" })
      const standing = yield* Effect.forkChild(first.run)
      yield* TestClock.adjust("1 minute")
      expect(yield* first.status).toMatchObject({ state: "STOPPED" })
      if (decision === "adopted the log") yield* log.cursors.adopt("broker")
      else yield* log.cursors.reset("broker", 3)
      yield* TestClock.adjust("1 minute")
      expect(taken.slice(7)).toEqual(["e4", "other5"])
      // The one that goes on is stopped, and the other one takes over.
      const isSecond = (yield* cursorOf(log))?.owner === "two"
      yield* Fiber.interrupt(isSecond ? second : standing)
      events.push({ ...eventOf(6), eventId: eventId("other6") })
      yield* TestClock.adjust("1 minute")
      expect(yield* cursorOf(log)).toMatchObject({ standing: "FOLLOWS" })
      expect(taken.slice(9)).toEqual(["other6"])
      yield* Fiber.interrupt(isSecond ? standing : second)
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
