/** Webhooks of a log in memory that are served, by a clock of the test. */
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { AnyEvent } from "../../../src/events/EventLog.ts"
import type { WebhookMessage } from "../../../src/events/webhooks/WebhookSender.ts"
import { makeWebhookManagement } from "../../../src/events/webhooks/webhookManagement.ts"
import { serveWebhooks } from "../../../src/events/webhooks/webhookRelays.ts"
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
  const taken = { httpStatus: 200, problem: null, durationMillis: 1, retryAfterMillis: null }
  const sender = {
    objectionTo: () => undefined,
    send: (message: WebhookMessage) =>
      Effect.sync(() => {
        sent.push(message)
        return taken
      })
  }
  return {
    log,
    management: makeWebhookManagement(log, sender),
    serve: (lookMillis?: number) =>
      Effect.forkChild(serveWebhooks(log, sender, { owner: "a test", lookMillis })),
    append: (count: number) => {
      for (let n = 0; n < count; n++) events.push(eventOf(events.length + 1))
      appended()
    },
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
