/** Events sent to webhooks: a sender, and a way to serve webhooks beside an inventory or a catalog. */

export { type SentWebhooks, sendWebhooks, type WebhookHost } from "./sendWebhooks.ts"
export type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"
export { webhookSender } from "./webhookSender.ts"
