/** What a store promises of webhooks, and how the events of a log reach them over any store. */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import {
  cursorOfWebhook,
  type Webhook,
  type WebhookDelivery
} from "../../events/webhooks/Webhook.ts"
import type {
  WebhookAnswer,
  WebhookMessage,
  WebhookSender
} from "../../events/webhooks/WebhookSender.ts"
import { makeWebhookManagement } from "../../events/webhooks/webhookManagement.ts"
import { serveWebhooks } from "../../events/webhooks/webhookRelays.ts"
import { makeWebhookSending } from "../../events/webhooks/webhookSending.ts"
import type { LogIt } from "./cursorTests.ts"
import { LogSubject } from "./LogSubject.ts"

const url = "https://shop.example/hooks"

const taken: WebhookAnswer = {
  httpStatus: 204,
  problem: null,
  durationMillis: 3,
  retryAfterMillis: null
}

const refused = (httpStatus: number): WebhookAnswer => ({
  ...taken,
  httpStatus,
  problem: `it answered with ${httpStatus}`
})

/** What a receiver got, read from the body. */
interface Got {
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly version: number
}

/** A receiver whose answers the test chooses; it remembers what it took. */
class Receiver {
  readonly got: Array<Got> = []
  readonly tried: Array<Got> = []
  readonly messages: Array<WebhookMessage> = []
  answer: (event: Got) => WebhookAnswer = () => taken
  private waits: Array<{ readonly isMet: () => boolean; readonly done: Deferred.Deferred<void> }> =
    []

  readonly sender: WebhookSender = {
    objectionTo: (address) =>
      address.startsWith("https://shop.example") ? undefined : "must be an address of the shop",
    send: (message) =>
      Effect.sync(() => {
        const event = JSON.parse(message.body) as Got
        const answer = this.answer(event)
        this.messages.push(message)
        this.tried.push(event)
        if (answer.problem === null) this.got.push(event)
        for (const { done, isMet } of this.waits) {
          if (isMet()) Deferred.doneUnsafe(done, Effect.void)
        }
        return answer
      })
  }

  /** Waits until a condition holds, which is looked at after each message. */
  until(isMet: () => boolean): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (isMet()) return Effect.void
      const done = Deferred.makeUnsafe<void>()
      this.waits.push({ isMet, done })
      return Deferred.await(done)
    })
  }

  versionsOf(aggregateId: string): ReadonlyArray<number> {
    return this.got
      .filter((event) => event.aggregateId === aggregateId)
      .map(({ version }) => version)
  }
}

/** A receiver, and what manages and serves the webhooks of the log under test. */
const opened = Effect.gen(function* () {
  const { eventType, log } = yield* LogSubject
  const receiver = new Receiver()
  const management = makeWebhookManagement(log, receiver.sender, { webhooksMax: 1_000 })
  const sending = makeWebhookSending(log, receiver.sender)
  const serve = Effect.forkChild(serveWebhooks(log, receiver.sender, { owner: "a test" }))
  /** Removes a webhook, so that it is not served in other tests. */
  const made = (input: { readonly from?: "FIRST" | "LAST" } = {}) =>
    Effect.acquireRelease(
      management.create({ url, eventTypes: [eventType], ...input }),
      (webhook) => Effect.ignore(management.remove(webhook.webhookId))
    )
  return { log, receiver, management, sending, serve, made }
})

/** Looks at deliveries until they are as they should be; the store's writes come a moment later. */
const deliveriesWhen = (
  { log }: Effect.Success<typeof opened>,
  { webhookId }: Webhook,
  isAsWanted: (all: ReadonlyArray<WebhookDelivery>) => boolean
) => Effect.repeat(log.webhooks.deliveries({ webhookId, limit: 1_000 }), { until: isAsWanted })

const isRising = (numbers: ReadonlyArray<number>) =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))

