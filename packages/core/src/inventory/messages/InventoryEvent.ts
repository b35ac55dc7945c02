/**
 * What happened to the inventory: the events that `decide` returns are the events that are stored,
 * applied and published, one vocabulary. The SKU is the aggregate of every event about stock; a
 * location is its own, and so is a placed order, whose events are those of `ordering`.
 */
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  aggregateTypeOf,
  type DomainEvent,
  envelopeFields,
  type KeptEvent
} from "../../kernel/DomainEvent.ts"
import { type LocationId, type OrderId, type SkuId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { BalancesAfter } from "../state/Balances.ts"
import { Location } from "../state/Location.ts"
import { OrderStatus } from "../state/PlacedOrder.ts"
import { ShortLine } from "../state/ShortLine.ts"
import { Sku } from "../state/Sku.ts"
import { MovementType } from "../state/StockMovement.ts"

/** Where and for whom a hold stands; the part that all events of reservations share. */
export const HoldRef = Schema.Struct({
  reservationId: unchecked.reservationId,
  orderId: unchecked.orderId,
  skuId: unchecked.skuId,
  locationId: unchecked.locationId
})
export interface HoldRef extends Schema.Schema.Type<typeof HoldRef> {}

/** Why units that were held came free. */
export const ReleaseReason = Schema.Literals(["RELEASED", "EXPIRED", "SHORTFALL", "REPLACED"])
export type ReleaseReason = typeof ReleaseReason.Type

const nullableText = Schema.NullOr(Schema.String)
const nullableInstant = Schema.NullOr(Timestamp)

/** What an event of a hold carries when it changes what is promised. */
const holdBalances = { ...HoldRef.fields, ...BalancesAfter.fields, quantity: Schema.Int }

/** What an event carries when the available stock of a SKU crosses a line at one place. */
const crossing = {
  ...BalancesAfter.fields,
  skuId: unchecked.skuId,
  locationId: unchecked.locationId
}

const ofOrder = { orderId: unchecked.orderId }

/** The payload of each event type. */
export const payloads = {
  "inventory.sku.created": Schema.Struct({ sku: Sku, locationId: unchecked.locationId }),
  "inventory.sku.updated": Schema.Struct({ sku: Sku }),
  "inventory.sku.archived": Schema.Struct({ sku: Sku }),
  "inventory.sku.unarchived": Schema.Struct({ sku: Sku }),
  "inventory.location.created": Schema.Struct({ location: Location }),
  "inventory.location.updated": Schema.Struct({ location: Location }),
  /** A physical change, and the ledger's row of it. A shipment for a hold names the hold. */
  "inventory.stock.updated": Schema.Struct({
    ...BalancesAfter.fields,
    skuId: unchecked.skuId,
    locationId: unchecked.locationId,
    previousQuantity: Schema.Int,
    currentQuantity: Schema.Int,
    movementType: MovementType,
    quantity: Schema.Int,
    sequence: Schema.Int,
    reference: nullableText,
    reason: nullableText,
    actor: nullableText,
    transferId: Schema.NullOr(unchecked.transferId),
    occurredAt: nullableInstant,
    reservationId: Schema.NullOr(unchecked.reservationId),
    shortfallAccepted: Schema.Boolean
  }),
  "inventory.stock.reserved": Schema.Struct({
    ...holdBalances,
    lineId: Schema.NullOr(unchecked.lineId),
    expiresAt: nullableInstant,
    replaces: Schema.NullOr(unchecked.reservationId)
  }),
  "inventory.stock.released": Schema.Struct({ ...holdBalances, reason: ReleaseReason }),
  "inventory.stock.confirmed": Schema.Struct(holdBalances),
  /** Goods left for a hold; `remainingQuantity` is what it still keeps. */
  "inventory.stock.fulfilled": Schema.Struct({ ...holdBalances, remainingQuantity: Schema.Int }),
  "inventory.reservation.extended": Schema.Struct({ ...HoldRef.fields, expiresAt: Timestamp }),
  "inventory.reservation.resized": Schema.Struct({
    ...holdBalances,
    previousQuantity: Schema.Int,
    expiresAt: nullableInstant
  }),
  /** The SKU has nothing left to promise; `locationId` is the level that caused it. */
  "inventory.stock.depleted": Schema.Struct(crossing),
  "inventory.stock.replenished": Schema.Struct(crossing),
  "inventory.stock.low": Schema.Struct({ ...crossing, lowStockThreshold: Schema.Int }),
  /** A new order is held in full, for as long as its holds last. */
  "ordering.order.reserved": Schema.Struct({
    ...ofOrder,
    ownerId: nullableText,
    reservationIds: Schema.Array(unchecked.reservationId)
  }),
  /** A new order was short of stock. It has no holds, and a repeat is answered the same. */
  "ordering.order.rejected": Schema.Struct({
    ...ofOrder,
    ownerId: nullableText,
    short: Schema.Array(ShortLine)
  }),
  "ordering.order.confirmed": Schema.Struct({
    ...ofOrder,
    reservationIds: Schema.Array(unchecked.reservationId)
  }),
  /**
   * A payment came when holds of the order were lost. `reacquired`: they were all taken again, and
   * the order is confirmed. If not, `short` names every line that is missing, and the order has no
   * holds any more.
   */
  "ordering.order.payment.late": Schema.Struct({
    ...ofOrder,
    reacquired: Schema.Boolean,
    short: Schema.Array(ShortLine)
  }),
  "ordering.order.cancelled": Schema.Struct({ ...ofOrder, previousStatus: OrderStatus }),
  "ordering.order.fulfilled": Schema.Struct(ofOrder)
} as const

/** The type of an inventory event. */
export type InventoryEventType = keyof typeof payloads

/** The payload of each event type. */
export type InventoryPayloads = {
  readonly [Type in InventoryEventType]: (typeof payloads)[Type]["Type"]
}

const types = Object.keys(payloads) as ReadonlyArray<InventoryEventType>

/** The types of events, as a schema. */
export const EventType = Schema.Literals(types).annotate({ identifier: "EventType" })

/** The aggregate of each event type. */
export type InventoryAggregateIds = {
  readonly [Type in InventoryEventType]: Type extends `inventory.location.${string}`
    ? LocationId
    : Type extends `ordering.${string}`
      ? OrderId
      : SkuId
}

/** The inventory event of one type. */
export type InventoryEventOf<Type extends InventoryEventType> = DomainEvent<
  Type,
  InventoryPayloads[Type],
  InventoryAggregateIds[Type]
>

/** Any inventory event; its `eventType` says which. */
export type InventoryEvent = {
  readonly [Type in InventoryEventType]: InventoryEventOf<Type>
}[InventoryEventType]

/** An event of a placed order. */
export type OrderEvent = Extract<InventoryEvent, { readonly eventType: `ordering.${string}` }>

/** Whether an event is about a placed order. */
export const isOrderEvent = (event: InventoryEvent): event is OrderEvent =>
  event.aggregateType === "ORDER"

/** Any inventory event, with the one codec by which it is kept and sent. */
export const InventoryEvent = Schema.Union(
  types.map((type) =>
    Schema.Struct({
      ...envelopeFields,
      eventType: Schema.Literal(type),
      aggregateType: Schema.Literal(aggregateTypeOf(type)),
      payload: payloads[type]
    })
  )
) as unknown as Schema.Codec<InventoryEvent, EncodedEvent>

/** An event as JSON has it. */
export type EncodedEvent = (typeof envelope)["Encoded"] & {
  readonly eventType: InventoryEventType
  readonly aggregateType: string
  readonly payload: object
}

const envelope = Schema.Struct(envelopeFields)

const readers = Object.fromEntries(
  types.map((type) => [
    type,
    Schema.decodeUnknownOption(payloads[type] as unknown as Schema.Codec<object, unknown>)
  ])
) as unknown as { readonly [type: string]: (kept: unknown) => Option.Option<object> }

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What was read, with the fields that are kept beside it, at every depth. */
const withLaterFields = (read: unknown, kept: unknown): unknown =>
  isFields(read) && isFields(kept)
    ? {
        ...kept,
        ...Object.fromEntries(
          Object.entries(read).map(([key, value]) => [key, withLaterFields(value, kept[key])])
        )
      }
    : read

/**
 * Reads the payload of a kept event. Fields that a later release added stay, also those of a SKU or
 * a location in it. A payload that only a later release can read is given as plain JSON, so that a
 * follower gets past it.
 */
export const readPayload = (text: string, type: string): object => {
  const kept = JSON.parse(text)
  // Own keys alone: a type may have the name of a property that every object inherits.
  const read = Object.hasOwn(readers, type) ? readers[type]?.(kept) : undefined
  return read?._tag === "Some" ? (withLaterFields(read.value, kept) as object) : kept
}

/** Reads an event that the log kept. */
export const readKept = ({ payloadJson, position, ...envelope }: KeptEvent) => ({
  position,
  event: {
    ...envelope,
    payload: readPayload(payloadJson, envelope.eventType)
  } as unknown as InventoryEvent
})
