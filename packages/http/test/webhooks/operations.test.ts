/** Compares what each endpoint of webhooks lists with the table of their operations. */
import { type WebhookOperationName, webhookOperations } from "@holdfast/core/events"
import { expect, it } from "vitest"
import { operationsOf } from "../document/requestsOf.ts"
import { serverForTests } from "../server.ts"

const { get } = serverForTests()

const rows: Readonly<Record<string, WebhookOperationName>> = {
  "webhooks.create": "createWebhook",
  "webhooks.list": "webhooks",
  "webhooks.get": "webhook",
  "webhooks.update": "updateWebhook",
  "webhooks.delete": "deleteWebhook",
  "webhooks.rotateSecret": "rotateWebhookSecret",
  "webhooks.test": "testWebhook",
  "webhooks.deliveries": "webhookDeliveries",
  "webhooks.redeliver": "redeliverToWebhook",
  "webhooks.replay": "replayWebhook"
}

/** What any of them can fail with. */
const ofAny = [
  "Unauthenticated",
  "Forbidden",
  "InvalidInput",
  "WebhooksNotHere",
  "AnswerUnreadable",
  "Overloaded",
  "StoreUnavailable"
]

it("the endpoints of webhooks have the sentences and the refusals of their rows", async () => {
  const { json } = await get("/openapi.json")
  const asked = operationsOf(json).filter(({ operationId }) => operationId.startsWith("webhooks."))
  expect(asked.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(rows).sort())
  expect(Object.values(rows).sort()).toEqual(Object.keys(webhookOperations).sort())
  for (const { method, operationId, path } of asked) {
    const { responses, summary } = json.paths[path][method.toLowerCase()]
    const row = webhookOperations[rows[operationId] ?? "webhooks"]
    expect([operationId, summary]).toEqual([operationId, row.summary])
    const found = JSON.stringify(responses).matchAll(/schemas\/(\w+)Problem"/g)
    const listed = new Set([...found].map(([, name]) => name))
    expect([operationId, [...listed].sort()]).toEqual([
      operationId,
      [...ofAny, ...row.refusals].sort()
    ])
  }
})
