/**
 * The envelope of every event, in both contexts. The `payload` says what happened; the envelope
 * says to which aggregate, as which step of its life, when, and because of which command.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { type CommandId, type EventId, eventIdOf, unchecked } from "./Identifier.ts"
import { Timestamp } from "./Instant.ts"

const aggregateTypes = new Map<string, string>()

const readAggregateType = (eventType: string): string => {
  if (eventType.startsWith("inventory.location.")) return "LOCATION"
  if (eventType.startsWith("inventory.")) return "SKU"
  if (eventType.startsWith("ordering.claim.")) return "CLAIM"
  if (eventType.startsWith("ordering.")) return "ORDER"
  return (eventType.split(".", 1)[0] ?? eventType).toUpperCase()
}

/**
 * The kind of aggregate that an event is about: SKU, LOCATION, ORDER, CLAIM, PRODUCT, CATEGORY or ATTRIBUTE. In
 * the context of somebody else it is the first word of the type, in capitals. It follows from the type
 * of the event, so no store keeps it.
 */
export const aggregateTypeOf = (eventType: string): string => {
  const known = aggregateTypes.get(eventType)
  if (known !== undefined) return known
  const read = readAggregateType(eventType)
  // A log may hold any text as a type; the types that are in use are few.
  if (aggregateTypes.size < 1_000) aggregateTypes.set(eventType, read)
  return read
}

/** The contexts of the event types whose first word is not the name of their context. */
const contexts: ReadonlyMap<string, string> = new Map([
  ["product", "catalog"],
  ["category", "catalog"],
  ["attribute", "catalog"]
])

/**
 * The context of a type of event, from its first word: `inventory.stock.reserved` is of `inventory`,
 * `ordering.order.rejected` of `ordering`; `product.…`, `category.…` and `attribute.…` are of
 * `catalog`.
 */
export const contextOf = (eventType: string): string => {
  const [first = eventType] = eventType.split(".", 1)
  return contexts.get(first) ?? first
}

/**
 * One thing that happened to one aggregate. `version` is the aggregate's own dense sequence,
 * starting at 1; `timestamp` is the store's clock, the same for all events of one batch. A SKU, a
 * location and an order may share an id: an aggregate is its type and its id.
 */
export interface DomainEvent<Type extends string, Payload, AggregateId extends string = string> {
  /**
   * In which incarnation of its log the event was read: 1, and one more each time that the log was
   * adopted after a restore of its database, which uses versions again. An event that was never
   * read from a log has none.
   */
  readonly incarnation?: number | undefined
  readonly eventId: EventId
  readonly eventType: Type
  readonly aggregateId: AggregateId
  readonly aggregateType: string
  readonly version: number
  readonly timestamp: DateTime.Utc
  readonly commandId: CommandId
  readonly correlationId: string | null
  readonly traceparent: string | null
  readonly payload: Payload
}

/** An event as a log keeps it: its payload is JSON text that nobody has read yet. */
export interface KeptEvent extends Omit<DomainEvent<string, unknown>, "payload"> {
  readonly position: number
  readonly payloadJson: string
}

/**
 * The fields of the envelope, for the codecs of contexts: all but the types and the payload.
 */
export const envelopeFields = {
  eventId: unchecked.eventId.annotate({ description: "The same whenever the event arrives again" }),
  aggregateId: Schema.String.annotate({ description: "What it happened to" }),
  version: Schema.Int.annotate({
    description: "The aggregate's own sequence, from 1 and without gaps"
  }),
  timestamp: Timestamp,
  commandId: unchecked.commandId.annotate({ description: "The command that caused it" }),
  correlationId: Schema.NullOr(Schema.String).annotate({
    description: "What the caller of the command sent as X-Correlation-Id, or in its options"
  }),
  traceparent: Schema.NullOr(Schema.String).annotate({
    description: "The W3C trace context of the caller"
  }),
  incarnation: Schema.optionalKey(
    Schema.Int.annotate({
      description:
        "How often the log was adopted after a restore of its database, counted from 1. A higher " +
        "one uses versions again"
    })
  )
}

/** Where a command came from; carried unchanged into the events that it causes. */
export interface Origin {
  readonly commandId: CommandId
  readonly correlationId: string | null
  readonly traceparent: string | null
  readonly actor: string | null
}

/** The event that is the `index`th of a command; its id derives from the command's. */
export const eventFrom = <Type extends string, Payload>(
  origin: Origin,
  index: number,
  timestamp: DateTime.Utc,
  about: Pick<DomainEvent<Type, Payload>, "eventType" | "aggregateId" | "version" | "payload">
): DomainEvent<Type, Payload> => ({
  eventId: eventIdOf(origin.commandId, index),
  eventType: about.eventType,
  aggregateId: about.aggregateId,
  aggregateType: aggregateTypeOf(about.eventType),
  version: about.version,
  timestamp,
  commandId: origin.commandId,
  correlationId: origin.correlationId,
  traceparent: origin.traceparent,
  payload: about.payload
})
