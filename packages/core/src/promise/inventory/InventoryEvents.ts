/**
 * The events of the inventory as the Promise door gives them: what happened, to which aggregate, as
 * which step of its life, when, and because of which command. Instants are `Date`. Every stock
 * event carries the balances after it, so that a reader needs no read-back.
 */
import type {
  SubscribeInTransactionOptions,
  SubscribeOptions,
  Subscription
} from "../engine/Subscription.ts"
import type { Location, MovementType, OrderStatus, ShortLine, Sku } from "./InventoryAnswers.ts"

/** Units of one place, or of a whole SKU over its sellable locations. */
export interface Balances {
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly availableQuantity: number
}

/** Balances after the event: of the level it names, and of its SKU. */
export interface BalancesAfter {
  readonly level: Balances
  readonly sku: Balances
}

/** Where and for whom a hold stands. */
export interface HoldRef {
  readonly reservationId: string
  readonly orderId: string
  readonly skuId: string
  readonly locationId: string
}

/** Why units that were held came free. */
export type ReleaseReason = "RELEASED" | "EXPIRED" | "SHORTFALL" | "REPLACED"

/** A physical change, and the ledger's row of it. */
export interface StockUpdated extends BalancesAfter {
  readonly skuId: string
  readonly locationId: string
  readonly previousQuantity: number
  readonly currentQuantity: number
  readonly movementType: MovementType
  readonly quantity: number
  readonly sequence: number
  readonly reference: string | null
  readonly reason: string | null
  readonly actor: string | null
  readonly transferId: string | null
  readonly occurredAt: Date | null
  /** The hold that a shipment was for. */
  readonly reservationId: string | null
  readonly shortfallAccepted: boolean
  /** The order whose goods came back, when a return names it. */
  readonly orderId?: string
}

/** Units were promised to an order. */
export interface StockReserved extends HoldRef, BalancesAfter {
  readonly lineId: string | null
  readonly quantity: number
  readonly expiresAt: Date | null
  readonly replaces: string | null
  /** Whose hold it is, when it is somebody's. */
  readonly ownerId?: string
}

/** Available stock of a SKU crossed a line, because of what happened at one location. */
export interface StockCrossed extends BalancesAfter {
  readonly skuId: string
  readonly locationId: string
}

/** The payload of each event type. */
export interface InventoryPayloads {
  readonly "inventory.sku.created": { readonly sku: Sku; readonly locationId: string }
  readonly "inventory.sku.updated": { readonly sku: Sku }
  readonly "inventory.sku.archived": { readonly sku: Sku }
  readonly "inventory.sku.unarchived": { readonly sku: Sku }
  readonly "inventory.location.created": { readonly location: Location }
  readonly "inventory.location.updated": { readonly location: Location }
  readonly "inventory.stock.updated": StockUpdated
  readonly "inventory.stock.reserved": StockReserved
  /** What was freed, and why. */
  readonly "inventory.stock.released": HoldRef &
    BalancesAfter & { readonly quantity: number; readonly reason: ReleaseReason }
  readonly "inventory.stock.confirmed": HoldRef & BalancesAfter & { readonly quantity: number }
  /** Goods left for a hold; `remainingQuantity` is what it still keeps. */
  readonly "inventory.stock.fulfilled": HoldRef &
    BalancesAfter & { readonly quantity: number; readonly remainingQuantity: number }
  readonly "inventory.reservation.extended": HoldRef & { readonly expiresAt: Date }
  readonly "inventory.reservation.resized": HoldRef &
    BalancesAfter & {
      readonly previousQuantity: number
      readonly quantity: number
      readonly expiresAt: Date | null
    }
  /** Nothing of the SKU is available any more. */
  readonly "inventory.stock.depleted": StockCrossed
  /** Something of the SKU is available again. */
  readonly "inventory.stock.replenished": StockCrossed
  /** Available stock fell to the threshold. */
  readonly "inventory.stock.low": StockCrossed & { readonly lowStockThreshold: number }
  /** A new order is held in full. */
  readonly "ordering.order.reserved": {
    readonly orderId: string
    readonly ownerId: string | null
    readonly reservationIds: ReadonlyArray<string>
  }
  /** A new order was short of stock, and has no holds. */
  readonly "ordering.order.rejected": {
    readonly orderId: string
    readonly ownerId: string | null
    readonly short: ReadonlyArray<ShortLine>
  }
  readonly "ordering.order.confirmed": {
    readonly orderId: string
    readonly reservationIds: ReadonlyArray<string>
  }
  /** A payment came when holds were lost: all were taken again, or the order has no holds. */
  readonly "ordering.order.payment.late": {
    readonly orderId: string
    readonly reacquired: boolean
    readonly short: ReadonlyArray<ShortLine>
  }
  readonly "ordering.order.cancelled": {
    readonly orderId: string
    readonly previousStatus: OrderStatus
  }
  readonly "ordering.order.fulfilled": { readonly orderId: string }
  /** The order of a guest became that of a person, with its holds, open and past. */
  readonly "ordering.claim.made": {
    readonly orderId: string
    readonly ownerId: string
    /** The cart whose order it was: `cart:` and the hash of its token. */
    readonly cartId: string
  }
}

/** The type of an event. */
export type InventoryEventType = keyof InventoryPayloads

/** The event of one type. */
export interface InventoryEventOf<Type extends InventoryEventType> {
  readonly eventId: string
  readonly eventType: Type
  /** The SKU, location or order that it happened to. */
  readonly aggregateId: string
  /** Which of them: they may share an id. */
  readonly aggregateType: string
  /** The aggregate's own sequence, from 1 and without gaps. */
  readonly version: number
  readonly timestamp: Date
  readonly commandId: string
  readonly correlationId: string | null
  readonly traceparent: string | null
  /**
   * How often the log was adopted after a restore of its database, counted from 1. A higher one uses
   * versions again.
   */
  readonly incarnation?: number | undefined
  readonly payload: InventoryPayloads[Type]
}

/** Any event of some types; its `eventType` says which. */
export type InventoryEventAmong<Types extends InventoryEventType> = {
  readonly [Type in Types]: InventoryEventOf<Type>
}[Types]

/** Any event; its `eventType` says which. */
export type InventoryEvent = InventoryEventAmong<InventoryEventType>

/** An event and its place in the log; of some types when they are named. */
export interface LoggedEvent<Types extends InventoryEventType = InventoryEventType> {
  readonly position: number
  readonly event: InventoryEventAmong<Types>
}

/**
 * Events, by pages. Awaited, it is the first page. Iterated, it is every page to the end of the log,
 * and it ends there: to go on later, read after the `position` of the last event.
 */
export interface EventPages
  extends Promise<ReadonlyArray<LoggedEvent>>,
    AsyncIterable<ReadonlyArray<LoggedEvent>> {}

/** The events of the inventory for handlers of the host. */
export interface InventorySubscriptions {
  /**
   * Gives the events of the inventory to a handler in this process, in order, under a durable name:
   * a later subscription of that name goes on where this one stopped. Any number of processes may
   * subscribe under one name; one of them is active, and another takes over when it ends. Resolves
   * when the subscription has begun. Rejects with `InvalidInput`, or with `CursorKindMismatch` when
   * the name belongs to something else. With `types`, the handler gets events of these types alone.
   */
  readonly subscribe: <Types extends InventoryEventType = InventoryEventType>(
    name: string,
    options:
      | SubscribeOptions<LoggedEvent<Types>, Types>
      | SubscribeInTransactionOptions<LoggedEvent<Types>, Types>
  ) => Promise<Subscription>
}
