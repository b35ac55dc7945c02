/**
 * What the reference model knows: which units lie where, who holds promises, and the figures that
 * follow. It is written from the rules in words and shares no code with the engine. Here a lapsed
 * hold expires at its instant, so no row can still count it.
 */
import type { ReleaseReason } from "../../inventory/messages/InventoryEvent.ts"
import type { OrderStatus } from "../../inventory/state/PlacedOrder.ts"
import type { ReservationStatus } from "../../inventory/state/Reservation.ts"
import type { ShortLine } from "../../inventory/state/ShortLine.ts"
import {
  type BundleId,
  bundleIdOf,
  type LineId,
  type LocationId,
  type OptionId,
  type OrderId,
  type ReservationId,
  type SkuId
} from "../../kernel/Identifier.ts"

/** A SKU and the policy that its stock depends on. */
export interface ModelSku {
  readonly id: SkuId
  readonly code: string
  readonly backorderLimit: number
  readonly safetyStock: number
  readonly isArchived: boolean
}

/** A place. */
export interface ModelPlace {
  readonly id: LocationId
  readonly priority: number
  readonly isDefault: boolean
  readonly sellable: boolean
  readonly active: boolean
}

/** The id of a hold until the engine has chosen one: it is empty. */
export const noId = "" as ReservationId

/** A promise to an order. */
export interface ModelHold {
  readonly id: ReservationId
  readonly orderId: OrderId
  readonly lineId: LineId | null
  readonly skuId: SkuId
  readonly locationId: LocationId
  readonly quantity: number
  readonly shipped: number
  readonly status: ReservationStatus
  /** When it lapses, in milliseconds; null once it is confirmed. */
  readonly expiresAt: number | null
  readonly madeAt: number
  readonly replaces: ReservationId | null
  /** Why it gave its units back; null while it keeps them. */
  readonly reason: ReleaseReason | null
  /** Whose it is; null when it is nobody's. */
  readonly ownerId: string | null
  /** The bundle that it is a part of. */
  readonly bundle?: ModelBundle
}

/** A bundle, which the model knows by an object of its own, and what one unit of it takes of a SKU. */
export interface ModelBundle {
  readonly id: object
  readonly optionId: OptionId
  readonly per: number
}

/** A placed order, and the lines that it was short of. */
export interface ModelOrder {
  readonly status: OrderStatus
  readonly version: number
  readonly ownerId: string | null
  readonly short: ReadonlyArray<ShortLine>
}

/** The most units that can be counted exactly: those on hand and those promised beyond them. */
const countableMax = 2 ** 53 - 1

/** Stock, promises, and how much more may be promised. */
export class ModelStock {
  readonly skus: Map<SkuId, ModelSku>
  readonly places: Map<LocationId, ModelPlace>
  /** Units on hand, by SKU and place. A place without an entry has never had the SKU. */
  readonly totals: Map<SkuId, Map<LocationId, number>>
  /** The orders that were placed. */
  readonly orders: Map<OrderId, ModelOrder>
  /** What was booked first, by kind of movement, SKU and reference. */
  readonly booked: Map<string, ModelBooking>
  /** Units that came back, by order and SKU. */
  readonly returned: Map<string, number>
  /** Every hold that was ever made. */
  readonly holds: Array<ModelHold>

  constructor(from?: ModelStock) {
    this.skus = new Map(from?.skus)
    this.places = new Map(from?.places)
    this.totals = new Map([...(from?.totals ?? [])].map(([sku, at]) => [sku, new Map(at)]))
    this.orders = new Map(from?.orders)
    this.booked = new Map(from?.booked)
    this.returned = new Map(from?.returned)
    this.holds = [...(from?.holds ?? [])]
  }

  /** The SKU in use that has a code. The code of an archived SKU is free. */
  ownerOf(code: string | undefined): SkuId | undefined {
    for (const sku of this.skus.values()) if (sku.code === code && !sku.isArchived) return sku.id
    return undefined
  }

