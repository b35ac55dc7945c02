/** What an operator and a follower of events may ask: reconciliation, and the event log. */
import { EventsFilter, operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { listInQuery } from "../../kit/parameters.ts"
import { answersOf } from "./refusalSchemas.ts"

const { events, reconcilePart } = operations
const { aggregateIds, types } = EventsFilter.fields

/** The endpoints of operators. */
export const OperationsApi = HttpApiGroup.make("operations")
  .add(
    HttpApiEndpoint.get("reconciliation", "/api/inventory/reconciliation", {
      ...answersOf("reconcilePart"),
      query: reconcilePart.input.fields
    }).annotate(OpenApi.Summary, reconcilePart.summary),
    HttpApiEndpoint.get("events", "/api/inventory/events", {
      ...answersOf("events"),
      query: {
        ...events.input.fields,
        types: Schema.optionalKey(listInQuery(types.schema)),
        aggregateIds: Schema.optionalKey(listInQuery(aggregateIds.schema))
      }
    })
      .annotate(OpenApi.Summary, events.summary)
      .annotate(OpenApi.Description, "The same as `GET /api/events` of the context inventory.")
  )
  .annotate(OpenApi.Title, "Operations")
