/**
 * What can be done with webhooks, one row each: what it takes, what it answers, one sentence of what
 * it does, and its refusals beside input that cannot be read.
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ofWebhooks, type Permission } from "../../access/Permission.ts"
import { Uuid, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { PageSize } from "../../kernel/Page.ts"
import { Balance } from "../../kernel/Quantity.ts"
import { label } from "../../kernel/Text.ts"
import {
  type Webhook,
  WebhookDeliveryStatus,
  WebhookDescription,
  WebhookSecret,
  WebhookStatus,
  WebhookUrl
} from "./Webhook.ts"

const optional = Schema.optionalKey
const nullable = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const EventTypes = Schema.Array(label(1, 100)).check(Schema.isBetweenLength(1, 100))

/** A webhook as it is shown: without its secret. */
export const WebhookView = Schema.Struct({
  webhookId: Schema.String,
  context: Schema.String.annotate({ description: "Whose events are sent" }),
  url: Schema.String,
  description: Schema.NullOr(Schema.String),
  eventTypes: Schema.NullOr(Schema.Array(Schema.String)).annotate({
    description: "The types of events that are sent; null for all"
  }),
  status: WebhookStatus,
  pausedBecause: Schema.NullOr(Schema.String).annotate({
    description: "Why it was paused by itself; null when it was not"
  }),
  oldSecretUntil: Schema.NullOr(Timestamp).annotate({
    description: "Until when its old secret signs as well"
  }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  lastDeliveredAt: Schema.NullOr(Timestamp)
}).annotate({ identifier: "Webhook" })

const SecretView = WebhookView.mapFields((fields) => ({
  ...fields,
  secret: WebhookSecret
})).annotate({ identifier: "WebhookWithSecret" })

/** What became of an event, as it is shown. */
export const WebhookDeliveryView = Schema.Struct({
  position: Schema.Int,
  eventId: unchecked.eventId,
  eventType: Schema.String,
  aggregateId: Schema.String,
  status: WebhookDeliveryStatus,
  tries: Schema.Int,
  firstTriedAt: Timestamp,
  lastTriedAt: Timestamp,
  nextTryAt: Schema.NullOr(Timestamp),
  httpStatus: Schema.NullOr(Schema.Int),
  problem: Schema.NullOr(Schema.String).annotate({ description: "What was wrong the last time" }),
  durationMillis: Schema.Int
}).annotate({ identifier: "WebhookDelivery" })

const TestView = Schema.Struct({
  isDelivered: Schema.Boolean,
  httpStatus: Schema.NullOr(Schema.Int),
  problem: Schema.NullOr(Schema.String),
  durationMillis: Schema.Int
}).annotate({ identifier: "WebhookTest" })

const ofWebhook = { webhookId: Uuid }

const listOf = <S extends Schema.Top>(item: S) => Schema.Struct({ items: Schema.Array(item) })

/** The operations. */
export const webhookOperations = {
  createWebhook: {
    permission: ofWebhooks.manage,
    summary: "Send the events of the log to an address, from now on or from the first one",
    input: Schema.Struct({
      url: WebhookUrl,
      description: nullable(WebhookDescription),
      eventTypes: nullable(EventTypes),
      secret: optional(WebhookSecret),
      from: optional(Schema.Literals(["FIRST", "LAST"]))
    }),
    answer: SecretView,
    refusals: ["TooManyWebhooks", "IdempotencyMismatch"]
  },
  webhooks: {
    permission: ofWebhooks.manage,
    summary: "List webhooks",
    input: Schema.Struct({}),
    answer: listOf(WebhookView),
    refusals: []
  },
  webhook: {
    permission: ofWebhooks.manage,
    summary: "Read a webhook",
    input: Schema.Struct(ofWebhook),
    answer: WebhookView,
    refusals: ["WebhookNotFound"]
  },
  updateWebhook: {
    record: "ChangeWebhook",
    permission: ofWebhooks.manage,
    summary: "Change a webhook, pause it, or make it active; what is left out stays",
    input: Schema.Struct({
      ...ofWebhook,
      url: optional(WebhookUrl),
      description: nullable(WebhookDescription),
      eventTypes: nullable(EventTypes),
      status: optional(WebhookStatus)
    }),
    answer: WebhookView,
    refusals: ["WebhookNotFound"]
  },
  deleteWebhook: {
    record: "RemoveWebhook",
    permission: ofWebhooks.manage,
    summary: "Delete a webhook",
    input: Schema.Struct(ofWebhook),
    answer: Schema.Void,
    refusals: ["WebhookNotFound"]
  },
  rotateWebhookSecret: {
    permission: ofWebhooks.manage,
    summary: "Give a webhook a new secret; the old one signs as well for a while",
    input: Schema.Struct({
      ...ofWebhook,
      secret: optional(WebhookSecret),
      oldSecretSeconds: optional(
        Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_592_000 }))
      )
    }),
    answer: SecretView,
    refusals: ["IdempotencyMismatch", "WebhookNotFound"]
  },
  testWebhook: {
    permission: ofWebhooks.manage,
    summary: "Send an event of the type webhook.test now, once, and answer with what came of it",
    input: Schema.Struct(ofWebhook),
    answer: TestView,
    refusals: ["WebhookNotFound"]
  },
  webhookDeliveries: {
    permission: ofWebhooks.manage,
    summary: "What became of events, the last first",
    input: Schema.Struct({
      ...ofWebhook,
      status: optional(WebhookDeliveryStatus),
      before: optional(Balance),
      size: optional(PageSize)
    }),
    answer: Schema.Struct({
      items: Schema.Array(WebhookDeliveryView),
      next: Schema.NullOr(Schema.Int).annotate({
        description: "The `before` of the next page; null at the end"
      })
    }),
    refusals: ["WebhookNotFound"]
  },
  redeliverToWebhook: {
    permission: ofWebhooks.manage,
    summary:
      "Send events again, now and once: those of one aggregate in their order, up to the first that is not taken",
    input: Schema.Struct({
      ...ofWebhook,
      positions: Schema.Array(Balance).check(Schema.isBetweenLength(1, 20))
    }),
    answer: listOf(WebhookDeliveryView),
    refusals: ["WebhookNotFound", "WebhookDeliveryNotFound"]
  },
  replayWebhook: {
    permission: ofWebhooks.manage,
    summary:
      "Set a webhook to another position: it gets every event after it, also those that it had",
    input: Schema.Struct({ ...ofWebhook, after: Balance }),
    answer: WebhookView,
    refusals: ["WebhookNotFound", "PositionGone", "PositionBeyondLog"]
  }
} as const satisfies {
  readonly [name: string]: {
    readonly permission: Permission
    readonly summary: string
    /** What records call it, where that is not its name. */
    readonly record?: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<string>
  }
}

/** The name of an operation. */
export type WebhookOperationName = keyof typeof webhookOperations

/** A webhook of the log of a context as it is shown. */
export const webhookView = (webhook: Webhook, context: string): typeof WebhookView.Type => {
  const { createdAt, description, eventTypes, lastDeliveredAt, previous, updatedAt } = webhook
  const { pausedBecause, status, url, webhookId } = webhook
  const oldSecretUntil = previous?.until ?? null
  return {
    ...{ webhookId, context, url, description, eventTypes, status, pausedBecause, oldSecretUntil },
    ...{ createdAt, updatedAt, lastDeliveredAt }
  }
}

/** The same with its secret: for who has just made it. */
export const webhookWithSecret = (webhook: Webhook, context: string): typeof SecretView.Type => ({
  ...webhookView(webhook, context),
  secret: Redacted.value(webhook.secret)
})
