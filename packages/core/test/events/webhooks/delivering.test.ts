/** When events are tried again, by a clock of the test. */
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { KeptEvent } from "../../../src/events/EventLog.ts"
import { deliveringTo } from "../../../src/events/webhooks/delivering.ts"
import type { Webhook } from "../../../src/events/webhooks/Webhook.ts"
import type { WebhookAnswer } from "../../../src/events/webhooks/WebhookSender.ts"
import { makeMemoryWebhooks } from "../../../src/memory/engine/memoryWebhooks.ts"

const start = DateTime.makeUnsafe(0)

const webhook: Webhook = {
  ...{ webhookId: "w", url: "https://shop.example", description: null, eventTypes: null },
  ...{ status: "ACTIVE", pausedBecause: null, secret: Redacted.make("s"), previous: null },
  ...{ replays: 0, version: 1, madeOf: "", rotatedBy: null, createdAt: start, updatedAt: start },
  lastDeliveredAt: null
}

const eventOf = (position: number, aggregateId: string, payloadJson = "{}"): KeptEvent => ({
  ...{ position, eventId: `event-${position}` as never, eventType: "a.b", aggregateId },
  ...{ aggregateType: "A", version: position, timestamp: start, commandId: "c" as never },
  ...{ correlationId: null, traceparent: null, payloadJson }
})

const lease = { name: "webhook-w", epoch: 1, position: 0, eventId: null }

const taken: WebhookAnswer = {
  ...{ httpStatus: 200, problem: null, durationMillis: 1, retryAfterMillis: null }
}
const refused = { ...taken, httpStatus: 500, problem: "it answered with 500" }

/** A webhook that is sent a page, and what happens to it, minute by minute. */
const world = Effect.gen(function* () {
  const webhooks = makeMemoryWebhooks(() => undefined)
  yield* webhooks.create(webhook)
  const tries: Array<readonly [eventId: string, second: number]> = []
  const paused: Array<string> = []
  let answer: (eventId: string) => WebhookAnswer = () => taken
  const publishing = (events: ReadonlyArray<KeptEvent>) =>
    Effect.gen(function* () {
      const current = (yield* webhooks.get("w")) ?? webhook
      const destination = deliveringTo({
        webhooks,
        webhook: current,
        read: () => Effect.succeed([]),
        sender: {
          objectionTo: () => undefined,
          send: ({ id }) =>
            Effect.map(DateTime.now, (now) => {
              tries.push([id, Math.round(now.epochMilliseconds / 1_000)])
              return answer(id)
            })
        },
        pause: (because) => Effect.sync(() => void paused.push(because))
      })
      return yield* Effect.forkChild(destination.publish(events, lease))
    })
  const triesOf = (eventId: string) => tries.filter(([id]) => id === eventId)
  const noteOf = (position: number) =>
    Effect.map(webhooks.deliveriesAt("w", [position]), ([note]) => note)
  return {
    ...{ webhooks, paused, publishing, triesOf, noteOf },
    answerWith: (next: typeof answer) => {
      answer = next
    }
  }
})

