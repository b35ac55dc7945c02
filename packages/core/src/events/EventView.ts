/** Events of a log as they are sent to readers who know no context: plain JSON. */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { EventId } from "../kernel/Identifier.ts"
import { Balance } from "../kernel/Quantity.ts"
import type { AnyEvent, LoggedEvent } from "./EventLog.ts"

/** One event of the log as it is sent: plain JSON, instants as ISO 8601 text. */
export const EventView = Schema.Struct({
  position: Balance,
  eventId: Schema.String,
  eventType: Schema.String,
  aggregateId: Schema.String,
  aggregateType: Schema.String,
  version: Schema.Int,
  timestamp: Schema.String,
  commandId: Schema.String,
  correlationId: Schema.NullOr(Schema.String),
  traceparent: Schema.NullOr(Schema.String),
  incarnation: Schema.optional(Schema.Int),
  payload: Schema.Record(Schema.String, Schema.Json)
}).annotate({ identifier: "Event" })
export interface EventView extends Schema.Schema.Type<typeof EventView> {}

/** A page of the log as it is sent. */
export const EventsView = Schema.Struct({ items: Schema.Array(EventView), next: Balance })

/** Where a reader goes on: after the last event that it has, of which the id shows that the log still has it. */
export const placeFields = {
  after: Schema.optionalKey(Balance),
  afterEventId: Schema.optionalKey(EventId)
}

/** Events after a position; `next` is where to go on, whether or not there was one. */
export interface LoggedPage<Event extends AnyEvent> {
  readonly items: ReadonlyArray<LoggedEvent<Event>>
  readonly next: number
}

/** An event as plain JSON, also one of a type that only a later release knows. */
export const eventView = ({ event, position }: LoggedEvent): EventView => ({
  position,
  ...event,
  timestamp: DateTime.formatIso(event.timestamp),
  payload: JSON.parse(JSON.stringify(event.payload)) as EventView["payload"]
})