  /** Expires every hold whose instant has come. */
  lapse(now: number): this {
    for (const [index, hold] of this.holds.entries()) {
      if (hold.status !== "PENDING" || hold.expiresAt === null || hold.expiresAt > now) continue
      this.holds[index] = { ...hold, status: "EXPIRED", reason: "EXPIRED" }
    }
    return this
  }

  /** Replaces a hold by its next state. */
  put(hold: ModelHold, becomes: Partial<ModelHold>): ModelHold {
    const after = { ...hold, ...becomes }
    this.holds[this.holds.indexOf(hold)] = after
    return after
  }

  /** The id of a bundle: that of the hold that was made for it first. */
  bundleIdOf({ id }: ModelBundle): BundleId {
    const first = this.holds.find((hold) => hold.bundle?.id === id)
    return bundleIdOf(first?.id ?? noId)
  }

  /**
   * Whether the buyer lost a hold and nothing has answered for it: it lapsed, or a correction took
   * it, and since then it was not given back, not replaced with its cart, and not taken again.
   */
  isLost(hold: ModelHold): boolean {
    const isGone = hold.reason === "EXPIRED" || hold.reason === "SHORTFALL"
    return isGone && this.inPlaceOf(hold) === undefined
  }

  /** The hold that took the place of a lost one. */
  inPlaceOf(hold: ModelHold): ModelHold | undefined {
    return this.holds.find((other) => other.replaces !== null && other.replaces === hold.id)
  }

  /** The holds that were ever made for an order, oldest first. */
  ofOrder(orderId: OrderId): ReadonlyArray<ModelHold> {
    return this.holds.filter((hold) => hold.orderId === orderId).sort(byAge)
  }

  /**
   * Whose an order is: whom the first of its owned holds names, or else the placed order; undefined for an
   * order that nobody knows.
   */
  whoseIs(orderId: OrderId): string | null | undefined {
    const holds = this.holds.filter((hold) => hold.orderId === orderId)
    const placed = this.orders.get(orderId)
    if (holds.length === 0 && placed === undefined) return undefined
    return holds.find((hold) => hold.ownerId !== null)?.ownerId ?? placed?.ownerId ?? null
  }

  /** Units on hand at a place. */
  total(skuId: SkuId, locationId: LocationId): number {
    return this.totals.get(skuId)?.get(locationId) ?? 0
  }

  /** Units of a place that were promised and have not left. */
  reserved(skuId: SkuId, locationId: LocationId): number {
    let units = 0
    for (const hold of this.holds) {
      if (hold.skuId === skuId && hold.locationId === locationId && isOpen(hold)) {
        units += kept(hold)
      }
    }
    return units
  }

  /** Units on hand at a place that are promised to nobody. */
  unpromised(skuId: SkuId, locationId: LocationId): number {
    return Math.max(0, this.total(skuId, locationId) - this.reserved(skuId, locationId))
  }

  /** Units promised at a place beyond its stock. */
  deficit(skuId: SkuId, locationId: LocationId): number {
    return Math.max(0, this.reserved(skuId, locationId) - this.total(skuId, locationId))
  }

  /** The deficits of all places together, sellable or not. */
  deficits(skuId: SkuId): number {
    return this.placesOf(skuId).reduce((units, place) => units + this.deficit(skuId, place.id), 0)
  }

  /** The places that have ever had a SKU, in the order in which units are taken from them. */
  placesOf(skuId: SkuId): ReadonlyArray<ModelPlace> {
    return [...(this.totals.get(skuId)?.keys() ?? [])]
      .flatMap((id) => this.places.get(id) ?? [])
      .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
  }

  /** The places among them whose stock is for sale. */
  sellingPlacesOf(skuId: SkuId): ReadonlyArray<ModelPlace> {
    return this.placesOf(skuId).filter(isSelling)
  }

  /** What the policy leaves to promise, once for all places; below zero when overdrawn. */
  headroom(skuId: SkuId): number {
    const { backorderLimit, safetyStock } = this.sku(skuId)
    const unpromised = this.sellingPlacesOf(skuId).reduce(
      (units, place) => units + this.unpromised(skuId, place.id),
      0
    )
    return unpromised - this.deficits(skuId) + backorderLimit - safetyStock
  }

