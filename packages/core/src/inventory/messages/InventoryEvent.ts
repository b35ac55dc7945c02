/**
 * What happened to the inventory: the events that `decide` returns are the events that are stored,
 * applied and published, one vocabulary. The SKU is the aggregate of every event about stock; a
 * location is its own.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { DomainEvent } from "../../kernel/DomainEvent.ts"
import type { BalancesAfter } from "../state/Balances.ts"
import type { Location } from "../state/Location.ts"
import type { Sku } from "../state/Sku.ts"
import type { MovementType } from "../state/StockMovement.ts"

/** Where and for whom a hold stands; the part that all events of reservations share. */
export interface HoldRef {
  readonly reservationId: string
  readonly orderId: string
  readonly skuId: string
  readonly locationId: string
}

/** Why units that were held came free. */
export type ReleaseReason = "RELEASED" | "EXPIRED" | "SHORTFALL" | "REPLACED"

/** The payload of each event type. */
export interface InventoryPayloads {
  readonly "inventory.sku.created": { readonly sku: Sku; readonly locationId: string }
  readonly "inventory.sku.updated": { readonly sku: Sku }
  readonly "inventory.sku.archived": { readonly sku: Sku }
  readonly "inventory.sku.unarchived": { readonly sku: Sku }
  readonly "inventory.location.created": { readonly location: Location }
  readonly "inventory.location.updated": { readonly location: Location }
  /** A physical change, and the ledger's row of it. A shipment for a hold names the hold. */
  readonly "inventory.stock.updated": BalancesAfter & {
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
    readonly occurredAt: DateTime.Utc | null
    readonly reservationId: string | null
    readonly shortfallAccepted: boolean
  }
  readonly "inventory.stock.reserved": HoldRef &
    BalancesAfter & {
      readonly lineId: string | null
      readonly quantity: number
      readonly expiresAt: DateTime.Utc | null
      readonly replaces: string | null
    }
  readonly "inventory.stock.released": HoldRef &
    BalancesAfter & {
      readonly quantity: number
      readonly reason: ReleaseReason
    }
  readonly "inventory.stock.confirmed": HoldRef & BalancesAfter & { readonly quantity: number }
  /** Goods left for a hold; `remainingQuantity` is what it still keeps. */
  readonly "inventory.stock.fulfilled": HoldRef &
    BalancesAfter & {
      readonly quantity: number
      readonly remainingQuantity: number
    }
  readonly "inventory.reservation.extended": HoldRef & { readonly expiresAt: DateTime.Utc }
  readonly "inventory.reservation.resized": HoldRef &
    BalancesAfter & {
      readonly previousQuantity: number
      readonly quantity: number
      readonly expiresAt: DateTime.Utc | null
    }
  /** The SKU has nothing left to promise; `locationId` is the level that caused it. */
  readonly "inventory.stock.depleted": BalancesAfter & {
    readonly skuId: string
    readonly locationId: string
  }
  readonly "inventory.stock.replenished": BalancesAfter & {
    readonly skuId: string
    readonly locationId: string
  }
  readonly "inventory.stock.low": BalancesAfter & {
    readonly skuId: string
    readonly locationId: string
    readonly lowStockThreshold: number
  }
}

/** The type of an inventory event. */
export type InventoryEventType = keyof InventoryPayloads

const types: { readonly [Type in InventoryEventType]: Type } = {
  "inventory.sku.created": "inventory.sku.created",
  "inventory.sku.updated": "inventory.sku.updated",
  "inventory.sku.archived": "inventory.sku.archived",
  "inventory.sku.unarchived": "inventory.sku.unarchived",
  "inventory.location.created": "inventory.location.created",
  "inventory.location.updated": "inventory.location.updated",
  "inventory.stock.updated": "inventory.stock.updated",
  "inventory.stock.reserved": "inventory.stock.reserved",
  "inventory.stock.released": "inventory.stock.released",
  "inventory.stock.confirmed": "inventory.stock.confirmed",
  "inventory.stock.fulfilled": "inventory.stock.fulfilled",
  "inventory.reservation.extended": "inventory.reservation.extended",
  "inventory.reservation.resized": "inventory.reservation.resized",
  "inventory.stock.depleted": "inventory.stock.depleted",
  "inventory.stock.replenished": "inventory.stock.replenished",
  "inventory.stock.low": "inventory.stock.low"
}

/** The types of events, as a schema. */
export const EventType = Schema.Literals(Object.values(types)).annotate({ identifier: "EventType" })

/** The inventory event of one type. */
export type InventoryEventOf<Type extends InventoryEventType> = DomainEvent<
  Type,
  InventoryPayloads[Type]
>

/** Any inventory event, told apart by `eventType`. */
export type InventoryEvent = {
  readonly [Type in InventoryEventType]: InventoryEventOf<Type>
}[InventoryEventType]
