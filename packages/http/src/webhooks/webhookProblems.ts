/** The problems of those who manage webhooks. */
import type {
  PositionBeyondHead,
  PositionGone,
  TooManyWebhooks,
  WebhookDeliveryNotFound,
  WebhookKeyReused,
  WebhookNotFound,
  WebhookOperationName
} from "@holdfast/core/events"
import { webhookOperations } from "@holdfast/core/events"
import type { InvalidInput, StoreError } from "@holdfast/core/inventory"
import * as Schema from "effect/Schema"
import {
  beyondFailure,
  beyondProblem,
  goneProblem,
  problemSchema
} from "../events/eventProblems.ts"
import { refusalSchemaOf } from "../inventory/api/refusalSchemas.ts"
import { type ProblemAnswer, problemOf, problemType, refusalMembers } from "../kit/Problem.ts"
import { storeFailures } from "../kit/refusalSchemas.ts"

const kinds = {
  WebhookNotFound: {
    status: 404,
    slug: "webhook-not-found",
    title: "There is no such webhook",
    fields: { webhookId: Schema.String }
  },
  WebhookDeliveryNotFound: {
    status: 404,
    slug: "webhook-delivery-not-found",
    title: "The webhook was never sent that",
    fields: { webhookId: Schema.String, positions: Schema.Array(Schema.Int) }
  },
  TooManyWebhooks: {
    status: 409,
    slug: "too-many-webhooks",
    title: "There are as many webhooks as there may be",
    fields: { webhooksMax: Schema.Int }
  }
} as const

const notHere = {
  status: 403,
  slug: "webhooks-not-here",
  title: "Webhooks cannot be managed from here"
} as const

const schemas = {
  WebhookNotFound: problemSchema(
    kinds.WebhookNotFound,
    "WebhookNotFoundProblem",
    kinds.WebhookNotFound.fields
  ),
  WebhookDeliveryNotFound: problemSchema(
    kinds.WebhookDeliveryNotFound,
    "WebhookDeliveryNotFoundProblem",
    kinds.WebhookDeliveryNotFound.fields
  ),
  TooManyWebhooks: problemSchema(
    kinds.TooManyWebhooks,
    "TooManyWebhooksProblem",
    kinds.TooManyWebhooks.fields
  ),
  IdempotencyMismatch: refusalSchemaOf("IdempotencyMismatch"),
  PositionGone: refusalSchemaOf("PositionGone"),
  PositionBeyondLog: beyondFailure
}

type Schemas = typeof schemas

type RefusalOf<Name extends WebhookOperationName> =
  (typeof webhookOperations)[Name]["refusals"][number]

const notHereSchema = problemSchema(notHere, "WebhooksNotHereProblem", {})

/** What an endpoint of webhooks can fail with, from the table of operations. */
export const webhookFailuresOf = <Name extends WebhookOperationName>(name: Name) => {
  const tags: ReadonlyArray<RefusalOf<Name>> = webhookOperations[name].refusals
  return [
    refusalSchemaOf("Unauthenticated"),
    refusalSchemaOf("Forbidden"),
    refusalSchemaOf("InvalidInput"),
    notHereSchema,
    ...tags.map((tag): Schemas[RefusalOf<Name>] => schemas[tag]),
    ...storeFailures
  ]
}

/** Why something cannot be done with a webhook. */
export type WebhookFailure =
  | InvalidInput.InvalidInput
  | PositionBeyondHead
  | PositionGone
  | StoreError
  | TooManyWebhooks
  | WebhookDeliveryNotFound
  | WebhookKeyReused
  | WebhookNotFound

const problemWith = (
  kind: { readonly slug: string; readonly status: number; readonly title: string },
  detail: string,
  fields: object = {}
): ProblemAnswer => {
  const { slug, status, title } = kind
  return { problem: { type: problemType(slug), title, status, detail, ...fields } }
}

/** The problem of a failure. */
export const webhookProblem = (failure: WebhookFailure): ProblemAnswer => {
  switch (failure._tag) {
    case "WebhookNotFound": {
      const { message, webhookId } = failure
      return problemWith(kinds.WebhookNotFound, message, { webhookId })
    }
    case "WebhookDeliveryNotFound": {
      const { message, positions, webhookId } = failure
      return problemWith(kinds.WebhookDeliveryNotFound, message, { webhookId, positions })
    }
    case "TooManyWebhooks": {
      const { message, webhooksMax } = failure
      return problemWith(kinds.TooManyWebhooks, message, { webhooksMax })
    }
    case "WebhookKeyReused":
      return { problem: refusalMembers({ _tag: "IdempotencyMismatch", key: failure.key }) }
    case "PositionGone":
      return goneProblem(failure)
    case "PositionBeyondHead":
      return beyondProblem(failure.position, failure.head)
    default:
      return problemOf(failure)
  }
}

/** A request may not manage webhooks, and why. */
export const notHereProblem = (detail: string): ProblemAnswer => problemWith(notHere, detail)
