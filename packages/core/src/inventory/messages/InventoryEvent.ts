/**
 * What happened to the inventory: the events that `decide` returns are the events that are stored,
 * applied and published, one vocabulary. The SKU is the aggregate of every event about stock; a
 * location is its own, and so is a placed order, whose events are those of `ordering`.
 */
import * as Schema from "effect/Schema"
import type { DomainEvent } from "../../kernel/DomainEvent.ts"
import { eventCodecOf } from "../../kernel/eventCodec.ts"
import { type LocationId, type OrderId, type SkuId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { BalancesAfter } from "../state/Balances.ts"
import { Bundle } from "../state/Bundle.ts"
import { Location } from "../state/Location.ts"
import { OrderStatus } from "../state/PlacedOrder.ts"
import { ShortLine } from "../state/ShortLine.ts"
import { Sku } from "../state/Sku.ts"
import { MovementType } from "../state/StockMovement.ts"

export type { EncodedEvent } from "../../kernel/eventCodec.ts"

/** Where and for whom a hold stands; the part that all events of reservations share. */
export const HoldRef = Schema.Struct({
  reservationId: unchecked.reservationId,
  orderId: unchecked.orderId,
  skuId: unchecked.skuId,
  locationId: unchecked.locationId,
  bundle: Schema.optionalKey(
    Bundle.annotate({ description: "The bundle that the hold is a part of, if it is" })
  )
})
export interface HoldRef extends Schema.Schema.Type<typeof HoldRef> {}

/** Why units that were held came free. */
export const ReleaseReason = Schema.Literals(["RELEASED", "EXPIRED", "SHORTFALL", "REPLACED"])
export type ReleaseReason = typeof ReleaseReason.Type

const nullableText = Schema.NullOr(Schema.String)
const nullableInstant = Schema.NullOr(Timestamp)
const expiresAt = nullableInstant.annotate({
  description: "When the hold lapses; null when it does not"
})

/** What an event of a hold carries when it changes what is promised. */
const holdBalances = { ...HoldRef.fields, ...BalancesAfter.fields, quantity: Schema.Int }

/** What an event carries when the available stock of a SKU crosses a line at one place. */
const crossing = {
  ...BalancesAfter.fields,
  skuId: unchecked.skuId,
  locationId: unchecked.locationId.annotate({ description: "The place whose change caused it" })
}

const ofOrder = { orderId: unchecked.orderId }
const ownerId = nullableText.annotate({ description: "Whose order it is, as the host names them" })
const short = Schema.Array(ShortLine).annotate({
  description: "Every line that is short: what was asked, and what one location could give"
})

const skuAfter = Sku.annotate({
  description: "The SKU after the event: weight in kilograms, volume in litres, limits in units"
})
const locationAfter = Location.annotate({ description: "The location after the event" })

/** The payload of each event type. Its description says when the event happens. */
export const payloads = {
  "inventory.sku.created": Schema.Struct({
    sku: skuAfter,
    locationId: unchecked.locationId.annotate({
      description: "The place where the SKU has its first level"
    })
  }).annotate({ description: "A SKU was registered." }),
  "inventory.sku.updated": Schema.Struct({ sku: skuAfter }).annotate({
    description: "The description or the policy of a SKU was changed."
  }),
  "inventory.sku.archived": Schema.Struct({ sku: skuAfter }).annotate({
    description: "A SKU without stock and without open holds was taken out of use."
  }),
  "inventory.sku.unarchived": Schema.Struct({ sku: skuAfter }).annotate({
    description: "An archived SKU was taken into use again."
  }),
  "inventory.location.created": Schema.Struct({ location: locationAfter }).annotate({
    description: "A location was registered."
  }),
  "inventory.location.updated": Schema.Struct({ location: locationAfter }).annotate({
    description: "A location was renamed, moved in the order of allocation, opened or closed."
  }),
  "inventory.stock.updated": Schema.Struct({
    ...BalancesAfter.fields,
    skuId: unchecked.skuId,
    locationId: unchecked.locationId,
    previousQuantity: Schema.Int.annotate({ description: "The total of the level before" }),
    currentQuantity: Schema.Int.annotate({ description: "The total of the level after" }),
    movementType: MovementType,
    quantity: Schema.Int.annotate({ description: "The change in units, with its sign" }),
    sequence: Schema.Int.annotate({
      description: "Which movement of the level this is, counted from 1"
    }),
    reference: nullableText,
    reason: nullableText,
    actor: nullableText,
    transferId: Schema.NullOr(unchecked.transferId).annotate({
      description: "What the two movements of a transfer share"
    }),
    occurredAt: nullableInstant.annotate({
      description: "When it happened, if the host says so; the timestamp is when it was recorded"
    }),
    reservationId: Schema.NullOr(unchecked.reservationId).annotate({
      description: "The hold that a shipment was for"
    }),
    shortfallAccepted: Schema.Boolean.annotate({
      description: "Whether more units may stay promised than are there"
    }),
    orderId: Schema.optionalKey(unchecked.orderId).annotate({
      description: "The order whose goods came back, when a return names it"
    })
  }).annotate({
    description:
      "The units on hand of a SKU changed at one place: goods came in, left, were moved or were counted. It is the row of the ledger."
  }),
  "inventory.stock.reserved": Schema.Struct({
    ...holdBalances,
    lineId: Schema.NullOr(unchecked.lineId),
    expiresAt,
    replaces: Schema.NullOr(unchecked.reservationId).annotate({
      description: "The lost hold that this one takes again"
    }),
    ownerId: Schema.optionalKey(
      Schema.String.annotate({ description: "Whose hold it is, when it is somebody's" })
    )
  }).annotate({ description: "Units of a SKU were promised to an order." }),
  "inventory.stock.released": Schema.Struct({
    ...holdBalances,
    reason: ReleaseReason
  }).annotate({
    description:
      "Units that were promised came free: given back, lapsed, replaced, or taken by a correction."
  }),
  "inventory.stock.confirmed": Schema.Struct(holdBalances).annotate({
    description: "A hold was confirmed, since it is paid for. It does not lapse any more."
  }),
  "inventory.stock.fulfilled": Schema.Struct({
    ...holdBalances,
    quantity: Schema.Int.annotate({ description: "The units that left" }),
    remainingQuantity: Schema.Int.annotate({ description: "The units that the hold still keeps" })
  }).annotate({ description: "Goods left for a confirmed hold, all or part of it." }),
  "inventory.reservation.extended": Schema.Struct({
    ...HoldRef.fields,
    expiresAt: Timestamp
  }).annotate({ description: "A pending hold lapses at another instant than before." }),
  "inventory.reservation.resized": Schema.Struct({
    ...holdBalances,
    previousQuantity: Schema.Int,
    expiresAt
  }).annotate({ description: "A hold keeps more units than before, or fewer." }),
  "inventory.stock.depleted": Schema.Struct(crossing).annotate({
    description: "Nothing of a SKU is available any more: it is sold out."
  }),
  "inventory.stock.replenished": Schema.Struct(crossing).annotate({
    description:
      "Something of a SKU is available, and nothing was before: it is back in stock, or new."
  }),
  "inventory.stock.low": Schema.Struct({ ...crossing, lowStockThreshold: Schema.Int }).annotate({
    description: "The available units of a SKU fell to its low-stock threshold, or below."
  }),
  "ordering.order.reserved": Schema.Struct({
    ...ofOrder,
    ownerId,
    reservationIds: Schema.Array(unchecked.reservationId)
  }).annotate({ description: "A new order is held in full, for as long as its holds last." }),
  "ordering.order.rejected": Schema.Struct({ ...ofOrder, ownerId, short }).annotate({
    description:
      "A new order was short of stock. It has no holds, and a repeat is answered the same."
  }),
  "ordering.order.confirmed": Schema.Struct({
    ...ofOrder,
    reservationIds: Schema.Array(unchecked.reservationId)
  }).annotate({ description: "An order that was held is paid: its holds do not lapse any more." }),
  "ordering.order.payment.late": Schema.Struct({
    ...ofOrder,
    reacquired: Schema.Boolean.annotate({
      description:
        "True: all lost holds were taken again, and the order is confirmed. False: the order has no holds any more"
    }),
    short
  }).annotate({ description: "A payment came when holds of the order were lost." }),
  "ordering.order.cancelled": Schema.Struct({
    ...ofOrder,
    previousStatus: OrderStatus.annotate({ description: "Where the order stood before" })
  }).annotate({ description: "An order was cancelled, and its holds came free." }),
  "ordering.order.fulfilled": Schema.Struct(ofOrder).annotate({
    description: "All goods of an order have left, and the order is complete."
  }),
  "ordering.claim.made": Schema.Struct({
    ...ofOrder,
    ownerId: Schema.String.annotate({ description: "The person whose order it is from now on" }),
    cartId: Schema.String.annotate({ description: "The cart whose order it was, by its hash" })
  }).annotate({
    description: "The order of a guest became that of a person, with its holds, open and past."
  })
} as const

/** The type of an inventory event. */
export type InventoryEventType = keyof typeof payloads

/** The payload of each event type. */
export type InventoryPayloads = {
  readonly [Type in InventoryEventType]: (typeof payloads)[Type]["Type"]
}

/** The types of events, as a schema. */
export const EventType = Schema.Literals(
  Object.keys(payloads) as ReadonlyArray<InventoryEventType>
).annotate({ identifier: "EventType" })

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
export type OrderEvent = Extract<InventoryEvent, { readonly eventType: `ordering.order.${string}` }>

/** That an order was claimed: it happens to an order once, whether or not the order was placed. */
export type ClaimEvent = InventoryEventOf<"ordering.claim.made">

/** Whether an event is about a placed order. */
export const isOrderEvent = (event: InventoryEvent): event is OrderEvent =>
  event.aggregateType === "ORDER"

/** Whether an event says that an order was claimed. */
export const isClaimEvent = (event: InventoryEvent): event is ClaimEvent =>
  event.eventType === "ordering.claim.made"

/** Whether an event is found by its order, and never among those of a SKU or a location. */
export const isOfOrdering = ({ eventType }: Pick<InventoryEvent, "eventType">): boolean =>
  eventType.startsWith("ordering.")

const codec = eventCodecOf<InventoryEvent, typeof payloads>(payloads)

/** Any inventory event, with the one codec by which it is kept and sent. */
export const InventoryEvent = codec.schema

/** Reads the payload of a kept event: see `eventCodecOf`. */
export const readPayload = codec.readPayload

/** Reads an event that the log kept. */
export const readKept = codec.readKept
