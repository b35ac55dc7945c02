/** SERVICE. What people look at and send by hand: deliveries, tests, and events once more. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { EventLog, KeptEvent } from "../EventLog.ts"
import { deliveryOf, secretsAt, sendEvent } from "./attempts.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { WebhookAnswer, WebhookSender } from "./WebhookSender.ts"
import type { DeliveriesQuery } from "./Webhooks.ts"
import { invalid, type WebhookNotFound, webhookById } from "./webhookRefusals.ts"

/** Makes what sends by hand to the webhooks of a log. */
export const makeWebhookSending = (log: EventLog, sender: WebhookSender) => {
  const { webhooks } = log
  const get = webhookById(webhooks)

  /** Sends an event that happened nowhere, and answers with what the receiver said. */
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
    return yield* sender.send({ url: webhook.url, id, body, secrets: secretsAt(webhook, now) })
  })

  const deliveries = (query: DeliveriesQuery) =>
    Effect.andThen(get(query.webhookId), webhooks.deliveries(query))

  /** The event of a note, as the log has it. */
  const eventOf = ({ eventId, position }: WebhookDelivery, path: string) =>
    Effect.flatMap(
      Effect.catchTag(log.read(position - 1, 1), "PositionGone", () => Effect.succeed([])),
      ([event]) =>
        event?.eventId === eventId
          ? Effect.succeed(event)
          : Effect.fail(invalid(path, "is at a position that the log does not have any more"))
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
    const isWaiting = answer.problem !== null && before.status === "WAITING"
    // What waits for its next try goes on waiting.
    const sent = deliveryOf(webhook, event, answer, {
      ...about,
      nextTryAt: isWaiting ? before.nextTryAt : null,
      status: answer.problem === null ? "DELIVERED" : isWaiting ? "WAITING" : "FAILED"
    })
    yield* webhooks.note(webhook.webhookId, [sent])
    return sent
  })

  /**
   * Sends the events of some positions again, now: those of one aggregate in their order, up to the
   * first that is not taken. Answers with those that were sent, by position.
   */
  const redeliver = Effect.fnUntraced(function* (
    webhookId: string,
    positions: ReadonlyArray<number>
  ) {
    const webhook = yield* get(webhookId)
    const known = yield* webhooks.deliveriesAt(webhookId, positions)
    const unknown = positions.findIndex((at) => !known.some(({ position }) => position === at))
    if (unknown !== -1) {
      return yield* Effect.fail(
        invalid(`positions.${unknown}`, "is no position of a delivery of this webhook")
      )
    }
    const found = yield* Effect.forEach(known, (before) =>
      Effect.map(eventOf(before, `positions.${positions.indexOf(before.position)}`), (event) => ({
        before,
        event
      }))
    )
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
    const sent = yield* Effect.forEach(aggregates.values(), sendAll, { concurrency: "unbounded" })
    return sent.flat().sort((a, b) => a.position - b.position)
  })

  return { test, deliveries, redeliver }
}
