/**
 * The events about orders that come in from elsewhere: what each must hold, and how one is read. A
 * field that nobody here knows is left aside, so that a sender may add some.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { linesUpTo, orderLinesMax } from "../inventory/messages/linesBound.ts"
import { OrderLine } from "../inventory/messages/OrderCommands.ts"
import { OwnerId } from "../inventory/state/PlacedOrder.ts"
import { Reference } from "../inventory/state/StockMovement.ts"
import { IdempotencyKey, OrderId } from "../kernel/Identifier.ts"
import { Instant } from "../kernel/Instant.ts"
import { type FieldIssue, fieldIssues } from "../kernel/InvalidInput.ts"
import { TtlSeconds } from "../kernel/Quantity.ts"

const optional = Schema.optionalKey

/** The form of the events below. An event that names another one is not read. */
export const schemaVersion = 1

const envelope = {
  /** Its id, and the key by which a repeat is known. */
  eventId: IdempotencyKey,
  /** The order. */
  aggregateId: OrderId,
  timestamp: Instant,
  schemaVersion: optional(Schema.Literal(schemaVersion))
}

const ofOrder = { orderId: optional(OrderId) }

/** An order came in: hold its lines for `ttl` seconds (900), or reject it. */
export const OrderCreated = Schema.Struct({
  ...envelope,
  eventType: Schema.Literal("order.created"),
  payload: Schema.Struct({
    orderId: OrderId,
    lines: Schema.Array(OrderLine).check(...linesUpTo(orderLinesMax)),
    ttl: optional(TtlSeconds),
    ownerId: optional(OwnerId)
  })
})

/** Its payment is in. */
export const OrderPaid = Schema.Struct({
  ...envelope,
  eventType: Schema.Literal("order.paid"),
  payload: Schema.Struct(ofOrder)
})

/** It is off. */
export const OrderCancelled = Schema.Struct({
  ...envelope,
  eventType: Schema.Literal("order.cancelled"),
  payload: Schema.Struct(ofOrder)
})

/** Its goods leave. `reference` goes into the ledger: the order's id unless given. */
export const OrderFulfilled = Schema.Struct({
  ...envelope,
  eventType: Schema.Literal("order.fulfilled"),
  payload: Schema.Struct({ ...ofOrder, reference: optional(Schema.NullOr(Reference)) })
})

const schemas = {
  "order.created": OrderCreated,
  "order.paid": OrderPaid,
  "order.cancelled": OrderCancelled,
  "order.fulfilled": OrderFulfilled
} as const

/** The type of an event about an order. */
export type OrderEventType = keyof typeof schemas

/** The types of events about orders. */
export const orderEventTypes = Object.keys(schemas) as ReadonlyArray<OrderEventType>

/** Any event about an order. */
export const OrderEvent = Schema.Union([OrderCreated, OrderPaid, OrderCancelled, OrderFulfilled])
export type OrderEvent = typeof OrderEvent.Type

/**
 * An event that cannot be read, and so never will be: each bad field by its path. `eventId` is
 * there when the event has a usable one.
 */
export class OrderEventUnreadable extends Data.TaggedError("OrderEventUnreadable")<{
  readonly reason: "BAD_JSON" | "UNKNOWN_TYPE" | "UNKNOWN_VERSION" | "BAD_FIELDS"
  readonly issues: ReadonlyArray<FieldIssue>
  readonly eventId: string | null
}> {
  override get message(): string {
    const fields = this.issues.map(({ message, path }) => (path ? `${path} ${message}` : message))
    return `the event about an order cannot be read: ${fields.slice(0, 5).join(", ")}`
  }
}

type Fields = Readonly<Record<string, unknown>>
type Read = Result.Result<OrderEvent, OrderEventUnreadable>

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const unreadable = (
  reason: OrderEventUnreadable["reason"],
  issues: ReadonlyArray<FieldIssue>,
  fields?: Fields
): Read => {
  const id = fields?.["eventId"]
  const eventId = typeof id === "string" ? id : null
  return Result.fail(new OrderEventUnreadable({ reason, issues, eventId }))
}

const quoted = (texts: ReadonlyArray<string>) => texts.map((text) => `"${text}"`).join(", ")

const readers = Object.fromEntries(
  Object.entries(schemas).map(([type, schema]) => [
    type,
    Schema.decodeUnknownResult(schema as unknown as Schema.Codec<OrderEvent, unknown>, {
      errors: "all"
    })
  ])
)

const readFields = (fields: Fields): Read => {
  const { eventType, schemaVersion: version } = fields
  if (typeof eventType !== "string" || !Object.hasOwn(readers, eventType)) {
    const message = `must be one of ${quoted(orderEventTypes)}`
    return unreadable("UNKNOWN_TYPE", [{ path: "eventType", message }], fields)
  }
  if (version !== undefined && version !== schemaVersion) {
    const issue = { path: "schemaVersion", message: `must be ${schemaVersion}, or left out` }
    return unreadable("UNKNOWN_VERSION", [issue], fields)
  }
  const decoded = readers[eventType]?.(fields)
  if (decoded === undefined) throw new Error(`no reader of ${eventType}`)
  if (Result.isFailure(decoded)) {
    return unreadable("BAD_FIELDS", fieldIssues(decoded.failure.issue), fields)
  }
  const { aggregateId, payload } = decoded.success
  if (payload.orderId !== undefined && payload.orderId !== aggregateId) {
    const issue = { path: "payload.orderId", message: "must be the aggregateId" }
    return unreadable("BAD_FIELDS", [issue], fields)
  }
  return Result.succeed(decoded.success)
}

// Bytes that are no text must not become one: two ids would look alike.
const utf8 = new TextDecoder("utf-8", { fatal: true })

/** Reads an event about an order: an object, or its JSON as text or in UTF-8. */
export const readOrderEvent = (input: unknown): Read => {
  let value = input
  if (typeof input === "string" || input instanceof Uint8Array) {
    try {
      value = JSON.parse(typeof input === "string" ? input : utf8.decode(input))
    } catch {
      return unreadable("BAD_JSON", [{ path: "", message: "is not JSON in UTF-8" }])
    }
  }
  return isFields(value)
    ? readFields(value)
    : unreadable("BAD_JSON", [{ path: "", message: "must be a JSON object" }])
}

/** The JSON of an event about an order. */
export const orderEventJson = (event: OrderEvent): string =>
  JSON.stringify(Schema.encodeSync(OrderEvent)(event))
