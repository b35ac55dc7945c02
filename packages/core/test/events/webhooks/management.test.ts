/** What people do with webhooks at the same time, and what is refused. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { makeWebhookManagement } from "../../../src/events/webhooks/webhookManagement.ts"
import { makeMemoryEventLog } from "../../../src/memory/engine/MemoryEventLog.ts"

const sender = { objectionTo: () => undefined, send: () => Effect.die("nothing is sent here") }
const url = "https://shop.example"

/** A log whose answers take a moment, so that others come in between. */
const slowLog = () => {
  const { log } = makeMemoryEventLog("test", [])
  const get = (webhookId: string) => Effect.tap(log.webhooks.get(webhookId), () => Effect.yieldNow)
  return { ...log, webhooks: { ...log.webhooks, get } }
}

describe("the secret of a webhook", () => {
  it.effect("is replaced once by a request that comes twice at the same time", () =>
    Effect.gen(function* () {
      const { create, get, rotateSecret } = makeWebhookManagement(slowLog(), sender)
      const made = yield* create({ url })
      const rotate = rotateSecret(made.webhookId, {}, "key")
      const both = yield* Effect.all([rotate, rotate], { concurrency: "unbounded" })
      const kept = yield* get(made.webhookId)
      expect(both.map(({ secret }) => Redacted.value(secret))).toEqual([
        Redacted.value(kept.secret),
        Redacted.value(kept.secret)
      ])
      expect(kept.previous && Redacted.value(kept.previous.secret)).toBe(
        Redacted.value(made.secret)
      )
    })
  )
})

describe("a webhook that cannot be set to a position", () => {
  it.effect("stays as it is", () =>
    Effect.gen(function* () {
      const { create, get, replay } = makeWebhookManagement(slowLog(), sender)
      const made = yield* create({ url })
      expect(yield* Effect.flip(replay(made.webhookId, 7))).toMatchObject({
        _tag: "PositionBeyondHead",
        head: 0
      })
      expect(yield* get(made.webhookId)).toEqual(made)
    })
  )

  it.effect("is unknown when it is removed meanwhile", () =>
    Effect.gen(function* () {
      const log = slowLog()
      const reset: typeof log.cursors.reset = (name, position) =>
        Effect.andThen(log.webhooks.remove(webhookId), log.cursors.reset(name, position))
      const { create, replay } = makeWebhookManagement(
        { ...log, cursors: { ...log.cursors, reset } },
        sender
      )
      const { webhookId } = yield* create({ url })
      expect((yield* Effect.flip(replay(webhookId, 0)))._tag).toBe("WebhookNotFound")
    })
  )
})