  /** Units of the SKU that may be promised now. */
  available(skuId: SkuId): number {
    return this.sellingPlacesOf(skuId).length === 0 ? 0 : Math.max(0, this.headroom(skuId))
  }

  /** The available units that can leave at once. */
  inStock(skuId: SkuId): number {
    const unpromised = this.sellingPlacesOf(skuId).reduce(
      (units, place) => units + this.unpromised(skuId, place.id),
      0
    )
    const beyondSafety = Math.max(0, unpromised - this.sku(skuId).safetyStock)
    return Math.min(this.available(skuId), beyondSafety)
  }

  /** What one line can take at one place. */
  capacity(skuId: SkuId, place: ModelPlace): number {
    if (!isSelling(place) || this.totals.get(skuId)?.has(place.id) !== true) return 0
    const backorders = Math.max(0, this.sku(skuId).backorderLimit - this.deficits(skuId))
    const here = this.unpromised(skuId, place.id) + backorders
    return Math.max(0, Math.min(this.headroom(skuId), here))
  }

  /** What one line can take at most: at the named place, or at the best one. */
  largest(skuId: SkuId, locationId?: LocationId): number {
    return this.sellingPlacesOf(skuId)
      .filter((place) => locationId === undefined || place.id === locationId)
      .reduce((units, place) => Math.max(units, this.capacity(skuId, place)), 0)
  }

  /**
   * Where a line goes: the first place that has all of it on hand, else the first that can take it
   * as a backorder.
   */
  placeFor(skuId: SkuId, quantity: number, locationId?: LocationId): ModelPlace | undefined {
    const places = this.sellingPlacesOf(skuId).filter(
      (place) => locationId === undefined || place.id === locationId
    )
    return (
      places.find(
        (place) => this.unpromised(skuId, place.id) >= quantity && this.headroom(skuId) >= quantity
      ) ?? places.find((place) => this.capacity(skuId, place) >= quantity)
    )
  }

  /** Adds units to a place, or takes them from it. False when the total would be too large. */
  add(skuId: SkuId, locationId: LocationId, units: number): boolean {
    const places = this.totals.get(skuId) ?? new Map<LocationId, number>()
    const { backorderLimit } = this.sku(skuId)
    if (units > 0 && this.isBeyondCounting(skuId, backorderLimit + units)) return false
    this.totals.set(skuId, places.set(locationId, (places.get(locationId) ?? 0) + units))
    return true
  }

  /** Whether the units of all places and `more` units are too many to count. */
  isBeyondCounting(skuId: SkuId, more: number): boolean {
    const totals = [...(this.totals.get(skuId)?.values() ?? [])]
    return totals.reduce((sum, total) => sum + total, 0) > countableMax - more
  }

  /** The place for commands that name none. */
  get defaultPlace(): ModelPlace {
    for (const place of this.places.values()) if (place.isDefault) return place
    throw new Error("there is always a default place")
  }

  private sku(skuId: SkuId): ModelSku {
    const sku = this.skus.get(skuId)
    if (sku === undefined) throw new Error(`the model knows no SKU ${skuId}`)
    return sku
  }
}

/** What was booked first under a reference. */
export interface ModelBooking {
  readonly locationId: LocationId
  readonly quantity: number
  /** Which command booked it. */
  readonly by: object
}

/** Oldest first, then by id. */
export const byAge = (a: ModelHold, b: ModelHold): number =>
  a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1)

/** Whether a hold keeps units. */
export const isOpen = (hold: ModelHold): boolean =>
  hold.status === "PENDING" || hold.status === "CONFIRMED"

/** Units that a hold still keeps. */
export const kept = (hold: ModelHold): number => hold.quantity - hold.shipped

/** Whether stock of a place is for sale. */
export const isSelling = (place: ModelPlace): boolean => place.sellable && place.active
