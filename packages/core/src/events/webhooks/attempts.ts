/** One try to send an event to a webhook, and the note of it. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { KeptEvent } from "../EventLog.ts"
import { envelopeJson } from "../envelope.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { WebhookAnswer, WebhookSender } from "./WebhookSender.ts"

/** The largest payload that is sent, in bytes. */
export const payloadBytesMax = 1_048_576

/** Whether an event is too large for any receiver. */
export const isTooLarge = ({ payloadJson }: KeptEvent): boolean =>
  payloadJson.length * 3 > payloadBytesMax &&
  new TextEncoder().encode(payloadJson).byteLength > payloadBytesMax

const tooLarge: WebhookAnswer = {
  httpStatus: null,
  problem: `the event is larger than ${payloadBytesMax} bytes`,
  durationMillis: 0,
  retryAfterMillis: null
}

/** The keys that sign now. */
export const secretsAt = ({ previous, secret }: Webhook, now: DateTime.Utc) =>
  previous !== null && DateTime.isLessThan(now, previous.until)
    ? [secret, previous.secret]
    : [secret]

/** Sends an event of the log once, unless it is too large. */
export const sendEvent = (
  sender: WebhookSender,
  webhook: Webhook,
  event: KeptEvent
): Effect.Effect<WebhookAnswer> =>
  Effect.flatMap(DateTime.now, (now) => {
    if (isTooLarge(event)) return Effect.succeed(tooLarge)
    const { eventId: id } = event
    const { url } = webhook
    const body = envelopeJson(event)
    return sender.send({ url, id, body, secrets: secretsAt(webhook, now) })
  })

/** The note of a try. */
export const deliveryOf = (
  webhook: Webhook,
  event: KeptEvent,
  { durationMillis, httpStatus, problem }: WebhookAnswer,
  about: Pick<WebhookDelivery, "firstTriedAt" | "lastTriedAt" | "nextTryAt" | "status" | "tries">
): WebhookDelivery => {
  const { aggregateId, eventId, eventType, position } = event
  const { replays } = webhook
  return {
    ...{ position, eventId, eventType, aggregateId, ...about },
    ...{ httpStatus, problem, durationMillis: Math.round(durationMillis), replays }
  }
}
