/**
 * SERVICE. Delivers the events of a log to its webhooks: a relay for each, with a cursor of its own,
 * so that a slow one delays nobody. Any number of processes may run this; the relays share the
 * webhooks among them.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { EventLog } from "../EventLog.ts"
import { makeEventRelay } from "../relay/EventRelay.ts"
import { deliveringTo } from "./delivering.ts"
import { lookingAhead } from "./lookingAhead.ts"
import { cursorOfWebhook, type Webhook } from "./Webhook.ts"
import type { WebhookSender } from "./WebhookSender.ts"
import type { Webhooks } from "./Webhooks.ts"

/** How webhooks are served. */
export interface WebhookRelaysOptions {
  /** Who serves them, for people: a process and its host, say. */
  readonly owner: string
  /** How often to look whether webhooks were changed, in milliseconds: 1,000. */
  readonly lookMillis?: number | undefined
  /** How long a webhook stays with a process after its last sign of life, in milliseconds: 10,000. */
  readonly leaseMillis?: number | undefined
}

/** How often a relay looks for events when nothing wakes it, or for a webhook that came free. */
const pollMillis = 5_000
const standByMillis = 2_000

/** The most events that a webhook has in hand at once. */
const eventsMax = 100

/** Pauses a webhook by itself, unless a person has changed it meanwhile. */
const pausing = (webhooks: Webhooks, webhook: Webhook) =>
  Effect.fnUntraced(function* (because: string) {
    const { version, webhookId } = webhook
    const updatedAt = yield* DateTime.now
    const isPaused = yield* webhooks.update({
      ...webhook,
      ...{ status: "PAUSED", pausedBecause: because, version: version + 1, updatedAt }
    })
    if (!isPaused) return
    yield* Effect.annotateLogs(
      Effect.logError(
        "a webhook was paused; it misses nothing, and goes on once it is made active"
      ),
      { webhookId, host: new URL(webhook.url).host, because }
    )
  })

/** Serves the webhooks of a log until it is interrupted. */
export const serveWebhooks = (
  log: EventLog,
  sender: WebhookSender,
  { leaseMillis = 10_000, lookMillis = 1_000, owner }: WebhookRelaysOptions
): Effect.Effect<never> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { webhooks } = log
      const relays = yield* FiberMap.make<string>()
      const versions = new Map<string, number>()

      const serve = (webhook: Webhook) => {
        const { webhookId } = webhook
        const pause = pausing(webhooks, webhook)
        const lookAhead = lookingAhead(log, webhook)
        const destination = deliveringTo({ webhooks, sender, webhook, lookAhead, pause })
        const relay = makeEventRelay(log, destination, {
          cursor: cursorOfWebhook(webhookId),
          kind: "WEBHOOK",
          // Who removes a webhook removes its cursor, and a relay may see that later.
          from: null,
          ...{ owner, leaseMillis, pollMillis, standByMillis, eventsMax }
        })
        // Its cursor is of another kind only when somebody has made it by hand.
        return FiberMap.run(relays, webhookId, Effect.ignore(relay.run))
      }

      /** Ends the relays of webhooks that were changed, and begins those of active ones. */
      const look = Effect.gen(function* () {
        const all = yield* webhooks.list
        const active = new Map(
          all.filter(({ status }) => status === "ACTIVE").map((one) => [one.webhookId, one])
        )
        const changed = [...versions].filter(
          ([webhookId, version]) => active.get(webhookId)?.version !== version
        )
        // What each has on its way may take seconds to end.
        yield* Effect.forEach(
          changed,
          ([webhookId]) => {
            versions.delete(webhookId)
            return FiberMap.remove(relays, webhookId)
          },
          { concurrency: "unbounded", discard: true }
        )
        for (const [webhookId, webhook] of active) {
          if (versions.has(webhookId)) continue
          versions.set(webhookId, webhook.version)
          yield* serve(webhook)
        }
      })

      let isInTrouble = false
      const looked = Effect.matchEffect(look, {
        onSuccess: () =>
          Effect.sync(() => {
            isInTrouble = false
          }),
        onFailure: ({ message }: StoreError) =>
          Effect.suspend(() => {
            if (isInTrouble) return Effect.void
            isInTrouble = true
            return Effect.logWarning(`webhooks cannot be read, trying again: ${message}`)
          })
      })
      return yield* Effect.forever(Effect.andThen(looked, Effect.sleep(lookMillis)))
    })
  )