describe("an event that a webhook does not take", () => {
  it.effect("is tried for a day while nothing is taken, and then the webhook is paused", () =>
    Effect.gen(function* () {
      const { answerWith, noteOf, paused, publishing, triesOf } = yield* world
      answerWith(() => refused)
      const fiber = yield* publishing([eventOf(1, "one"), eventOf(2, "one")])
      yield* TestClock.adjust("12 hours")
      expect(paused).toEqual([])
      yield* TestClock.adjust("16 hours")
      expect(paused).toHaveLength(1)
      expect(paused[0]).toContain("it answered with 500")
      expect(triesOf("event-1")).toHaveLength(12)
      expect(triesOf("event-2")).toEqual([])
      expect(yield* noteOf(1)).toMatchObject({ status: "WAITING", tries: 12, nextTryAt: null })
      expect(fiber.pollUnsafe()).toBe(undefined)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("is left out after an hour while others are taken, and its aggregate goes on", () =>
    Effect.gen(function* () {
      const { answerWith, noteOf, paused, publishing, triesOf } = yield* world
      answerWith((id) => (id === "event-1" ? refused : taken))
      const page = [eventOf(1, "one"), eventOf(2, "one"), eventOf(3, "two")]
      yield* TestClock.adjust("1 second")
      const fiber = yield* publishing(page)
      yield* TestClock.adjust("1 minute")
      expect(triesOf("event-2")).toEqual([])
      expect(triesOf("event-3")).toHaveLength(1)
      expect(fiber.pollUnsafe()).toBe(undefined)
      // Another event is taken while this one is tried.
      const other = yield* publishing([eventOf(4, "three")])
      yield* Fiber.join(other)
      yield* Fiber.interrupt(fiber)
      const again = yield* publishing(page)
      yield* TestClock.adjust("2 hours")
      yield* Fiber.join(again)
      // The other process does not know since when others are taken, and counts an hour anew.
      expect(triesOf("event-1")).toHaveLength(10)
      expect(triesOf("event-2")).toHaveLength(1)
      expect(triesOf("event-3")).toHaveLength(1)
      expect(yield* noteOf(1)).toMatchObject({ status: "FAILED", tries: 10 })
      expect(paused).toEqual([])
    })
  )

  it.effect("holds up none of the others of its page, however many like it there are", () =>
    Effect.gen(function* () {
      const { answerWith, publishing, triesOf } = yield* world
      answerWith((id) => (id === "event-30" ? taken : refused))
      const page = Array.from({ length: 30 }, (_, n) => eventOf(n + 1, `one-${n}`))
      const fiber = yield* publishing(page)
      yield* TestClock.adjust("1 second")
      expect(triesOf("event-30")).toHaveLength(1)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("gets an hour more when the webhook takes others again after a long time", () =>
    Effect.gen(function* () {
      const { answerWith, noteOf, paused, publishing, triesOf } = yield* world
      answerWith(() => refused)
      const fiber = yield* publishing([eventOf(1, "one"), eventOf(2, "two")])
      yield* TestClock.adjust("9 hours")
      const before = triesOf("event-1").length
      answerWith((id) => (id === "event-2" ? taken : refused))
      yield* TestClock.adjust("12 hours")
      expect(yield* noteOf(2)).toMatchObject({ status: "DELIVERED" })
      expect(triesOf("event-1").length).toBeGreaterThan(before + 3)
      const at = triesOf("event-2").at(-1)?.[1] ?? 0
      const last = triesOf("event-1").at(-1)?.[1] ?? 0
      expect(last - at).toBeGreaterThan(3_000)
      expect(yield* noteOf(1)).toMatchObject({ status: "FAILED" })
      expect(paused).toEqual([])
      yield* Fiber.join(fiber)
    })
  )

  it.effect("is known by its id: after a restore another event may have its position", () =>
    Effect.gen(function* () {
      const { publishing, triesOf } = yield* world
      yield* Fiber.join(yield* publishing([eventOf(1, "one")]))
      yield* Fiber.join(yield* publishing([{ ...eventOf(1, "one"), eventId: "other" as never }]))
      expect(triesOf("other")).toHaveLength(1)
    })
  )

  it.effect("goes on with the same pauses in another process", () =>
    Effect.gen(function* () {
      const { answerWith, noteOf, publishing, triesOf } = yield* world
      answerWith(() => refused)
      const page = [eventOf(1, "one")]
      const first = yield* publishing(page)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(first)
      const before = yield* noteOf(1)
      expect(before).toMatchObject({ status: "WAITING", tries: 3 })
      answerWith(() => taken)
      const second = yield* publishing(page)
      yield* TestClock.adjust("10 seconds")
      expect(triesOf("event-1")).toHaveLength(3)
      yield* TestClock.adjust("3 minutes")
      yield* Fiber.join(second)
      expect(triesOf("event-1")).toHaveLength(4)
      const [, at] = triesOf("event-1")[3] ?? []
      expect(at).toBe(Math.round((before?.nextTryAt?.epochMilliseconds ?? 0) / 1_000))
      expect(yield* noteOf(1)).toMatchObject({ status: "DELIVERED", tries: 4 })
    })
  )

  it.effect("is left out at once when it is too large, and nothing is sent", () =>
    Effect.gen(function* () {
      const { noteOf, publishing, triesOf } = yield* world
      const large = eventOf(1, "one", JSON.stringify("ß".repeat(600_000)))
      yield* Fiber.join(yield* publishing([large, eventOf(2, "one")]))
      expect(triesOf("event-1")).toEqual([])
      expect(triesOf("event-2")).toHaveLength(1)
      expect(yield* noteOf(1)).toMatchObject({ status: "FAILED", httpStatus: null })
    })
  )

  it.effect("waits as long as the receiver asks", () =>
    Effect.gen(function* () {
      const { answerWith, publishing, triesOf } = yield* world
      answerWith(() => ({ ...refused, httpStatus: 429, retryAfterMillis: 600_000 }))
      const fiber = yield* publishing([eventOf(1, "one")])
      yield* TestClock.adjust("8 minutes")
      expect(triesOf("event-1")).toHaveLength(1)
      yield* TestClock.adjust("4 minutes")
      expect(triesOf("event-1")).toHaveLength(2)
      yield* Fiber.interrupt(fiber)
    })
  )
})