const keeping = (it: LogIt): void => {
  it.effect("a webhook is kept as it is made and changed, each change over the one before", () =>
    Effect.gen(function* () {
      const { log, management } = yield* opened
      const { webhooks } = log
      const first = yield* management.create({ url, description: "the shop's own" })
      const { webhookId } = first
      expect(Redacted.value(first.secret)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      const kept = yield* webhooks.get(webhookId)
      expect(kept).toEqual(first)
      const [one, two] = yield* Effect.all(
        [
          management.change(webhookId, { eventTypes: ["a", 'b"\\{},'] }),
          management.change(webhookId, { description: null })
        ],
        { concurrency: 2 }
      )
      const counted = [one.version, two.version].toSorted((a, b) => a - b)
      expect(counted).toEqual([first.version + 1, first.version + 2])
      const changed = yield* management.get(webhookId)
      expect(changed).toMatchObject({
        version: counted[1],
        description: null,
        eventTypes: ["a", 'b"\\{},']
      })
      expect(yield* webhooks.update({ ...first, version: first.version + 1 })).toBe(false)
      const rotated = yield* management.rotateSecret(webhookId, { oldSecretSeconds: 60 })
      const { previous, secret } = yield* management.get(webhookId)
      expect(Redacted.value(secret)).toBe(Redacted.value(rotated.secret))
      expect(previous && Redacted.value(previous.secret)).toBe(Redacted.value(first.secret))
      expect((yield* webhooks.list).map((webhook) => webhook.webhookId)).toContain(webhookId)
      const names = Effect.map(log.cursors.list, (all) => all.map(({ name }) => name))
      expect(yield* names).toContain(cursorOfWebhook(webhookId))
      yield* management.remove(webhookId)
      expect(yield* webhooks.get(webhookId)).toBe(null)
      expect(yield* names).not.toContain(cursorOfWebhook(webhookId))
      const again = yield* Effect.flip(management.remove(webhookId))
      expect(again._tag).toBe("WebhookNotFound")
    })
  )

  it.effect("a webhook that is made again with the same key is the same", () =>
    Effect.gen(function* () {
      const { fresh } = yield* LogSubject
      const { management } = yield* opened
      const key = fresh("key")
      const first = yield* management.create({ url }, key)
      const again = yield* management.create({ url }, key)
      expect(again).toEqual(first)
      const other = yield* Effect.flip(management.create({ url: `${url}/2` }, key))
      expect(other._tag).toBe("WebhookKeyReused")
      const objection = yield* Effect.flip(management.create({ url: "https://elsewhere.example" }))
      expect(objection).toMatchObject({ issues: [{ path: "url" }] })
      yield* management.remove(first.webhookId)
    })
  )

  it.effect("notes of deliveries are found by status and position, the newest note of each", () =>
    Effect.gen(function* () {
      const { log, management } = yield* opened
      const { webhookId } = yield* management.create({ url })
      const at = DateTime.makeUnsafe(1_760_000_000_000)
      const note = (position: number, about: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
        position,
        eventId: `0199c0de-1111-7000-8000-${String(position).padStart(12, "0")}` as never,
        eventType: "a.b",
        aggregateId: "one",
        status: "DELIVERED",
        ...{ tries: 1, firstTriedAt: at, lastTriedAt: at, nextTryAt: null, httpStatus: 200 },
        ...{ problem: null, durationMillis: 5, replays: 0, ...about }
      })
      const waiting = note(3, { status: "WAITING", nextTryAt: at, httpStatus: null, problem: "no" })
      yield* log.webhooks.note(webhookId, [note(1), note(2, { status: "FAILED" }), waiting])
      yield* log.webhooks.note(webhookId, [note(4, { status: "WAITING" }), note(1, { tries: 2 })])
      const found = (query: {
        status?: WebhookDelivery["status"]
        before?: number
        limit?: number
      }) =>
        Effect.map(log.webhooks.deliveries({ webhookId, limit: 10, ...query }), (all) =>
          all.map(({ position }) => position)
        )
      expect(yield* found({})).toEqual([4, 3, 2, 1])
      expect(yield* found({ limit: 2, before: 4 })).toEqual([3, 2])
      expect(yield* found({ status: "WAITING" })).toEqual([4, 3])
      expect(yield* found({ status: "FAILED" })).toEqual([2])
      expect(yield* found({ status: "DELIVERED" })).toEqual([1])
      expect(yield* log.webhooks.deliveriesAt(webhookId, [3, 1, 9])).toEqual([
        note(1, { tries: 2 }),
        waiting
      ])
      expect((yield* management.get(webhookId)).lastDeliveredAt).toEqual(at)
      const later = DateTime.add(at, { seconds: 9 })
      const kept = yield* management.get(webhookId)
      expect(yield* log.webhooks.update(kept, undefined, later)).toBe(false)
      expect(yield* log.webhooks.deliveriesAt(webhookId, [3])).toEqual([waiting])
      const next = { ...kept, version: kept.version + 1 }
      expect(yield* log.webhooks.update(next, undefined, later)).toBe(true)
      const [now] = yield* log.webhooks.deliveriesAt(webhookId, [3])
      expect(now).toEqual({ ...waiting, tries: 0, firstTriedAt: later, nextTryAt: null })
      yield* log.webhooks.skipWaiting(webhookId, 3)
      expect(yield* found({ status: "FAILED" })).toEqual([3, 2])
      expect(yield* found({ status: "WAITING" })).toEqual([4])
      yield* management.remove(webhookId)
      yield* log.webhooks.note(webhookId, [note(5)])
    })
  )
}

