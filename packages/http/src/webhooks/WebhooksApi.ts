/** Webhooks: where the events of a log are sent over HTTP. Schemas only. */
import { webhookOperations } from "@holdfast/core/events"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { type ContextName, contextSchemaOf, eventTypeSchemaOf } from "../events/contexts.ts"
import { emptyBody, optionalBody, writeHeaders } from "../kit/parameters.ts"
import { webhookFailuresOf } from "./webhookProblems.ts"

const {
  createWebhook,
  deleteWebhook,
  redeliverToWebhook,
  replayWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
  webhook,
  webhookDeliveries,
  webhooks
} = webhookOperations

const { webhookId } = webhook.input.fields
const params = { webhookId }
const headers = { "idempotency-key": writeHeaders["idempotency-key"] }

/** The types of events of these contexts; those of the table may be of any. */
const eventTypesFor = (contexts: ReadonlyArray<ContextName>) =>
  Schema.optionalKey(
    Schema.NullOr(
      // A filter of a read takes fewer types, since it is a condition in SQL; this one is a set in memory.
      Schema.Array(eventTypeSchemaOf(contexts)).check(
        Schema.isBetweenLength(1, 100, { message: "must have 1 to 100 event types" })
      )
    ).annotate({
      description: "The types of events that are sent, of its context; all of them unless given"
    })
  )

/** The endpoints of the webhooks of these contexts. */
export const webhooksApiOf = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiGroup.make("webhooks")
    .add(
      HttpApiEndpoint.post("create", "/api/webhooks", {
        headers,
        payload: createWebhook.input.mapFields(
          Struct.assign({
            context: Schema.optionalKey(contextSchemaOf(contexts)),
            eventTypes: eventTypesFor(contexts)
          })
        ),
        success: createWebhook.answer.pipe(HttpApiSchema.status(201)),
        error: webhookFailuresOf("createWebhook")
      }).annotate(OpenApi.Summary, createWebhook.summary),
      HttpApiEndpoint.get("list", "/api/webhooks", {
        success: webhooks.answer,
        error: webhookFailuresOf("webhooks")
      }).annotate(OpenApi.Summary, webhooks.summary),
      HttpApiEndpoint.get("get", "/api/webhooks/:webhookId", {
        params,
        success: webhook.answer,
        error: webhookFailuresOf("webhook")
      }).annotate(OpenApi.Summary, webhook.summary),
      HttpApiEndpoint.patch("update", "/api/webhooks/:webhookId", {
        params,
        payload: updateWebhook.input
          .mapFields(Struct.omit(["webhookId"]))
          .mapFields(Struct.assign({ eventTypes: eventTypesFor(contexts) })),
        success: updateWebhook.answer,
        error: webhookFailuresOf("updateWebhook")
      }).annotate(OpenApi.Summary, updateWebhook.summary),
      HttpApiEndpoint.delete("delete", "/api/webhooks/:webhookId", {
        params,
        success: HttpApiSchema.NoContent,
        error: webhookFailuresOf("deleteWebhook")
      }).annotate(OpenApi.Summary, deleteWebhook.summary),
      HttpApiEndpoint.post("rotateSecret", "/api/webhooks/:webhookId/secret", {
        headers,
        params,
        payload: optionalBody(rotateWebhookSecret.input.mapFields(Struct.omit(["webhookId"]))),
        success: rotateWebhookSecret.answer,
        error: webhookFailuresOf("rotateWebhookSecret")
      }).annotate(OpenApi.Summary, rotateWebhookSecret.summary),
      HttpApiEndpoint.post("test", "/api/webhooks/:webhookId/test", {
        params,
        payload: emptyBody,
        success: testWebhook.answer,
        error: webhookFailuresOf("testWebhook")
      }).annotate(OpenApi.Summary, testWebhook.summary),
      HttpApiEndpoint.get("deliveries", "/api/webhooks/:webhookId/deliveries", {
        params,
        query: Struct.omit(webhookDeliveries.input.fields, ["webhookId"]),
        success: webhookDeliveries.answer,
        error: webhookFailuresOf("webhookDeliveries")
      }).annotate(OpenApi.Summary, webhookDeliveries.summary),
      HttpApiEndpoint.post("redeliver", "/api/webhooks/:webhookId/redeliver", {
        params,
        payload: redeliverToWebhook.input.mapFields(Struct.omit(["webhookId"])),
        success: redeliverToWebhook.answer,
        error: webhookFailuresOf("redeliverToWebhook")
      }).annotate(OpenApi.Summary, redeliverToWebhook.summary),
      HttpApiEndpoint.post("replay", "/api/webhooks/:webhookId/replay", {
        params,
        payload: replayWebhook.input.mapFields(Struct.omit(["webhookId"])),
        success: replayWebhook.answer,
        error: webhookFailuresOf("replayWebhook")
      }).annotate(OpenApi.Summary, replayWebhook.summary)
    )
    .annotate(OpenApi.Title, "Webhooks")
    .annotate(
      OpenApi.Description,
      "Receivers of events, for those without a broker. They are managed from the machine of the " +
        "server itself, unless the host of the API allows more."
    )
