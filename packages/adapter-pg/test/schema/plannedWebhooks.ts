/** The statements of webhooks, for the test of plans. */
import { createHash } from "node:crypto"
import type { Webhook, WebhookDelivery } from "@holdfast/core/events"
import * as Redacted from "effect/Redacted"
import {
  diagnoseDeliveries,
  diagnoseWebhooks
} from "../../src/events/statements/diagnoseWebhooks.ts"
import {
  deleteWebhook,
  insertWebhook,
  noteDeliveries,
  readDeliveries,
  readDeliveriesAt,
  readWebhook,
  readWebhooks,
  skipDeliveries,
  updateDueWebhook,
  updateWebhook
} from "../../src/events/statements/webhooks.ts"
import { deleteDeliveries } from "../../src/transaction/statements/deleteOld.ts"
import { event, now } from "./plannedRows.ts"
import type { Planned } from "./plans.ts"

const idOf = (text: string) =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5")

const webhookId = idOf("w2")

const webhook: Webhook = {
  ...{ webhookId, url: "https://shop.example", description: null, eventTypes: ["a", "b"] },
  ...{ status: "ACTIVE", pausedBecause: null, secret: Redacted.make("s"), previous: null },
  ...{ replays: 0, version: 2, madeOf: "m", rotatedBy: null, createdAt: now, updatedAt: now },
  lastDeliveredAt: null
}

const note: WebhookDelivery = {
  ...{ position: 6, eventId: event.eventId, eventType: "a", aggregateId: "sku-1", tries: 1 },
  ...{ status: "DELIVERED", firstTriedAt: now, lastTriedAt: now, nextTryAt: null },
  ...{ httpStatus: 200, problem: null, durationMillis: 5, replays: 0 }
}

const schema = "inventory"
const ofWebhook = ["webhook_deliveries_pkey"]
const open = ["webhook_deliveries_open"]

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedWebhooks: ReadonlyArray<Planned> = [
  ["read all webhooks", readWebhooks(schema)(), ["webhooks_pkey"], 120],
  ["read a webhook", readWebhook(schema)(webhookId), ["webhooks_pkey"], 10],
  ["insert a webhook", insertWebhook(schema)({ ...webhook, webhookId: idOf("new") }), [], 40],
  ["update a webhook", updateWebhook(schema)(webhook), ["webhooks_pkey"], 40],
  ["note a delivery", noteDeliveries(schema)(webhookId, [note]), ["webhooks_pkey"], 80],
  ["read deliveries", readDeliveries(schema)(webhookId, 1e9, 20, undefined), ofWebhook, 80],
  ["read deliveries that failed", readDeliveries(schema)(webhookId, 1e9, 20, "FAILED"), open, 80],
  ["read deliveries that wait", readDeliveries(schema)(webhookId, 1e9, 20, "WAITING"), open, 80],
  ["read deliveries at positions", readDeliveriesAt(schema)(webhookId, [6, 106]), ofWebhook, 40],
  ["skip the deliveries that wait", skipDeliveries(schema)(webhookId, 1e9), open, 1_000],
  [
    "update a webhook and retry the deliveries that wait",
    updateDueWebhook(schema)(webhook, Date.now()),
    ["webhooks_pkey", ...open],
    1_000
  ],
  ["forget deliveries", deleteDeliveries(schema)(5_000), ["webhook_deliveries_last_tried_at"], 40],
  ["diagnose webhooks", diagnoseWebhooks(schema), ["webhooks_pkey"], 120],
  ["diagnose deliveries", diagnoseDeliveries(schema, 10_000), open, 1_000],
  ["delete a webhook", deleteWebhook(schema)(webhookId, "relay-9"), ["webhooks_pkey"], 40]
]
