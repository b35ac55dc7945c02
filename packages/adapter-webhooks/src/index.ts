/** Events sent to webhooks: a sender, and a way to serve webhooks beside an inventory. */

export { type SentWebhooks, sendWebhooks } from "./sendWebhooks.ts"
export type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"
export { webhookSender } from "./webhookSender.ts"
