/** Webhooks of a log in memory that are served, by a clock of the test. */
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { AnyEvent } from "../../../src/events/EventLog.ts"
import type { WebhookAnswer, WebhookMessage } from "../../../src/events/webhooks/WebhookSender.ts"
import { makeWebhookManagement } from "../../../src/events/webhooks/webhookManagement.ts"
import { serveWebhooks } from "../../../src/events/webhooks/webhookRelays.ts"
import { makeWebhookSending } from "../../../src/events/webhooks/webhookSending.ts"
import { makeMemoryEventLog } from "../../../src/memory/engine/MemoryEventLog.ts"

const url = "https://shop.example"

const eventOf = (number: number): AnyEvent => ({
  ...{ eventId: `event-${number}` as never, eventType: "a.b", aggregateId: `one-${number}` },
  ...{ aggregateType: "A", version: 1, timestamp: DateTime.makeUnsafe(0) },
  ...{ commandId: "c" as never, correlationId: null, traceparent: null, payload: {} }
})

/** A log with webhooks, and what was sent. */
const world = () => {
  const events: Array<AnyEvent> = []
  const { appended, log } = makeMemoryEventLog("test", events)
  const sent: Array<WebhookMessage> = []
  const taken: WebhookAnswer = {
    httpStatus: 200,
    problem: null,
    durationMillis: 1,
    retryAfterMillis: null
  }
  const refused = new Set<string>()
  const during = { refusing: Effect.void }
  const sender = {
    objectionTo: () => undefined,
    send: (message: WebhookMessage) =>
      Effect.suspend(() => {
        sent.push(message)
        return refused.has(message.id)
          ? Effect.as(during.refusing, { ...taken, httpStatus: 500, problem: "no" })
          : Effect.succeed(taken)
      })
  }
  return {
    log,
    management: makeWebhookManagement(log, sender),
    serve: (lookMillis?: number) =>
      Effect.forkChild(serveWebhooks(log, sender, { owner: "a test", lookMillis })),
    append: (count: number, aggregateId?: string) => {
      for (let n = 0; n < count; n++) {
        const event = eventOf(events.length + 1)
        events.push({ ...event, aggregateId: aggregateId ?? event.aggregateId })
      }
      appended()
    },
    ...{ refused, during },
    sending: makeWebhookSending(log, sender),
    noteOf: (webhookId: string) =>
      Effect.map(log.webhooks.deliveries({ webhookId, limit: 1 }), ([note]) => note),
    sent,
    idsSent: () => sent.map(({ id }) => id)
  }
}

describe("a webhook that is removed", () => {
  it.effect("and made again with the same key is served as it is now", () =>
    Effect.gen(function* () {
      const { append, management, sent, serve } = world()
      const first = yield* management.create({ url }, "key")
      const serving = yield* serve()
      yield* TestClock.adjust("100 millis")
      yield* management.remove(first.webhookId)
      const again = yield* management.create({ url }, "key")
      expect(again.webhookId).toBe(first.webhookId)
      yield* TestClock.adjust("10 seconds")
      append(1)
      yield* TestClock.adjust("10 seconds")
      expect(sent.map(({ secrets }) => secrets.map(Redacted.value))).toEqual([
        [Redacted.value(again.secret)]
      ])
      yield* Fiber.interrupt(serving)
    })
  )

  it.effect("gets nothing of the past before its relay has seen that, and leaves no cursor", () =>
    Effect.gen(function* () {
      const { append, idsSent, log, management, serve } = world()
      append(3)
      const { webhookId } = yield* management.create({ url })
      const serving = yield* serve(60_000)
      yield* TestClock.adjust("1 second")
      append(1)
      yield* TestClock.adjust("1 second")
      expect(idsSent()).toEqual(["event-4"])
      yield* management.remove(webhookId)
      yield* TestClock.adjust("30 seconds")
      expect(idsSent()).toEqual(["event-4"])
      expect(yield* log.cursors.list).toEqual([])
      yield* Fiber.interrupt(serving)
    })
  )
})

describe("an event that is sent again by hand and not taken", () => {
  it.effect("is still sent when the webhook was set back and reaches it", () =>
    Effect.gen(function* () {
      const { append, idsSent, management, refused, sending, serve } = world()
      const { webhookId } = yield* management.create({ url })
      const serving = yield* serve()
      append(2)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.interrupt(serving)
      yield* management.replay(webhookId, 0)
      refused.add("event-2")
      expect(yield* sending.redeliver(webhookId, [2])).toMatchObject([{ problem: "no" }])
      refused.clear()
      const again = yield* serve()
      yield* TestClock.adjust("10 seconds")
      expect(idsSent()).toEqual(["event-1", "event-2", "event-2", "event-1", "event-2"])
      yield* Fiber.interrupt(again)
    })
  )

  it.effect("is as the relay left it when that was quicker", () =>
    Effect.gen(function* () {
      const { append, during, management, noteOf, refused, sending, serve } = world()
      const { webhookId } = yield* management.create({ url })
      const serving = yield* serve()
      refused.add("event-1")
      append(1)
      yield* TestClock.adjust("1 second")
      expect(yield* noteOf(webhookId)).toMatchObject({ status: "WAITING", tries: 1 })
      // While it is sent by hand, the relay delivers it.
      during.refusing = Effect.gen(function* () {
        during.refusing = Effect.void
        refused.clear()
        yield* TestClock.adjust("10 seconds")
      })
      const [sent] = yield* sending.redeliver(webhookId, [1])
      expect(sent).toMatchObject({ problem: "no" })
      expect(yield* noteOf(webhookId)).toMatchObject({ status: "DELIVERED", tries: 2 })
      yield* Fiber.interrupt(serving)
    })
  )
})

describe("webhooks that hang and are paused", () => {
  it.effect("delay no other by more than one of them does", () =>
    Effect.gen(function* () {
      const { append, during, idsSent, management, refused, serve } = world()
      const stuck = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        management.create({ url })
      )
      const serving = yield* serve()
      yield* TestClock.adjust("1 second")
      refused.add("event-1")
      during.refusing = Effect.never
      append(1)
      yield* TestClock.adjust("1 second")
      for (const { webhookId } of stuck) yield* management.change(webhookId, { status: "PAUSED" })
      yield* management.create({ url })
      yield* TestClock.adjust("10 seconds")
      append(1)
      yield* TestClock.adjust("1 second")
      expect(idsSent()).toContain("event-2")
      yield* Fiber.interrupt(serving)
    })
  )
})

describe("an event that a webhook never takes", () => {
  it.effect("is left out after an hour, also when it came alone, and the rest goes on", () =>
    Effect.gen(function* () {
      const { append, idsSent, log, management, refused, serve } = world()
      const { webhookId } = yield* management.create({ url })
      const serving = yield* serve()
      yield* TestClock.adjust("1 second")
      refused.add("event-1")
      append(1, "stuck")
      yield* TestClock.adjust("1 second")
      append(1)
      append(1, "stuck")
      append(50)
      yield* TestClock.adjust("3 hours")
      const all = yield* log.webhooks.deliveries({ webhookId, limit: 200 })
      const [failed, ...others] = all.toReversed()
      expect(failed).toMatchObject({ status: "FAILED", position: 1 })
      expect(others).toHaveLength(52)
      expect(others.every(({ status, tries }) => status === "DELIVERED" && tries === 1)).toBe(true)
      expect(idsSent().filter((id) => id !== "event-1")).toHaveLength(52)
      yield* Fiber.interrupt(serving)
    })
  )
})
