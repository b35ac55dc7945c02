/** A sender of events to webhooks: for `serveWebhooks` of core, and for the REST API. */

export type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"
export { webhookSender } from "./webhookSender.ts"
