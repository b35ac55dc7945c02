/** Subscriptions over a log in memory, with handlers that fail, throw and hang. */
import { expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { AnyEvent, KeptEvent, LoggedEvent } from "../../src/events/EventLog.ts"
import { makeSubscription, type SubscriptionOptions } from "../../src/events/relay/Subscription.ts"
import { readKept } from "../../src/inventory/messages/InventoryEvent.ts"
import { Inventory, InventoryLog, MemoryInventory } from "../../src/inventory.ts"
import { unchecked } from "../../src/kernel/Identifier.ts"
import { makeMemoryEventLog } from "../../src/memory/engine/MemoryEventLog.ts"

const read = ({ payloadJson, position, ...envelope }: KeptEvent): LoggedEvent => ({
  position,
  event: { ...envelope, payload: JSON.parse(payloadJson) }
})

const world = () => {
  const events: Array<AnyEvent> = []
  const { appended, log } = makeMemoryEventLog("tests", events)
  const grow = (count: number) =>
    Effect.sync(() => {
      for (let n = 0; n < count; n++) {
        const number = events.length + 1
        events.push({
          eventId: unchecked.eventId.make(`e${number}`),
          eventType: number % 10 === 0 ? "test.tenth" : "test.counted",
          aggregateId: "a",
          aggregateType: "TEST",
          version: number,
          timestamp: DateTime.makeUnsafe(number),
          commandId: unchecked.commandId.make(`c${number}`),
          correlationId: null,
          traceparent: null,
          payload: { number }
        })
      }
      appended()
    })
  const handled: Array<ReadonlyArray<number>> = []
  const note = (page: ReadonlyArray<LoggedEvent>) =>
    Effect.sync(() => {
      handled.push(page.map(({ event }) => (event.payload as { number: number }).number))
    })
  const subscribe = (options: Partial<SubscriptionOptions<AnyEvent, unknown>> = {}) =>
    makeSubscription(log, read, { name: "projection", owner: "one", handle: note, ...options })
  return { grow, handled, log, note, subscribe }
}

const settle = Effect.forEach(Array.from({ length: 100 }), () => Effect.yieldNow, { discard: true })

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)

it.effect("handles every event once, in order, at most 100 together, and goes on later", () =>
  Effect.gen(function* () {
    const { grow, handled, subscribe } = world()
    yield* grow(250)
    const first = yield* Effect.forkChild(subscribe().run)
    yield* settle
    expect(handled.map((page) => page.length)).toEqual([100, 100, 50])
    yield* Fiber.interrupt(first)
    yield* grow(3)
    const second = yield* Effect.forkChild(subscribe({ owner: "two" }).run)
    yield* settle
    expect(handled.flat()).toEqual(numbers(1, 253))
    yield* Fiber.interrupt(second)
  })
)

it.effect("handles only the types that are wanted, and moves over the others", () =>
  Effect.gen(function* () {
    const { grow, handled, log, subscribe } = world()
    yield* grow(45)
    const fiber = yield* Effect.forkChild(subscribe({ types: ["test.tenth"], batchMax: 25 }).run)
    yield* settle
    expect(handled).toEqual([
      [10, 20],
      [30, 40]
    ])
    expect(yield* log.cursors.list).toMatchObject([{ position: 45, kind: "SUBSCRIPTION" }])
    yield* Fiber.interrupt(fiber)
  })
)

it.effect("begins with what happens from now on, when that is asked for", () =>
  Effect.gen(function* () {
    const { grow, handled, subscribe } = world()
    yield* grow(5)
    const fiber = yield* Effect.forkChild(subscribe({ from: "LAST" }).run)
    yield* settle
    yield* grow(2)
    yield* settle
    expect(handled).toEqual([[6, 7]])
    yield* Fiber.interrupt(fiber)
  })
)

for (const [how, fault] of [
  ["fails", Effect.fail(new Error("the table is locked"))],
  ["throws", Effect.die(new Error("the table is locked"))]
] as const) {
  it.effect(`gives a handler that ${how} the same events again, and says why it waits`, () =>
    Effect.gen(function* () {
      const { grow, handled, note, subscribe } = world()
      let failures = 0
      const one = subscribe({
        batchMax: 2,
        handle: (page) => (handled.length === 1 && ++failures <= 3 ? fault : note(page))
      })
      yield* grow(6)
      const fiber = yield* Effect.forkChild(one.run)
      yield* settle
      expect(yield* one.status).toEqual({
        state: "RETRYING",
        position: 2,
        problem: "the table is locked"
      })
      yield* TestClock.adjust("1 second")
      expect(handled.flat()).toEqual(numbers(1, 6))
      expect(failures).toBe(4)
      expect(yield* one.status).toMatchObject({ state: "MOVING", position: 6, problem: null })
      yield* Fiber.interrupt(fiber)
    })
  )
}

it.effect("lets a handler end that has begun, and interrupts one that hangs", () =>
  Effect.gen(function* () {
    const { grow, log, subscribe } = world()
    yield* grow(2)
    const slow = yield* Effect.forkChild(
      subscribe({ batchMax: 1, handle: () => Effect.sleep("1 second") }).run
    )
    yield* settle
    const stopping = yield* Effect.forkChild(Fiber.interrupt(slow))
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(stopping)
    expect(yield* log.cursors.list).toMatchObject([{ position: 1, owner: null }])
    const hanging = yield* Effect.forkChild(
      subscribe({ batchMax: 1, handle: () => Effect.never }).run
    )
    yield* settle
    const ending = yield* Effect.forkChild(Fiber.interrupt(hanging))
    yield* TestClock.adjust("2 seconds")
    yield* Fiber.join(ending)
    expect(yield* log.cursors.list).toMatchObject([{ position: 1, owner: null }])
  })
)

it.effect("gives the handler events of the types that it has named, also to the compiler", () =>
  Effect.gen(function* () {
    const { registerSku, reserve } = yield* Inventory
    yield* registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 })
    yield* reserve({ orderId: "order-1", lines: [{ skuId: "mug", quantity: 1 }] })
    const orders: Array<string> = []
    const subscription = makeSubscription(yield* InventoryLog, readKept, {
      name: "orders",
      owner: "one",
      types: ["inventory.stock.reserved"],
      handle: (events) =>
        Effect.sync(() => {
          // Of one type, so its payload needs no question for the type.
          for (const { event } of events) orders.push(event.payload.orderId)
          // @ts-expect-error it has no field of another type
          void events[0]?.event.payload.lowStockThreshold
        })
    })
    const fiber = yield* Effect.forkChild(subscription.run)
    yield* settle
    yield* Fiber.interrupt(fiber)
    expect(orders).toEqual(["order-1"])
  }).pipe(Effect.provide(Inventory.layer().pipe(Layer.provideMerge(MemoryInventory.layer))))
)
