/** One try to send an event to a webhook, and the note of it. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { isEncrypted } from "../../secrets/KeyRing.ts"
import { inLinkedSpan, readTraceparent, sampledSpan, traceparentOf } from "../../tracing/spans.ts"
import type { KeptEvent } from "../EventLog.ts"
import { envelopeJson } from "../envelope.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { WebhookAnswer, WebhookMessage, WebhookSender } from "./WebhookSender.ts"

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

/** The keys that sign now, as far as they can be read: a secret that cannot stays as it is kept. */
const secretsAt = ({ previous, secret }: Webhook, now: DateTime.Utc) => {
  const isOverlapping = previous !== null && DateTime.isLessThan(now, previous.until)
  const secrets = isOverlapping ? [secret, previous.secret] : [secret]
  return secrets.filter((one) => !isEncrypted(Redacted.value(one)))
}

const unsigned: WebhookAnswer = {
  httpStatus: null,
  problem:
    "the secret that signs for this webhook cannot be read: the key ring lacks its key; " +
    "put that key back, or give the webhook a new secret",
  durationMillis: 0,
  retryAfterMillis: null
}

/** Sends a body to a webhook, signed; what cannot be signed is not sent. */
export const sendSigned = (
  sender: WebhookSender,
  webhook: Webhook,
  message: Pick<WebhookMessage, "body" | "id" | "traceparent">,
  now: DateTime.Utc
): Effect.Effect<WebhookAnswer> => {
  const secrets = secretsAt(webhook, now)
  return secrets.length === 0
    ? Effect.succeed(unsigned)
    : sender.send({ ...message, url: webhook.url, secrets })
}

/** Sends an event of the log once, unless it is too large. */
export const sendEvent = (
  sender: WebhookSender,
  webhook: Webhook,
  event: KeptEvent
): Effect.Effect<WebhookAnswer> =>
  Effect.flatMap(DateTime.now, (now) => {
    if (isTooLarge(event)) return Effect.succeed(tooLarge)
    const { eventId: id } = event
    const caused = readTraceparent(event.traceparent)
    const sent = Effect.withFiber<WebhookAnswer>((fiber) => {
      const span = sampledSpan(fiber) ?? caused
      const traceparent = span === undefined ? undefined : traceparentOf(span)
      return sendSigned(sender, webhook, { id, body: envelopeJson(event), traceparent }, now)
    })
    return inLinkedSpan(sent, "deliver webhook", () => ({
      kind: "client",
      of: caused === undefined ? [] : [caused],
      attributes: {
        "holdfast.webhook.id": webhook.webhookId,
        "holdfast.event.type": event.eventType
      }
    }))
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
