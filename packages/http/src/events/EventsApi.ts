/** The event log of any context, by pages and as a stream. Schemas only. */
import { Balance, EventsFilter, EventView, operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { answersOf, failuresOf, problemSchemaOf } from "../inventory/api/refusalSchemas.ts"
import { listInQuery } from "../kit/parameters.ts"
import { streamFailures } from "./eventProblems.ts"

const { events } = operations
const { aggregateIds, types } = EventsFilter.fields

/** The contexts that have a log. */
const Context = Schema.Literals(["inventory"]).annotate({
  description: "Whose events: inventory unless given."
})

const lists = {
  types: Schema.optionalKey(listInQuery(types.schema)),
  aggregateIds: Schema.optionalKey(listInQuery(aggregateIds.schema))
}

/** An event as a stream has it: its position is the id of the message. */
const Envelope = EventView.mapFields(Struct.omit(["position"])).annotate({
  identifier: "EventEnvelope"
})

/** A message of a stream: its id is a position, its name the type of the event, or `gone`. */
const Message = Schema.Struct({
  id: Schema.optional(Schema.String),
  event: Schema.String,
  data: Schema.fromJsonString(Schema.Union([Envelope, problemSchemaOf("PositionGone")]))
}).annotate({ identifier: "EventMessage" })

/** The endpoints of the event logs. */
export const EventsApi = HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("list", "/api/events", {
      ...answersOf("events"),
      query: { context: Schema.optionalKey(Context), ...events.input.fields, ...lists }
    }).annotate(OpenApi.Summary, events.summary),
    HttpApiEndpoint.get("stream", "/api/events/stream", {
      query: {
        context: Schema.optionalKey(Context),
        after: Schema.optionalKey(Balance),
        ...lists
      },
      headers: {
        "last-event-id": Schema.optionalKey(
          Balance.annotate({ description: "Where the client stopped; it wins over `after`." })
        )
      },
      success: HttpApiSchema.StreamSse({ events: Message }),
      error: [...failuresOf("events"), ...streamFailures]
    })
      .annotate(OpenApi.Summary, "The event log as it grows: Server-Sent Events")
      .annotate(
        OpenApi.Description,
        "Events after a position, or else from now on, until the client leaves. The id of a message " +
          "is the position of its event, its name is the type of the event, and its data is the " +
          "envelope of the event as JSON. A client that connects again with `Last-Event-ID` misses " +
          "nothing. When the next events were dropped meanwhile, the last message is `gone`."
      )
  )
  .annotate(OpenApi.Title, "Events")
