/** The webhooks of a log: a row each, and a row for each event that one was sent. */
import type { EventId } from "@holdfast/core/engine"
import {
  cursorOfWebhook,
  type Webhook,
  type WebhookDelivery,
  type WebhookDeliveryStatus,
  type WebhookStatus,
  type Webhooks
} from "@holdfast/core/events"
import { StoreError } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { RunChange } from "../audit/recordedChanges.ts"
import type { Query, Row } from "../connection/Query.ts"
import { type SqlFailure, toStoreError } from "../connection/SqlFailure.ts"
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
} from "./statements/webhooks.ts"

type Run = (
  queries: ReadonlyArray<Query>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>

const instantOf = (value: unknown): DateTime.Utc => DateTime.makeUnsafe(value as number)
const instantOrNull = (value: unknown): DateTime.Utc | null =>
  value === null ? null : instantOf(value)

const toWebhook = (row: Row): Webhook => {
  const previousUntil = instantOrNull(row["previous_until"])
  const eventTypes = row["event_types"] as string | null
  return {
    webhookId: row["webhook_id"] as string,
    url: row["url"] as string,
    description: row["description"] as string | null,
    eventTypes: eventTypes === null ? null : JSON.parse(eventTypes),
    status: row["status"] as WebhookStatus,
    pausedBecause: row["paused_because"] as string | null,
    secret: Redacted.make(row["secret"] as string),
    previous:
      previousUntil === null
        ? null
        : { secret: Redacted.make(row["previous_secret"] as string), until: previousUntil },
    replays: row["replays"] as number,
    version: row["version"] as number,
    madeOf: row["made_of"] as string,
    rotatedBy: row["rotated_by"] as string | null,
    createdAt: instantOf(row["created_at"]),
    updatedAt: instantOf(row["updated_at"]),
    lastDeliveredAt: instantOrNull(row["last_delivered_at"])
  }
}

const toDelivery = (row: Row): WebhookDelivery => ({
  position: row["position"] as number,
  eventId: row["event_id"] as EventId,
  eventType: row["event_type"] as string,
  aggregateId: row["aggregate_id"] as string,
  status: row["status"] as WebhookDeliveryStatus,
  tries: row["tries"] as number,
  firstTriedAt: instantOf(row["first_tried_at"]),
  lastTriedAt: instantOf(row["last_tried_at"]),
  nextTryAt: instantOrNull(row["next_try_at"]),
  httpStatus: row["http_status"] as number | null,
  problem: row["problem"] as string | null,
  durationMillis: row["duration_millis"] as number,
  replays: row["replays"] as number
})

/** Makes the webhooks of a schema. */
export const makePgWebhooks = (schema: string, run: Run, change: RunChange): Webhooks => {
  const changed = (...of: Parameters<RunChange>) => Effect.mapError(change(...of), toStoreError)
  const rowsOf = (...queries: ReadonlyArray<Query>) =>
    Effect.mapBoth(run(queries), {
      onSuccess: (answers) => answers.at(-1) ?? [],
      onFailure: toStoreError
    })
  const statements = {
    insert: insertWebhook(schema),
    update: updateWebhook(schema),
    remove: deleteWebhook(schema),
    list: readWebhooks(schema),
    get: readWebhook(schema),
    note: noteDeliveries(schema),
    deliveries: readDeliveries(schema),
    deliveriesAt: readDeliveriesAt(schema),
    skip: skipDeliveries(schema),
    updateDue: updateDueWebhook(schema)
  }
  return {
    create: (webhook, record) =>
      Effect.flatMap(
        changed([statements.insert(webhook), statements.get(webhook.webhookId)], record),
        ([, [row] = [] as ReadonlyArray<Row>]) =>
          row === undefined
            ? Effect.fail(
                new StoreError({
                  reason: "Busy",
                  message: "the webhook was removed while it was made; try again"
                })
              )
            : Effect.succeed(toWebhook(row))
      ),
    list: Effect.map(rowsOf(statements.list()), (rows) => rows.map(toWebhook)),
    get: (webhookId) =>
      Effect.map(rowsOf(statements.get(webhookId)), ([row]) =>
        row === undefined ? null : toWebhook(row)
      ),
    update: (webhook, record, dueAt) => {
      const write =
        dueAt === undefined
          ? statements.update(webhook)
          : statements.updateDue(webhook, dueAt.epochMilliseconds)
      return Effect.map(changed([write], record), ([rows]) => rows?.length === 1)
    },
    remove: (webhookId, record) =>
      Effect.map(
        changed([statements.remove(webhookId, cursorOfWebhook(webhookId))], record),
        ([rows]) => rows?.length === 1
      ),
    note: (webhookId, deliveries) => Effect.asVoid(rowsOf(statements.note(webhookId, deliveries))),
    deliveries: ({ before = Number.MAX_SAFE_INTEGER, limit, status, webhookId }) =>
      Effect.map(rowsOf(statements.deliveries(webhookId, before, limit, status)), (rows) =>
        rows.map(toDelivery)
      ),
    deliveriesAt: (webhookId, positions) =>
      Effect.map(rowsOf(statements.deliveriesAt(webhookId, positions)), (rows) =>
        rows.map(toDelivery)
      ),
    skipWaiting: (webhookId, upTo) => Effect.asVoid(rowsOf(statements.skip(webhookId, upTo)))
  }
}