const delivering = (it: LogIt): void => {
  it.effect(
    "a webhook gets each event once, in the order of its aggregate, from where it began",
    () =>
      Effect.gen(function* () {
        const { append, fresh } = yield* LogSubject
        const subject = yield* opened
        const { made, management, receiver, serve } = subject
        const [before, one, two] = [fresh("hooked"), fresh("hooked"), fresh("hooked")]
        yield* append(before, 3)
        const webhook = yield* made()
        yield* append(one, 20)
        const serving = yield* serve
        yield* append(two, 20)
        yield* receiver.until(() => receiver.got.length >= 40)
        expect(receiver.versionsOf(before)).toEqual([])
        for (const aggregateId of [one, two]) {
          expect(receiver.versionsOf(aggregateId)).toHaveLength(20)
          expect(isRising(receiver.versionsOf(aggregateId))).toBe(true)
        }
        const all = yield* deliveriesWhen(subject, webhook, (some) => some.length === 40)
        expect(all.every(({ status, tries }) => status === "DELIVERED" && tries === 1)).toBe(true)
        const [message] = receiver.messages
        expect(message).toMatchObject({ url, id: receiver.got[0]?.eventId })
        expect(message?.secrets.map(Redacted.value)).toEqual([Redacted.value(webhook.secret)])
        yield* Fiber.interrupt(serving)
        // Set back, it gets them again; nothing of what was known keeps them away.
        const [last] = all
        yield* management.replay(webhook.webhookId, (last?.position ?? 0) - 5)
        const again = yield* serve
        yield* receiver.until(() => receiver.got.length >= 45)
        yield* Fiber.interrupt(again)
        expect(receiver.got.length).toBe(45)
        const beyond = yield* Effect.flip(management.replay(webhook.webhookId, 1e12))
        expect(beyond._tag).toBe("PositionBeyondHead")
      }).pipe(Effect.scoped)
  )

  it.effect("an event that is not taken holds up its own aggregate alone", () =>
    Effect.gen(function* () {
      const { append, fresh } = yield* LogSubject
      const subject = yield* opened
      const { made, receiver, sending, serve } = subject
      const [stuck, other] = [fresh("hooked"), fresh("hooked")]
      receiver.answer = (event) => (event.aggregateId === stuck ? refused(500) : taken)
      const webhook = yield* made()
      yield* append(stuck, 2)
      yield* append(other, 5)
      const serving = yield* serve
      yield* receiver.until(() => receiver.versionsOf(other).length >= 5)
      const [waiting] = yield* deliveriesWhen(subject, webhook, (all) =>
        all.some(({ status }) => status === "WAITING")
      ).pipe(Effect.map((all) => all.filter(({ status }) => status === "WAITING")))
      expect(waiting).toMatchObject({ aggregateId: stuck, tries: 1, httpStatus: 500 })
      expect(waiting?.nextTryAt).not.toBe(null)
      expect(receiver.tried.filter(({ aggregateId }) => aggregateId === stuck)).toHaveLength(1)
      yield* Fiber.interrupt(serving)
      // Sent by hand once the receiver is well, it is not sent a second time.
      receiver.answer = () => taken
      const again = yield* sending.redeliver(webhook.webhookId, [waiting?.position ?? 0])
      expect(again).toMatchObject([{ status: "DELIVERED", tries: 2 }])
      const resumed = yield* serve
      yield* receiver.until(() => receiver.versionsOf(stuck).length >= 2)
      yield* Fiber.interrupt(resumed)
      expect(receiver.versionsOf(stuck)).toHaveLength(2)
      expect(isRising(receiver.versionsOf(stuck))).toBe(true)
    }).pipe(Effect.scoped)
  )
}

