/** The webhooks of a log in memory: the executable specification of their port. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import {
  cursorOfWebhook,
  type Webhook,
  type WebhookDelivery
} from "../../events/webhooks/Webhook.ts"
import type { Webhooks } from "../../events/webhooks/Webhooks.ts"
import type { ManagementRecord } from "../../kernel/ManagementRecord.ts"

/** Keeps the record of a change in the audit log, if there is one. */
export type KeepRecord = (record: ManagementRecord | undefined) => Effect.Effect<void>

/** Makes them; `removeCursor` removes the cursor of a name. */
export const makeMemoryWebhooks = (
  removeCursor: (name: string) => void,
  keepRecord: KeepRecord
): Webhooks => {
  const recorded = (isChanged: boolean, record: ManagementRecord | undefined) =>
    isChanged ? keepRecord(record) : Effect.void
  const kept = new Map<string, Webhook>()
  const notes = new Map<string, Map<number, WebhookDelivery>>()
  const notesOf = (webhookId: string) => notes.get(webhookId) ?? new Map<number, WebhookDelivery>()
  const retryAt = (webhookId: string, at: DateTime.Utc) => {
    const all = notesOf(webhookId)
    for (const [position, one] of all) {
      if (one.status !== "WAITING") continue
      all.set(position, { ...one, tries: 0, firstTriedAt: at, nextTryAt: null })
    }
  }
  return {
    create: (webhook, record) =>
      Effect.suspend(() => {
        const there = kept.get(webhook.webhookId) ?? webhook
        kept.set(webhook.webhookId, there)
        return Effect.as(recorded(there === webhook, record), there)
      }),
    list: Effect.sync(() =>
      [...kept.values()].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1))
    ),
    get: (webhookId) => Effect.sync(() => kept.get(webhookId) ?? null),
    update: (webhook, record, dueAt) =>
      Effect.suspend(() => {
        const there = kept.get(webhook.webhookId)
        const isNext = there?.version === webhook.version - 1
        if (isNext) {
          kept.set(webhook.webhookId, { ...webhook, lastDeliveredAt: there.lastDeliveredAt })
          if (dueAt !== undefined) retryAt(webhook.webhookId, dueAt)
        }
        return Effect.as(recorded(isNext, record), isNext)
      }),
    remove: (webhookId, record) =>
      Effect.suspend(() => {
        removeCursor(cursorOfWebhook(webhookId))
        notes.delete(webhookId)
        const isThere = kept.delete(webhookId)
        return Effect.as(recorded(isThere, record), isThere)
      }),
    note: (webhookId, deliveries) =>
      Effect.sync(() => {
        const webhook = kept.get(webhookId)
        if (webhook === undefined) return
        const all = notesOf(webhookId)
        for (const delivery of deliveries) all.set(delivery.position, delivery)
        notes.set(webhookId, all)
        const last = deliveries
          .filter(({ status }) => status === "DELIVERED")
          .map(({ lastTriedAt }) => lastTriedAt)
          .sort((a, b) => b.epochMilliseconds - a.epochMilliseconds)[0]
        const { lastDeliveredAt } = webhook
        if (last && last.epochMilliseconds > (lastDeliveredAt?.epochMilliseconds ?? 0)) {
          kept.set(webhookId, { ...webhook, lastDeliveredAt: last })
        }
      }),
    deliveries: ({ before = Number.POSITIVE_INFINITY, limit, status, webhookId }) =>
      Effect.sync(() =>
        [...notesOf(webhookId).values()]
          .filter((one) => one.position < before && (status ?? one.status) === one.status)
          .sort((a, b) => b.position - a.position)
          .slice(0, limit)
      ),
    deliveriesAt: (webhookId, positions) =>
      Effect.sync(() =>
        [...notesOf(webhookId).values()]
          .filter(({ position }) => positions.includes(position))
          .sort((a, b) => a.position - b.position)
      ),
    skipWaiting: (webhookId, upTo) =>
      Effect.sync(() => {
        const all = notesOf(webhookId)
        for (const [position, one] of all) {
          if (one.status !== "WAITING" || position > upTo) continue
          all.set(position, { ...one, status: "FAILED", nextTryAt: null })
        }
      })
  }
}
