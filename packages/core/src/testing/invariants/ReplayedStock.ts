/**
 * What a log of events says: every event applied, by `evolve` alone, to a world that knows nothing
 * but the default location. It decides nothing. A store is right when its rows are these rows.
 */
import type * as DateTime from "effect/DateTime"
import {
  evolveClaimed,
  evolveLocation,
  evolveOrder,
  evolveReacquired,
  evolveReservation,
  evolveStock,
  movementOf,
  reacquiredIdOfEvent,
  reservationIdOfEvent
} from "../../inventory/decide/evolve.ts"
import {
  type InventoryEvent,
  isClaimEvent,
  isOrderEvent
} from "../../inventory/messages/InventoryEvent.ts"
import { defaultLocationId, type Location } from "../../inventory/state/Location.ts"
import { returnsOf } from "../../inventory/state/OrderReturns.ts"
import type { PlacedOrder } from "../../inventory/state/PlacedOrder.ts"
import * as Reservation from "../../inventory/state/Reservation.ts"
import type { SkuStock } from "../../inventory/state/SkuStock.ts"
import type { LoadedStock, OrderOwner } from "../../inventory/state/StockBook.ts"
import type { StockMovement } from "../../inventory/state/StockMovement.ts"
import type { OrderId } from "../../kernel/Identifier.ts"

/** The location that every store begins with. */
export const firstLocation: Location = {
  id: defaultLocationId,
  name: "Default location",
  priority: 100,
  isDefault: true,
  sellable: true,
  active: true,
  version: 1
}

const lapsedMax = 1_000

/** The rows that a log of events leads to. */
export class ReplayedStock {
  readonly events: Array<InventoryEvent> = []
  readonly locations = new Map<string, Location>([[firstLocation.id, firstLocation]])
  readonly stocks = new Map<string, SkuStock>()
  readonly reservations = new Map<string, Reservation.Reservation>()
  readonly placedOrders = new Map<string, PlacedOrder>()
  readonly movements: Array<StockMovement> = []

  /** Applies events in their order. */
  apply(events: ReadonlyArray<InventoryEvent>): this {
    for (const event of events) this.applyOne(event)
    return this
  }

  private applyOne(event: InventoryEvent): void {
    this.events.push(event)
    if (isClaimEvent(event)) {
      const { orderId } = event.payload
      for (const hold of this.reservations.values()) {
        if (hold.orderId === orderId) this.reservations.set(hold.id, evolveClaimed(hold, event))
      }
      const placed = this.placedOrders.get(orderId)
      if (placed !== undefined) this.placedOrders.set(orderId, evolveClaimed(placed, event))
      return
    }
    if (isOrderEvent(event)) {
      const order = evolveOrder(this.placedOrders.get(event.aggregateId), event)
      if (order !== undefined) this.placedOrders.set(order.orderId, order)
      return
    }
    const location = evolveLocation(this.locations.get(event.aggregateId), event)
    if (location !== undefined && location.id === event.aggregateId) {
      this.locations.set(location.id, location)
    }
    const locationOf = (id: string) => this.locations.get(id)
    const stock = evolveStock(this.stocks.get(event.aggregateId), event, locationOf)
    if (stock !== undefined) this.stocks.set(stock.sku.id, stock)
    const reservationId = reservationIdOfEvent(event)
    if (reservationId !== undefined) {
      const before = this.reservations.get(reservationId)
      const reservation = evolveReservation(before, event)
      if (reservation !== undefined) this.reservations.set(reservation.id, reservation)
    }
    const lost = this.reservations.get(reacquiredIdOfEvent(event) ?? "")
    if (lost !== undefined) this.reservations.set(lost.id, evolveReacquired(lost))
    const movement = movementOf(event)
    if (movement !== undefined) this.movements.push(movement)
  }

  /** Whose an order is, as a store that is asked says it. */
  ownerOf(orderId: OrderId): OrderOwner {
    const holds = [...this.reservations.values()].filter((hold) => hold.orderId === orderId)
    const placed = this.placedOrders.get(orderId)
    const owned = holds.find((hold) => hold.ownerId !== undefined)
    return {
      orderId,
      ownerId: owned?.ownerId ?? placed?.ownerId ?? null,
      isKnown: holds.length > 0 || placed !== undefined
    }
  }

  /** Whose the orders of carts are: a claim asks, and a host, who tells the stories, asks of no other. */
  private ordersOfCarts(): LoadedStock["owners"] {
    return [...this.reservations.values()].flatMap(({ orderId, ownerId }) =>
      ownerId?.startsWith("cart:") === true ? [{ orderId, ownerId, isKnown: true }] : []
    )
  }

  /** Everything there is, as a store would load it at an instant. */
  loaded(now: DateTime.Utc): LoadedStock {
    const reservations = [...this.reservations.values()]
    const stocks = [...this.stocks.values()]
    const lapsed = reservations
      .filter(Reservation.isPending)
      .filter((hold) => Reservation.isLapsed(hold, now))
      .sort(Reservation.byExpiry)
    return {
      now,
      skus: stocks.map(({ sku }) => sku),
      levels: stocks.flatMap(({ levels }) => levels),
      locations: [...this.locations.values()],
      reservations,
      orderLines: [...new Set(reservations.map(({ orderId }) => orderId))].map((orderId) => ({
        orderId,
        lines: reservations.filter((hold) => hold.orderId === orderId && Reservation.isLine(hold))
          .length
      })),
      placedOrders: [...this.placedOrders.values()],
      lapsed: lapsed.slice(0, lapsedMax),
      lapsedMore: [...new Set(lapsed.slice(lapsedMax).map((hold) => hold.skuId))],
      receipts: [],
      booked: this.movements.filter(({ reference }) => reference !== null),
      returns: [...new Set(reservations.map(({ orderId }) => orderId))].flatMap((orderId) =>
        stocks.map(({ sku }) => returnsOf(reservations, this.movements, { orderId, skuId: sku.id }))
      ),
      owners: this.ordersOfCarts(),
      codes: stocks
        .filter(({ sku }) => sku.archivedAt === null)
        .map(({ sku }) => ({ code: sku.code, skuId: sku.id }))
    }
  }
}
