/** The event log of any context, by pages and as a stream. Schemas only. */
import { operations as catalogOperations } from "@holdfast/core/catalog"
import { placeFields } from "@holdfast/core/events"
import { EventsFilter, EventView, operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { answersOf, failuresOf, problemSchemaOf } from "../inventory/api/refusalSchemas.ts"
import { listInQuery } from "../kit/parameters.ts"
import { type ContextName, contextSchemaOf, eventTypeSchemaOf } from "./contexts.ts"
import { beyondFailure, streamFailures } from "./eventProblems.ts"
import { messageIdPattern, placeOf } from "./serverSentEvents.ts"

const { events } = operations
const { aggregateIds } = EventsFilter.fields

/** The most types of events that one request names. */
const typesMax = 16

const listsOf = (contexts: ReadonlyArray<ContextName>) => ({
  types: Schema.optionalKey(
    listInQuery(
      Schema.Array(eventTypeSchemaOf(contexts)).check(
        Schema.isBetweenLength(1, typesMax, { message: `must have 1 to ${typesMax} event types` })
      )
    )
  ),
  aggregateIds: Schema.optionalKey(listInQuery(aggregateIds.schema))
})

/** What a page is asked with. Only the inventory has orders. */
const pageFieldsOf = (contexts: ReadonlyArray<ContextName>) =>
  (contexts.includes("inventory")
    ? events.input.fields
    : Struct.omit(events.input.fields, ["orderId"])) as typeof events.input.fields

/** An event as a stream has it: its position is the id of the message. */
const Envelope = EventView.mapFields(Struct.omit(["position"])).annotate({
  identifier: "EventEnvelope"
})

/** Where a client stopped: the id of the last message that it got. */
const LastEventId = Schema.String.check(
  Schema.makeFilter(
    (id) => placeOf(id) !== undefined || "must be the id of a message of the stream, or a position",
    { toJsonSchema: () => ({ pattern: messageIdPattern }) }
  )
).annotate({ description: "Where the client stopped; it wins over `after`." })

/** A message of a stream: its id says where it is, its name the type of the event, or `gone`. */
const Message = Schema.Struct({
  id: Schema.optional(Schema.String),
  event: Schema.String,
  data: Schema.fromJsonString(Schema.Union([Envelope, problemSchemaOf("PositionGone")]))
}).annotate({ identifier: "EventMessage" })

const summaryOf = (contexts: ReadonlyArray<ContextName>): string =>
  contexts.includes("inventory") ? events.summary : catalogOperations.events.summary

/** The endpoints of the event logs of these contexts. */
export const eventsApiOf = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiGroup.make("events")
    .add(
      HttpApiEndpoint.get("list", "/api/events", {
        ...answersOf("events"),
        error: [...failuresOf("events"), beyondFailure],
        query: {
          context: Schema.optionalKey(contextSchemaOf(contexts)),
          ...pageFieldsOf(contexts),
          ...listsOf(contexts)
        }
      }).annotate(OpenApi.Summary, summaryOf(contexts)),
      HttpApiEndpoint.get("stream", "/api/events/stream", {
        query: {
          context: Schema.optionalKey(contextSchemaOf(contexts)),
          ...placeFields,
          ...listsOf(contexts)
        },
        headers: { "last-event-id": Schema.optionalKey(LastEventId) },
        success: HttpApiSchema.StreamSse({ events: Message }),
        error: [...failuresOf("events"), ...streamFailures]
      })
        .annotate(OpenApi.Summary, "The event log as it grows: Server-Sent Events")
        .annotate(
          OpenApi.Description,
          "Events after a position, or else from now on, until the client leaves. The id of a message " +
            "is the position of its event, a point and the id of the event; its name is the type of the " +
            "event, and its data is the envelope of the event as JSON. A client that connects again with " +
            "`Last-Event-ID` misses nothing, and is refused when the log was restored to an earlier " +
            "state. When the next events were dropped meanwhile, the last message is `gone`."
        )
    )
    .annotate(OpenApi.Title, "Events")
