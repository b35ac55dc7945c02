/**
 * Events on their way out of a context, for the author of a destination: the log, its cursors, the
 * port of a publisher, and the relay that moves one into the other.
 */

export * from "./events/CursorMove.ts"
export * from "./events/Cursors.ts"
export * from "./events/EventConsumer.ts"
export * from "./events/EventLog.ts"
export * from "./events/EventPublisher.ts"
export { eventView, placeFields } from "./events/EventView.ts"
export { envelopeJson } from "./events/envelope.ts"
export { eventOperations } from "./events/eventOperations.ts"
export { LogWatchers } from "./events/LogWatchers.ts"
export * from "./events/logStream.ts"
export * from "./events/PositionGone.ts"
export { readAfter, type Witness } from "./events/readAfter.ts"
export * from "./events/relay/EventRelay.ts"
export type { Destination } from "./events/relay/publishing.ts"
export { InvalidOptions } from "./events/relay/readRelayOptions.ts"
export * from "./events/relay/redriveDeadLetters.ts"
export { sealerCursor } from "./events/relay/reservedCursors.ts"
export * from "./events/relay/Subscription.ts"
export { encryptedWebhooks, webhookSecretColumns } from "./events/webhooks/encryptedWebhooks.ts"
export * from "./events/webhooks/Webhook.ts"
export type * from "./events/webhooks/WebhookSender.ts"
export type * from "./events/webhooks/Webhooks.ts"
export * from "./events/webhooks/webhookManagement.ts"
export * from "./events/webhooks/webhookOperations.ts"
export {
  TooManyWebhooks,
  WebhookDeliveryNotFound,
  WebhookKeyReused,
  WebhookNotFound
} from "./events/webhooks/webhookRefusals.ts"
export { serveWebhooks, type WebhookRelaysOptions } from "./events/webhooks/webhookRelays.ts"
export { makeWebhookSending } from "./events/webhooks/webhookSending.ts"
export { aggregateTypeOf, contextOf } from "./kernel/DomainEvent.ts"
