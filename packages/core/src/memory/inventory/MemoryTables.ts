/**
 * The tables of the in-memory store, and the two ways to touch them: load a scope, apply changes.
 * The executable specification of what a store keeps; nothing here decides or waits.
 */

import type * as DateTime from "effect/DateTime"
import type { StockChanges } from "../../inventory/decide/StockChanges.ts"
import { orderLinesMax, wholeOrderMax } from "../../inventory/messages/InventoryCommand.ts"
import type { InventoryEvent } from "../../inventory/messages/InventoryEvent.ts"
import type { KeptCustomer } from "../../inventory/ports/CustomerStore.ts"
import type { StockScope } from "../../inventory/ports/StockStore.ts"
import { defaultLocationId, type Location } from "../../inventory/state/Location.ts"
import { returnsOf } from "../../inventory/state/OrderReturns.ts"
import type { PlacedOrder } from "../../inventory/state/PlacedOrder.ts"
import * as Reservation from "../../inventory/state/Reservation.ts"
import type { Sku } from "../../inventory/state/Sku.ts"
import { type LoadedStock, type OrderOwner, openHoldsMax } from "../../inventory/state/StockBook.ts"
import type { StockLevel } from "../../inventory/state/StockLevel.ts"
import type { StockMovement } from "../../inventory/state/StockMovement.ts"
import type { LocationId, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import { DailyCounts } from "../engine/DailyCounts.ts"
import { KeptAnswers } from "../engine/KeptAnswers.ts"
import { noChecks } from "./memoryFigures.ts"

/** Lapsed holds that one transaction loads. */
export const lapsedMax = 1_000

/** The rows of the in-memory store. */
export class MemoryTables {
  readonly skus = new Map<SkuId, Sku>()
  readonly levels = new Map<SkuId, Map<LocationId, StockLevel>>()
  readonly locations = new Map<LocationId, Location>([
    [
      defaultLocationId,
      {
        id: defaultLocationId,
        name: "Default location",
        priority: 100,
        isDefault: true,
        sellable: true,
        active: true,
        version: 1
      }
    ]
  ])
  readonly reservations = new Map<ReservationId, Reservation.Reservation>()
  readonly placedOrders = new Map<OrderId, PlacedOrder>()
  readonly movements: Array<StockMovement> = []
  readonly events: Array<InventoryEvent> = []
  readonly receipts = new KeptAnswers()
  readonly customers = new Map<OrderId, KeptCustomer>()
  readonly missed = new DailyCounts()
  readonly checks = noChecks()

  /** The levels of one SKU. */
  levelsOf(skuId: SkuId): ReadonlyArray<StockLevel> {
    return [...(this.levels.get(skuId)?.values() ?? [])]
  }

  /** The SKUs in use that have these codes. */
  withCodes(codes: ReadonlyArray<string>): ReadonlyArray<SkuId> {
    if (codes.length === 0) return []
    const wanted = new Set(codes)
    return [...this.skus.values()]
      .filter((sku) => sku.archivedAt === null && wanted.has(sku.code))
      .map(({ id }) => id)
  }

  /** Pending holds that have lapsed, oldest first. */
  lapsed(now: DateTime.Utc): ReadonlyArray<Reservation.Pending> {
    return [...this.reservations.values()]
      .filter(Reservation.isPending)
      .filter((hold) => Reservation.isLapsed(hold, now))
      .sort(Reservation.byExpiry)
  }

  /** How long until the next pending hold of a SKU lapses, in milliseconds; null when none does. */
  lapsesInMillis(skuId: SkuId, now: DateTime.Utc): number | null {
    const next = [...this.reservations.values()]
      .filter(Reservation.isPending)
      .filter((hold) => hold.skuId === skuId && !Reservation.isLapsed(hold, now))
      .sort(Reservation.byExpiry)[0]
    return next === undefined ? null : next.expiresAt.epochMilliseconds - now.epochMilliseconds
  }

  /** The newest open holds of each level of a SKU. */
  private openHoldsOf(skuId: SkuId): ReadonlyArray<Reservation.Reservation> {
    const open = [...this.reservations.values()]
      .filter((hold) => hold.skuId === skuId && Reservation.isOpen(hold))
      .sort(Reservation.byNewest)
    return this.levelsOf(skuId).flatMap(({ locationId }) =>
      open.filter((hold) => hold.locationId === locationId).slice(0, openHoldsMax)
    )
  }

  /** The lines of an order, and the newest of its other holds for each status. */
  ofOrder(orderId: OrderId): ReadonlyArray<Reservation.Reservation> {
    const holds = [...this.reservations.values()].filter((hold) => hold.orderId === orderId)
    const newest = new Map(
      holds.sort(Reservation.byAge).map((hold) => [hold.status, hold] as const)
    )
    const lines = holds.filter(Reservation.isLine).slice(0, wholeOrderMax + 1)
    return [...new Set([...newest.values(), ...lines])]
  }

  /** Whose these orders are, each once. */
  ownersOf(orderIds: ReadonlyArray<OrderId>): ReadonlyArray<OrderOwner> {
    return [...new Set(orderIds)].map((orderId) => this.ownerOf(orderId))
  }

  private ownerOf(orderId: OrderId): OrderOwner {
    const holds = [...this.reservations.values()]
      .filter((hold) => hold.orderId === orderId)
      .sort(Reservation.byAge)
    const placed = this.placedOrders.get(orderId)
    const owned = holds.find(({ ownerId }) => ownerId !== undefined)
    return {
      orderId,
      ownerId: owned?.ownerId ?? placed?.ownerId ?? null,
      isKnown: holds.length > 0 || placed !== undefined
    }
  }

  /** The ids of holds, and of what was made in place of them, and in place of that. */
  private withReplacements(ids: Iterable<ReservationId>): ReadonlySet<ReservationId> {
    const all = new Set(ids)
    // A hold is older than what replaces it, and stands before it.
    for (const { id, replaces } of this.reservations.values()) {
      if (replaces !== null && all.has(replaces)) all.add(id)
    }
    return all
  }

  /** Everything that a scope names, as of now. */
  load(scope: StockScope, now: DateTime.Utc): LoadedStock {
    const ofOrders = scope.orderIds.flatMap((orderId) => this.ofOrder(orderId))
    const named = new Set(scope.reservationIds)
    const bundles = new Set(scope.bundleIds)
    const ofBundles = [...this.reservations.values()].filter(
      ({ bundle }) => bundle !== undefined && bundles.has(bundle.bundleId)
    )
    for (const hold of ofBundles) named.add(hold.id)
    const wanted = this.withReplacements([...named, ...ofOrders.map((hold) => hold.id)])
    const corrected = [...scope.openHoldsOf, ...this.withCodes(scope.openHoldsOfCodes)]
    const openHolds = new Set(corrected.flatMap((skuId) => this.openHoldsOf(skuId)))
    const reservations = [...this.reservations.values()].filter(
      (hold) => wanted.has(hold.id) || openHolds.has(hold)
    )
    const decided = reservations.filter((hold) => named.has(hold.id) || Reservation.isLine(hold))
    const skuIds = new Set([
      ...scope.skuIds,
      ...this.withCodes(scope.skuCodes),
      ...decided.map((hold) => hold.skuId)
    ])
    const lapsed = this.lapsed(now).filter((hold) => skuIds.has(hold.skuId))
    const codes = new Set(scope.codes)
    for (const skuId of scope.codesOf) codes.add(this.skus.get(skuId)?.code ?? "")
    const present = [...skuIds].filter((skuId) => this.skus.has(skuId))
    return {
      now,
      skus: present.flatMap((skuId) => this.skus.get(skuId) ?? []),
      levels: present.flatMap((skuId) => this.levelsOf(skuId)),
      locations: [...this.locations.values()],
      reservations,
      orderLines: scope.countedOrderIds.map((orderId) => ({
        orderId,
        lines: Math.min(this.ofOrder(orderId).filter(Reservation.isLine).length, orderLinesMax)
      })),
      placedOrders: scope.placedOrderIds.flatMap((id) => this.placedOrders.get(id) ?? []),
      lapsed: lapsed.slice(0, lapsedMax),
      lapsedMore: [...new Set(lapsed.slice(lapsedMax).map((hold) => hold.skuId))],
      receipts: this.receipts.of(scope.keys, now),
      booked: scope.onceOnly.flatMap(({ code, reference, skuId, type }) => {
        const wanted = skuId ?? (code === null ? undefined : this.withCodes([code])[0])
        const first = this.movements.find(
          (row) => row.skuId === wanted && row.reference === reference && row.type === type
        )
        return first ?? []
      }),
      returns: scope.returnsOf.map((of) =>
        returnsOf([...this.reservations.values()], this.movements, of)
      ),
      owners: this.ownersOf([
        ...scope.ownersOf,
        ...scope.ownersOfHolds.flatMap((id) => this.reservations.get(id)?.orderId ?? [])
      ]),
      codes: [...this.skus.values()]
        .filter((sku) => sku.archivedAt === null && codes.has(sku.code))
        .map(({ code, id }) => ({ code, skuId: id }))
    }
  }

  /** Writes what a batch decided. */
  apply(changes: StockChanges, now: DateTime.Utc): void {
    for (const sku of [...changes.createdSkus, ...changes.updatedSkus]) this.skus.set(sku.id, sku)
    for (const level of changes.createdLevels) this.putLevel(level)
    for (const { level } of changes.updatedLevels) this.putLevel(level)
    for (const location of [...changes.createdLocations, ...changes.updatedLocations]) {
      this.locations.set(location.id, location)
    }
    for (const hold of [...changes.createdReservations, ...changes.updatedReservations]) {
      this.reservations.set(hold.id, hold)
    }
    for (const order of changes.placedOrders) this.placedOrders.set(order.orderId, order)
    for (const claim of changes.claims) this.claim(claim)
    this.movements.push(...changes.movements)
    this.events.push(...changes.events)
    this.receipts.keep(changes.receipts, now)
    for (const { ciphertext, orderId } of changes.customers) {
      this.customers.set(orderId, { ciphertext, changedAt: now })
    }
  }

  /** What a cart owns of an order becomes that of a person. */
  private claim({ cartId, orderId, ownerId }: StockChanges["claims"][number]): void {
    for (const hold of this.reservations.values()) {
      if (hold.orderId !== orderId || hold.ownerId !== cartId) continue
      this.reservations.set(hold.id, { ...hold, ownerId })
    }
    const placed = this.placedOrders.get(orderId)
    if (placed?.ownerId === cartId) this.placedOrders.set(orderId, { ...placed, ownerId })
  }

  private putLevel(level: StockLevel): void {
    const levels = this.levels.get(level.skuId) ?? new Map<LocationId, StockLevel>()
    this.levels.set(level.skuId, levels.set(level.locationId, level))
  }
}
