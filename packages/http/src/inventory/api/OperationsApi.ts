/** What an operator and a follower of events may ask: reconciliation, the event log, health. */
import { Balance, EventsFilter, LocationId, PageSize, SkuId } from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { pageQuery } from "../../kit/parameters.ts"
import { refusalsOf, storeFailures } from "./refusalSchemas.ts"

/** A level that disagrees with its evidence, by how many units, and what it should say. */
export const DriftedLevel = Schema.Struct({
  skuId: SkuId,
  locationId: LocationId,
  totalQuantity: Schema.Int,
  ledgerQuantity: Schema.Int,
  reservedQuantity: Schema.Int,
  heldQuantity: Schema.Int,
  totalDrift: Schema.Int,
  reservedDrift: Schema.Int,
  repair: Schema.Struct({ totalQuantity: Schema.Int, reservedQuantity: Schema.Int })
}).annotate({ identifier: "DriftedLevel" })

/**
 * What a stretch of the levels came to. `accuracy` is the share that agrees, drifts are in units.
 * `next` is the cursor where the stretch ended, null when it was the last.
 */
export const ReconciliationView = Schema.Struct({
  levels: Schema.Int,
  agreeing: Schema.Int,
  accuracy: Schema.Finite,
  totalDrift: Schema.Int,
  reservedDrift: Schema.Int,
  drifted: Schema.Array(DriftedLevel),
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Reconciliation" })

/** One event of the log. */
export const EventView = Schema.Struct({
  position: Balance,
  eventId: Schema.String,
  eventType: Schema.String,
  aggregateId: Schema.String,
  version: Schema.Int,
  timestamp: Schema.String,
  commandId: Schema.String,
  correlationId: Schema.NullOr(Schema.String),
  traceparent: Schema.NullOr(Schema.String),
  payload: Schema.Record(Schema.String, Schema.Json)
}).annotate({ identifier: "Event" })

/** Events after a position; `next` is where to go on, whether or not there was one. */
export const EventsView = Schema.Struct({ items: Schema.Array(EventView), next: Balance })

const Health = Schema.Struct({ status: Schema.Literals(["live", "ready"]) })

/** The endpoints of operators. */
export const OperationsApi = HttpApiGroup.make("operations")
  .add(
    HttpApiEndpoint.get("reconciliation", "/api/inventory/reconciliation", {
      query: pageQuery,
      success: ReconciliationView,
      error: [...refusalsOf("InvalidInput"), ...storeFailures]
    }).annotate(
      OpenApi.Summary,
      "Levels beside the ledger and the open holds, with proposed repairs; changes nothing"
    ),
    HttpApiEndpoint.get("events", "/api/inventory/events", {
      query: {
        ...EventsFilter.fields,
        after: Schema.optionalKey(Balance),
        size: Schema.optionalKey(PageSize)
      },
      success: EventsView,
      error: [...refusalsOf("InvalidInput"), ...storeFailures]
    }).annotate(
      OpenApi.Summary,
      "The event log after a position, in order, without gaps; of a SKU, an order or a type"
    )
  )
  .annotate(OpenApi.Title, "Operations")

/** Whether the server lives, and whether it can serve. */
export const HealthApi = HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Health }).annotate(
      OpenApi.Summary,
      "The process answers"
    ),
    HttpApiEndpoint.get("ready", "/health/ready", {
      success: Health,
      error: storeFailures
    }).annotate(OpenApi.Summary, "The store answers; 503 when it does not")
  )
  .annotate(OpenApi.Title, "Health")
