/** When events are tried again, by a clock of the test. */
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { EventLog, KeptEvent } from "../../../src/events/EventLog.ts"
import { deliveringTo } from "../../../src/events/webhooks/delivering.ts"
import { lookingAhead } from "../../../src/events/webhooks/lookingAhead.ts"
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
  const webhooks = makeMemoryWebhooks(
    () => undefined,
    () => Effect.void
  )
  yield* webhooks.create(webhook)
  const tries: Array<readonly [eventId: string, second: number]> = []
  const paused: Array<string> = []
  const times = { answerMillis: 0 }
  let answer: (eventId: string) => WebhookAnswer = () => taken
  /** What the log has behind the page. */
  const ahead: Array<KeptEvent> = []
  const read = (after: number) =>
    Effect.sync(() => ahead.filter(({ position }) => position > after))
  const log = { read, webhooks } as unknown as EventLog
  const publishing = (events: ReadonlyArray<KeptEvent>) =>
    Effect.gen(function* () {
      const current = (yield* webhooks.get("w")) ?? webhook
      const destination = deliveringTo({
        webhooks,
        webhook: current,
        lookAhead: lookingAhead(log, current),
        sender: {
          objectionTo: () => undefined,
          send: ({ id }) =>
            Effect.flatMap(DateTime.now, (now) => {
              tries.push([id, Math.round(now.epochMilliseconds / 1_000)])
              return Effect.delay(Effect.succeed(answer(id)), times.answerMillis)
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
    ...{ webhooks, ahead, times, paused, publishing, triesOf, noteOf },
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
      const { ahead, answerWith, noteOf, paused, publishing, triesOf } = yield* world
      answerWith((id) => (id === "event-1" ? refused : taken))
      const page = [eventOf(1, "one"), eventOf(2, "one"), eventOf(3, "two")]
      ahead.push(eventOf(4, "one"), eventOf(5, "two"), eventOf(6, "three"), eventOf(7, "four"))
      ahead.push(...Array.from({ length: 9 }, (_, n) => eventOf(8 + n, "five")))
      const fiber = yield* publishing(page)
      yield* TestClock.adjust("1 minute")
      expect(triesOf("event-2")).toEqual([])
      expect(triesOf("event-3")).toHaveLength(1)
      expect(fiber.pollUnsafe()).toBe(undefined)
      yield* TestClock.adjust("2 hours")
      yield* Fiber.join(fiber)
      expect(triesOf("event-1")).toHaveLength(7)
      expect(triesOf("event-2")).toHaveLength(1)
      expect(triesOf("event-3")).toHaveLength(1)
      expect(yield* noteOf(1)).toMatchObject({ status: "FAILED", tries: 7 })
      // What was sent to see whether the receiver takes any is of no aggregate that waits.
      expect([4, 5].flatMap((n) => triesOf(`event-${n}`))).toEqual([])
      for (const n of [6, 7, 8, 9, 10]) expect(triesOf(`event-${n}`)).toHaveLength(1)
      expect(yield* noteOf(6)).toMatchObject({ status: "DELIVERED" })
      expect(paused).toEqual([])
    })
  )

  it.effect("is not left out because its receiver was away for some hours", () =>
    Effect.gen(function* () {
      const { ahead, answerWith, noteOf, paused, publishing, triesOf } = yield* world
      let isAway = false
      // The other event of the page is taken a moment after this one was not.
      answerWith((id) => (isAway || id === "event-1" ? refused : taken))
      ahead.push(eventOf(3, "three"))
      const fiber = yield* publishing([eventOf(1, "one"), eventOf(2, "two")])
      yield* TestClock.adjust("1 second")
      expect(triesOf("event-2")).toHaveLength(1)
      isAway = true
      yield* TestClock.adjust("6 hours")
      expect(yield* noteOf(1)).toMatchObject({ status: "WAITING" })
      answerWith(() => taken)
      yield* TestClock.adjust("6 hours")
      yield* Fiber.join(fiber)
      expect(yield* noteOf(1)).toMatchObject({ status: "DELIVERED" })
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
      const { ahead, answerWith, noteOf, paused, publishing, triesOf } = yield* world
      answerWith(() => refused)
      ahead.push(...Array.from({ length: 20 }, (_, n) => eventOf(3 + n, "three")))
      const fiber = yield* publishing([eventOf(1, "one"), eventOf(2, "two")])
      yield* TestClock.adjust("9 hours")
      const before = triesOf("event-1").length
      answerWith((id) => (id === "event-1" ? refused : taken))
      yield* TestClock.adjust("12 hours")
      expect(yield* noteOf(2)).toMatchObject({ status: "DELIVERED" })
      expect(yield* noteOf(1)).toMatchObject({ status: "FAILED" })
      const since = triesOf("event-1").slice(before)
      expect((since.at(-1)?.[1] ?? 0) - (since[0]?.[1] ?? 0)).toBeGreaterThan(3_000)
      expect(paused).toEqual([])
      yield* Fiber.join(fiber)
    })
  )

  it.effect("is tried soon when another is taken that was away as long", () =>
    Effect.gen(function* () {
      const { answerWith, publishing, triesOf } = yield* world
      answerWith(() => refused)
      const page = Array.from({ length: 10 }, (_, n) => eventOf(n + 1, `one-${n}`))
      const fiber = yield* publishing(page)
      yield* TestClock.adjust("9 hours")
      answerWith(() => taken)
      yield* TestClock.adjust("10 hours")
      yield* Fiber.join(fiber)
      const ends = page.map(({ eventId }) => triesOf(eventId).at(-1)?.[1] ?? 0)
      expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(90)
    })
  )

  it.effect("has one event from behind sent beside it, also when others like it are tried", () =>
    Effect.gen(function* () {
      const { ahead, answerWith, publishing, times, triesOf } = yield* world
      times.answerMillis = 1_000
      answerWith((id) => (id === "event-30" ? taken : refused))
      ahead.push(eventOf(30, "thirty"))
      const page = Array.from({ length: 8 }, (_, n) => eventOf(n + 1, `one-${n}`))
      const fiber = yield* publishing(page)
      yield* TestClock.adjust("10 seconds")
      expect(triesOf("event-30")).toHaveLength(1)
      yield* Fiber.interrupt(fiber)
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