const byHand = (it: LogIt): void => {
  it.effect("a webhook that is removed and made again with the same key begins again", () =>
    Effect.gen(function* () {
      const { append, eventType, fresh } = yield* LogSubject
      const { management, receiver, serve } = yield* opened
      const [aggregateId, key] = [fresh("hooked"), fresh("key")]
      yield* append(aggregateId, 3)
      const made = management.create({ url, eventTypes: [eventType], from: "FIRST" }, key)
      const isWhole = (times: number) => () => receiver.versionsOf(aggregateId).length >= 3 * times
      const { webhookId } = yield* made
      const serving = yield* serve
      yield* receiver.until(isWhole(1))
      yield* Fiber.interrupt(serving)
      yield* management.remove(webhookId)
      expect((yield* made).webhookId).toBe(webhookId)
      const again = yield* serve
      yield* receiver.until(isWhole(2))
      yield* Fiber.interrupt(again)
      yield* management.remove(webhookId)
    })
  )

  it.effect("a webhook that is gone is paused, says so, and misses nothing once it is active", () =>
    Effect.gen(function* () {
      const { append, fresh } = yield* LogSubject
      const { made, management, receiver, serve } = yield* opened
      const aggregateId = fresh("hooked")
      receiver.answer = () => refused(410)
      const { webhookId } = yield* made()
      yield* append(aggregateId, 3)
      const serving = yield* serve
      const paused = yield* Effect.repeat(management.get(webhookId), {
        until: ({ status }) => status === "PAUSED"
      })
      expect(paused.pausedBecause).toBe("the receiver says that it is gone (status 410)")
      expect(receiver.tried).toHaveLength(1)
      receiver.answer = () => taken
      yield* Fiber.interrupt(serving)
      const active = yield* management.change(webhookId, { status: "ACTIVE" })
      expect(active).toMatchObject({ status: "ACTIVE", pausedBecause: null })
      const again = yield* serve
      yield* receiver.until(() => receiver.got.length >= 3)
      yield* Fiber.interrupt(again)
      expect(receiver.versionsOf(aggregateId)).toHaveLength(3)
      expect(isRising(receiver.versionsOf(aggregateId))).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.effect("what waits behind an event goes on once that was taken by hand", () =>
    Effect.gen(function* () {
      const { append, fresh } = yield* LogSubject
      const subject = yield* opened
      const { made, receiver, sending, serve } = subject
      const stuck = fresh("hooked")
      // The next try by itself is an hour away.
      receiver.answer = () => ({ ...refused(503), retryAfterMillis: 3_600_000 })
      const webhook = yield* made()
      yield* append(stuck, 3)
      const serving = yield* serve
      const [waiting] = yield* deliveriesWhen(subject, webhook, (all) => all.length > 0)
      expect(waiting).toMatchObject({ aggregateId: stuck, status: "WAITING", tries: 1 })
      receiver.answer = () => taken
      yield* sending.redeliver(webhook.webhookId, [waiting?.position ?? 0])
      yield* receiver.until(() => receiver.got.length >= 3)
      yield* Fiber.interrupt(serving)
      expect(receiver.got).toHaveLength(3)
      expect(isRising(receiver.versionsOf(stuck))).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.effect("a test and a redelivery say what the receiver answered", () =>
    Effect.gen(function* () {
      const { made, management, receiver, sending } = yield* opened
      const { webhookId } = yield* made()
      yield* management.rotateSecret(webhookId, {})
      expect(yield* sending.test(webhookId)).toEqual(taken)
      expect(receiver.messages[0]?.secrets).toHaveLength(2)
      expect(receiver.got[0]).toMatchObject({ eventType: "webhook.test", aggregateId: webhookId })
      receiver.answer = () => refused(503)
      expect(yield* sending.test(webhookId)).toEqual(refused(503))
      const unknown = yield* Effect.flip(sending.redeliver(webhookId, [1, 2]))
      expect(unknown).toMatchObject({ _tag: "WebhookDeliveryNotFound", positions: [1, 2] })
    }).pipe(Effect.scoped)
  )
}

/** Declares what webhooks promise over the log of any store. */
export const webhookTests = (it: LogIt): void => {
  keeping(it)
  delivering(it)
  byHand(it)
}
