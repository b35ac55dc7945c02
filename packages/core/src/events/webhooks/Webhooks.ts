/** PORT. The webhooks of a log, and what became of the events that they were sent. */
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { ManagementRecord } from "../../kernel/ManagementRecord.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { Webhook, WebhookDelivery, WebhookDeliveryStatus } from "./Webhook.ts"

/** Which deliveries of a webhook are asked for. */
export interface DeliveriesQuery {
  readonly webhookId: string
  readonly status?: WebhookDeliveryStatus | undefined
  /** Only those before this position. */
  readonly before?: number | undefined
  readonly limit: number
}

/**
 * The webhooks of one log. A record that comes with a change is written in the transaction of the change,
 * and not at all when nothing is changed.
 */
export interface Webhooks {
  /** Keeps a new webhook; answers with the one that has its id, which may be there already. */
  readonly create: (
    webhook: Webhook,
    record?: ManagementRecord
  ) => Effect.Effect<Webhook, StoreError>
  /** All of them, by id. */
  readonly list: Effect.Effect<ReadonlyArray<Webhook>, StoreError>
  /** The one with an id; null when there is none. */
  readonly get: (webhookId: string) => Effect.Effect<Webhook | null, StoreError>
  /**
   * Writes a webhook whose `version` is one more than what is kept; false, and nothing is written,
   * when another change came first. When it was last delivered to is left as it is. With `dueAt`, the events
   * that wait for another try are due then, and their tries count from the beginning: with the change, or not
   * at all.
   */
  readonly update: (
    webhook: Webhook,
    record?: ManagementRecord,
    dueAt?: DateTime.Utc
  ) => Effect.Effect<boolean, StoreError>
  /** Removes a webhook and its cursor; false when there is none. */
  readonly remove: (
    webhookId: string,
    record?: ManagementRecord
  ) => Effect.Effect<boolean, StoreError>
  /** Notes what became of events, one note an event, and when the webhook last took one. */
  readonly note: (
    webhookId: string,
    deliveries: ReadonlyArray<WebhookDelivery>
  ) => Effect.Effect<void, StoreError>
  /** Deliveries in the reverse order of their positions, at most `limit`. */
  readonly deliveries: (
    query: DeliveriesQuery
  ) => Effect.Effect<ReadonlyArray<WebhookDelivery>, StoreError>
  /** What became of the events at some positions, in their order; those without a note are left out. */
  readonly deliveriesAt: (
    webhookId: string,
    positions: ReadonlyArray<number>
  ) => Effect.Effect<ReadonlyArray<WebhookDelivery>, StoreError>
  /** Notes the events up to a position that wait for another try as failed: nobody tries them. */
  readonly skipWaiting: (webhookId: string, upTo: number) => Effect.Effect<void, StoreError>
}
