/** What an operator and a follower of events may ask: reconciliation, the event log, health. */
import { queryAnswers, queryInputs } from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { refusalsOf, storeFailures } from "./refusalSchemas.ts"

const Health = Schema.Struct({ status: Schema.Literals(["live", "ready"]) })

/** The endpoints of operators. */
export const OperationsApi = HttpApiGroup.make("operations")
  .add(
    HttpApiEndpoint.get("reconciliation", "/api/inventory/reconciliation", {
      query: queryInputs.reconcilePart.fields,
      success: queryAnswers.reconcilePart,
      error: [...refusalsOf("InvalidInput"), ...storeFailures]
    }).annotate(
      OpenApi.Summary,
      "Levels beside the ledger and the open holds, with proposed repairs; changes nothing"
    ),
    HttpApiEndpoint.get("events", "/api/inventory/events", {
      query: queryInputs.events.fields,
      success: queryAnswers.events,
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
