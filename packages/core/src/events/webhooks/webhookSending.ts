/** SERVICE. What people look at and send by hand: deliveries, tests, and events once more. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { noManagementRecords } from "../../engine/methods/managementRecords.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { EventLog, KeptEvent } from "../EventLog.ts"
import { deliveryOf, sendEvent, sendSigned } from "./attempts.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { WebhookAnswer, WebhookSender } from "./WebhookSender.ts"
import type { DeliveriesQuery } from "./Webhooks.ts"
import { targetOfWebhook, updating, type WebhookManagementOptions } from "./webhookManagement.ts"
import { WebhookDeliveryNotFound, type WebhookNotFound, webhookById } from "./webhookRefusals.ts"

const isWaiting = ({ status }: WebhookDelivery): boolean => status === "WAITING"

/** Makes what sends by hand to the webhooks of a log. */
export const makeWebhookSending = (
  log: EventLog,
  sender: WebhookSender,
  { record = noManagementRecords }: Pick<WebhookManagementOptions, "record"> = {}
) => {
  const { webhooks } = log
  const get = webhookById(webhooks)

  /** Sends an event that happened nowhere, and answers with what came of it. */
  const test = Effect.fnUntraced(function* (
    webhookId: string
  ): Effect.fn.Return<WebhookAnswer, WebhookNotFound | StoreError> {
    const webhook = yield* get(webhookId)
    const now = yield* DateTime.now
    const id = crypto.randomUUID()
    const body = JSON.stringify({
      eventId: id,
      eventType: "webhook.test",
      aggregateId: webhookId,
      timestamp: DateTime.formatIso(now),
      payload: { message: "A test: nothing has happened." },
      aggregateType: "WEBHOOK",
      version: 1,
      commandId: id,
      correlationId: null,
      traceparent: null
    })
    return yield* sendSigned(sender, webhook, { id, body }, now)
  })

  const deliveries = (query: DeliveriesQuery) =>
    Effect.andThen(get(query.webhookId), webhooks.deliveries(query))

  /** A note with its event; undefined when the log does not have that event any more. */
  const withEvent = (before: WebhookDelivery) =>
    log.read(before.position - 1, 1).pipe(
      Effect.catchTag("PositionGone", () => Effect.succeed([])),
      Effect.map(([event]) => (event?.eventId === before.eventId ? { before, event } : undefined))
    )

  /** Sends an event once more, and notes what came of it. */
  const sendAgain = Effect.fnUntraced(function* (
    webhook: Webhook,
    before: WebhookDelivery,
    event: KeptEvent
  ) {
    const answer = yield* sendEvent(sender, webhook, event)
    const lastTriedAt = yield* DateTime.now
    const about = { firstTriedAt: before.firstTriedAt, lastTriedAt, tries: before.tries + 1 }
    if (answer.problem === null) {
      const sent = deliveryOf(webhook, event, answer, {
        ...about,
        ...{ status: "DELIVERED", nextTryAt: null }
      })
      yield* webhooks.note(webhook.webhookId, [sent])
      return sent
    }
    const waitsOn = isWaiting(before)
    const failed = deliveryOf(webhook, event, answer, {
      ...about,
      nextTryAt: waitsOn ? before.nextTryAt : null,
      status: waitsOn ? "WAITING" : "FAILED"
    })
    // The relay has what waits in hand, and may have noted more meanwhile.
    if (waitsOn) return failed
    // A webhook that was set back since has not reached the event: this must not stop it there.
    const { replays } = before
    yield* webhooks.note(webhook.webhookId, [{ ...failed, replays }])
    return failed
  })

  /**
   * Sends the events of some positions again, now: those of one aggregate in their order, up to the
   * first that is not taken. What waited behind one of them goes on when it is taken. Answers with
   * those that were sent, by position.
   */
  const redeliver = Effect.fnUntraced(function* (
    webhookId: string,
    positions: ReadonlyArray<number>
  ) {
    const webhook = yield* get(webhookId)
    const asked = [...new Set(positions)]
    const known = yield* webhooks.deliveriesAt(webhookId, asked)
    const found = (yield* Effect.forEach(known, withEvent)).filter((one) => one !== undefined)
    const there = new Set(found.map(({ before }) => before.position))
    const missing = asked.filter((position) => !there.has(position))
    if (missing.length > 0) {
      return yield* new WebhookDeliveryNotFound({ webhookId, positions: missing })
    }
    // What is sent cannot be taken back, so the record is there before.
    const operation = "RedeliverToWebhook"
    const asking = yield* record({ operation, targets: [targetOfWebhook(webhookId)] })
    if (asking !== undefined) yield* log.audit.keep(asking)
    const aggregates = Map.groupBy(
      found,
      ({ event: { aggregateId, aggregateType } }) => `${aggregateType} ${aggregateId}`
    )
    const sendAll = Effect.fnUntraced(function* (some: typeof found) {
      const sent: Array<WebhookDelivery> = []
      for (const { before, event } of some) {
        const delivery = yield* sendAgain(webhook, before, event)
        sent.push(delivery)
        if (delivery.problem !== null) break
      }
      return sent
    })
    const groups = yield* Effect.forEach(aggregates.values(), sendAll, { concurrency: "unbounded" })
    const sent = groups.flat().sort((a, b) => a.position - b.position)
    const waited = new Set(known.filter(isWaiting).map(({ position }) => position))
    // Its relay would notice only when the next try is due, which may be hours away.
    if (sent.some((one) => one.problem === null && waited.has(one.position))) {
      yield* updating(webhooks)(webhookId, (one) => one)
    }
    return sent
  })

  return { test, deliveries, redeliver }
}
