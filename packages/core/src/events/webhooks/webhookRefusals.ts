/** Why something cannot be done with a webhook. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { Webhook } from "./Webhook.ts"
import type { Webhooks } from "./Webhooks.ts"

/** There is no webhook with this id. */
export class WebhookNotFound extends Data.TaggedError("WebhookNotFound")<{
  readonly webhookId: string
}> {
  override get message(): string {
    return `there is no webhook ${this.webhookId}`
  }
}

/** A webhook was not sent what is at these positions, or the log does not have it any more. */
export class WebhookDeliveryNotFound extends Data.TaggedError("WebhookDeliveryNotFound")<{
  readonly webhookId: string
  readonly positions: ReadonlyArray<number>
}> {
  override get message(): string {
    return (
      `the webhook ${this.webhookId} was never sent an event at ${this.positions.join(", ")}, or the ` +
      "log does not have that event any more; its deliveries name the positions"
    )
  }
}

/** There are as many webhooks as there may be. */
export class TooManyWebhooks extends Data.TaggedError("TooManyWebhooks")<{
  readonly webhooksMax: number
}> {
  override get message(): string {
    return `there are ${this.webhooksMax} webhooks, and there may be no more; delete one first`
  }
}

/** The idempotency key was used for another request before. */
export class WebhookKeyReused extends Data.TaggedError("WebhookKeyReused")<{
  readonly key: string
}> {
  override get message(): string {
    return "this idempotency key was used for another request; use a new key"
  }
}

/** One bad field. */
export const invalid = (path: string, message: string): InvalidInput => ({
  _tag: "InvalidInput",
  issues: [{ path, message }]
})

/** Reads a webhook that must be there. */
export const webhookById =
  ({ get }: Webhooks) =>
  (webhookId: string): Effect.Effect<Webhook, WebhookNotFound | StoreError> =>
    Effect.flatMap(get(webhookId), (webhook) =>
      webhook === null ? Effect.fail(new WebhookNotFound({ webhookId })) : Effect.succeed(webhook)
    )
