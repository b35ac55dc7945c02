/** Signatures after the Standard Webhooks specification. */
import type { WebhookMessage } from "@holdfast/core/events"
import * as Redacted from "effect/Redacted"
import { Webhook } from "standardwebhooks"

/** The headers of a message: who reads it can tell that it is ours, new, and whole. */
export const signedHeaders = (
  { body, id, secrets }: WebhookMessage,
  now: Date
): Record<string, string> => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
  "webhook-signature": secrets
    .map((secret) => new Webhook(Redacted.value(secret)).sign(id, now, body))
    .join(" ")
})
