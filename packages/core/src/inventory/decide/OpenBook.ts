/**
 * Two kinds of book. A loaded book is made of the rows that a store loaded. An open book lies over
 * another book and takes events. The fold of a batch keeps an open book over the loaded one. A
 * decision drafts in an open book over the fold's, and a refusal drops that draft. The book below
 * never changes. An open book changes by its events alone, and it keeps them.
 */
import * as DateTime from "effect/DateTime"
import type { LocationId, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import {
  type ClaimEvent,
  type InventoryEvent,
  isClaimEvent,
  isOrderEvent
} from "../messages/InventoryEvent.ts"
import type { Location } from "../state/Location.ts"
import type { OrderReturns } from "../state/OrderReturns.ts"
import type { PlacedOrder } from "../state/PlacedOrder.ts"
import * as Reservation from "../state/Reservation.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type { LoadedStock, StockBook } from "../state/StockBook.ts"
import type { MovementType, StockMovement } from "../state/StockMovement.ts"
import {
  evolveClaimed,
  evolveOrder,
  evolveReacquired,
  evolveReservation,
  evolveStock,
  movementOf,
  reacquiredIdOfEvent,
  reservationIdOfEvent
} from "./evolve.ts"

const levelKey = (skuId: SkuId, locationId: LocationId): string => `${skuId}/${locationId}`

const groupBy = <A, Key>(items: ReadonlyArray<A>, key: (item: A) => Key): Map<Key, Array<A>> => {
  const groups = new Map<Key, Array<A>>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return groups
}

const none: ReadonlyArray<never> = []
const noReturns = { fulfilledQuantity: 0, returnedQuantity: 0 }

/** The book of what a store has loaded. */
export const fromLoaded = (loaded: LoadedStock): StockBook => {
  const locations = new Map(loaded.locations.map((location) => [location.id, location]))
  const location = (id: LocationId) => locations.get(id)
  const levels = groupBy(loaded.levels, (level) => level.skuId)
  const stocks = new Map(
    loaded.skus.map((sku) => [sku.id, SkuStock.make(sku, levels.get(sku.id) ?? [], location)])
  )
  const reservations = new Map<ReservationId, Reservation.Reservation>()
  const replacements = new Map<ReservationId, Reservation.Reservation>()
  for (const hold of loaded.lapsed) reservations.set(hold.id, hold)
  for (const hold of loaded.reservations) {
    reservations.set(hold.id, hold)
    if (hold.replaces !== null) replacements.set(hold.replaces, hold)
  }
  // A server of an earlier version names the lost hold on the new one alone.
  for (const lostId of replacements.keys()) {
    const lost = reservations.get(lostId)
    if (lost !== undefined) reservations.set(lostId, evolveReacquired(lost))
  }
  const lapsed = groupBy(loaded.lapsed, (hold) => levelKey(hold.skuId, hold.locationId))
  const codes = new Map(loaded.codes.map(({ code, skuId }) => [code, skuId]))
  let ofLoadedSkus: Map<string, SkuId> | undefined
  // SKUs that were loaded by their codes are found among those that were loaded.
  const ownerOf = (code: string): SkuId | undefined => {
    ofLoadedSkus ??= new Map(
      loaded.skus.filter((sku) => sku.archivedAt === null).map(({ code, id }) => [code, id])
    )
    return ofLoadedSkus.get(code)
  }
  const defaultLocation = loaded.locations.find((candidate) => candidate.isDefault)
  if (defaultLocation === undefined) throw new Error("a store must have a default location")
  const all = () => [...reservations.values()]
  let ofOrders: Map<OrderId, Array<Reservation.Reservation>> | undefined
  const lineCounts = new Map(loaded.orderLines.map(({ lines, orderId }) => [orderId, lines]))
  const placedOrders = new Map(loaded.placedOrders.map((order) => [order.orderId, order]))
  const owners = new Map(loaded.owners.map((owner) => [owner.orderId, owner]))
  const instants = new Map<number, DateTime.Utc>()
  return {
    now: loaded.now,
    instantAfter: (seconds) => {
      const known = instants.get(seconds)
      if (known !== undefined) return known
      const instant = DateTime.makeUnsafe(loaded.now.epochMilliseconds + seconds * 1000)
      instants.set(seconds, instant)
      return instant
    },
    defaultLocation,
    location,
    stock: (id) => stocks.get(id),
    reservation: (id) => reservations.get(id),
    replacementOf: (id) => replacements.get(id),
    reservationsOfOrder: (orderId) => {
      ofOrders ??= groupBy(all(), (hold) => hold.orderId)
      return [...(ofOrders.get(orderId) ?? none)].sort(Reservation.byAge)
    },
    lineCountOf: (orderId) => lineCounts.get(orderId),
    placedOrder: (orderId) => placedOrders.get(orderId),
    lapsedAt: (skuId, locationId) => lapsed.get(levelKey(skuId, locationId)) ?? none,
    openHoldsAt: (skuId, locationId) =>
      all()
        .filter((hold) => isOpenAt(hold, skuId, locationId))
        .sort(Reservation.byNewest),
    ownerOf: (orderId) => {
      const owner = owners.get(orderId)
      return owner === undefined || owner.isKnown ? owner : null
    },
    skuIdOfCode: (code) => codes.get(code) ?? ownerOf(code),
    bookedUnder: (reference, skuId, type) =>
      loaded.booked.find(
        (row) => row.reference === reference && row.skuId === skuId && row.type === type
      ),
    returnsOf: (orderId, skuId) =>
      loaded.returns.find((row) => row.orderId === orderId && row.skuId === skuId) ?? noReturns
  }
}

const isOpenAt = (hold: Reservation.Reservation, skuId: SkuId, locationId: LocationId): boolean =>
  hold.skuId === skuId && hold.locationId === locationId && Reservation.isOpen(hold)

/** A book that takes events, lying over another that it reads through to. */
export class OpenBook implements StockBook {
  readonly base: StockBook
  private readonly taken: Array<InventoryEvent> = []
  private readonly stocksHere = new Map<SkuId, SkuStock.SkuStock>()
  private readonly reservationsHere = new Map<ReservationId, Reservation.Reservation>()
  private readonly locationsHere = new Map<LocationId, Location>()
  // Most books have none, and one is made for every decision.
  private placedOrdersHere: Map<OrderId, PlacedOrder> | undefined
  private ownersHere: Map<OrderId, string> | undefined

  constructor(base: StockBook) {
    this.base = base
  }

  /** The events that it took, in their order. */
  get events(): ReadonlyArray<InventoryEvent> {
    return this.taken
  }

  /** The SKUs that its events changed, as they are now. */
  get stocks(): Iterable<SkuStock.SkuStock> {
    return this.stocksHere.values()
  }

  /** The reservations that its events changed, as they are now. */
  get reservations(): Iterable<Reservation.Reservation> {
    return this.reservationsHere.values()
  }

  /** The locations that its events changed, as they are now. */
  get locations(): Iterable<Location> {
    return this.locationsHere.values()
  }

  /** The placed orders that its events changed, as they are now. */
  get placedOrders(): Iterable<PlacedOrder> {
    return this.placedOrdersHere?.values() ?? none
  }

  get now() {
    return this.base.now
  }

  instantAfter(seconds: number): DateTime.Utc {
    return this.base.instantAfter(seconds)
  }

  /** Takes one event, and applies it to everything that it touches. */
  record(event: InventoryEvent): void {
    this.taken.push(event)
    if (
      event.eventType === "inventory.location.created" ||
      event.eventType === "inventory.location.updated"
    ) {
      this.locationsHere.set(event.aggregateId, event.payload.location)
      return
    }
    if (isClaimEvent(event)) {
      this.claim(event)
      return
    }
    if (isOrderEvent(event)) {
      const order = evolveOrder(this.placedOrder(event.aggregateId), event)
      if (order !== undefined) this.keepPlaced(order)
      return
    }
    const stock = evolveStock(this.stock(event.aggregateId), event, this.location)
    if (stock !== undefined) this.stocksHere.set(event.aggregateId, stock)
    const reservationId = reservationIdOfEvent(event)
    if (reservationId === undefined) return
    // A hold that is being made is in no book yet, and looking for it is a fifth of a reservation.
    const isNew = event.eventType === "inventory.stock.reserved"
    const before = isNew ? undefined : this.reservation(reservationId)
    const after = evolveReservation(before, event)
    if (after !== undefined) this.reservationsHere.set(reservationId, after)
    const reacquiredId = isNew ? reacquiredIdOfEvent(event) : null
    const lost = reacquiredId === null ? undefined : this.reservation(reacquiredId)
    if (lost !== undefined) this.reservationsHere.set(lost.id, evolveReacquired(lost))
  }

  /** Takes over the events of a book that is open over this one, and their results. */
  absorb(book: OpenBook): void {
    if (book.base !== this) throw new Error("a book takes events of books over itself alone")
    for (const event of book.events) this.taken.push(event)
    for (const stock of book.stocks) this.stocksHere.set(stock.sku.id, stock)
    for (const hold of book.reservations) this.reservationsHere.set(hold.id, hold)
    for (const location of book.locations) this.locationsHere.set(location.id, location)
    if (book.placedOrdersHere !== undefined) {
      for (const order of book.placedOrdersHere.values()) this.keepPlaced(order)
    }
    if (book.ownersHere !== undefined) {
      for (const [orderId, ownerId] of book.ownersHere) this.keepOwner(orderId, ownerId)
    }
  }

  readonly location = (id: LocationId): Location | undefined =>
    (this.locationsHere.size === 0 ? undefined : this.locationsHere.get(id)) ??
    this.base.location(id)

  get defaultLocation(): Location {
    for (const location of this.locationsHere.values()) if (location.isDefault) return location
    return this.base.defaultLocation
  }

  /** Levels in the order of allocation; a location that changed in this book changes the order. */
  stock(id: SkuId): SkuStock.SkuStock | undefined {
    const stock = this.stocksHere.get(id) ?? this.base.stock(id)
    if (this.locationsHere.size === 0 || stock === undefined) return stock
    return SkuStock.make(stock.sku, stock.levels, this.location)
  }

  reservation(id: ReservationId): Reservation.Reservation | undefined {
    return this.reservationsHere.get(id) ?? this.base.reservation(id)
  }

  replacementOf(id: ReservationId): Reservation.Reservation | undefined {
    for (const hold of this.reservationsHere.values()) if (hold.replaces === id) return hold
    const below = this.base.replacementOf(id)
    return below === undefined ? undefined : this.reservation(below.id)
  }

  reservationsOfOrder(orderId: OrderId): ReadonlyArray<Reservation.Reservation> {
    return this.merged(this.base.reservationsOfOrder(orderId), (hold) => hold.orderId === orderId)
  }

  lineCountOf(orderId: OrderId): number | undefined {
    let count = this.base.lineCountOf(orderId)
    if (count === undefined) return undefined
    for (const hold of this.reservationsHere.values()) {
      if (hold.orderId !== orderId) continue
      const before = this.base.reservation(hold.id)
      if (before !== undefined && Reservation.isLine(before)) count -= 1
      if (Reservation.isLine(hold)) count += 1
    }
    return count
  }

  placedOrder(orderId: OrderId): PlacedOrder | undefined {
    return this.placedOrdersHere?.get(orderId) ?? this.base.placedOrder(orderId)
  }

  lapsedAt(skuId: SkuId, locationId: LocationId): ReadonlyArray<Reservation.Pending> {
    const below = this.base.lapsedAt(skuId, locationId)
    if (below.length === 0 || this.reservationsHere.size === 0) return below
    return below.filter((hold) => {
      const here = this.reservationsHere.get(hold.id)
      return here === undefined || Reservation.isLapsed(here, this.now)
    })
  }

  openHoldsAt(skuId: SkuId, locationId: LocationId): ReadonlyArray<Reservation.Reservation> {
    return this.merged(this.base.openHoldsAt(skuId, locationId), (hold) =>
      isOpenAt(hold, skuId, locationId)
    )
      .filter(Reservation.isOpen)
      .sort(Reservation.byNewest)
  }

  ownerOf(orderId: OrderId): ReturnType<StockBook["ownerOf"]> {
    const claimant = this.ownersHere?.get(orderId)
    if (claimant !== undefined) return { ownerId: claimant }
    const below = this.base.ownerOf(orderId)
    if (below !== null) return below
    let here: { readonly ownerId: null } | null = null
    for (const hold of this.reservationsHere.values()) {
      if (hold.orderId !== orderId) continue
      if (hold.ownerId !== undefined) return { ownerId: hold.ownerId }
      here = { ownerId: null }
    }
    return this.placedOrdersHere?.get(orderId) ?? here
  }

  skuIdOfCode(code: string): SkuId | undefined {
    for (const { sku } of this.stocksHere.values()) {
      if (sku.code === code && sku.archivedAt === null) return sku.id
    }
    const below = this.base.skuIdOfCode(code)
    return below !== undefined && this.stocksHere.has(below) ? undefined : below
  }

  bookedUnder(reference: string, skuId: SkuId, type: MovementType): StockMovement | undefined {
    const below = this.base.bookedUnder(reference, skuId, type)
    if (below !== undefined) return below
    for (const event of this.taken) {
      if (event.aggregateId !== skuId) continue
      const row = movementOf(event)
      if (row?.reference === reference && row.type === type) return row
    }
    return undefined
  }

  returnsOf(
    orderId: OrderId,
    skuId: SkuId
  ): Pick<OrderReturns, "fulfilledQuantity" | "returnedQuantity"> {
    let { fulfilledQuantity, returnedQuantity } = this.base.returnsOf(orderId, skuId)
    for (const { aggregateId, eventType, payload } of this.taken) {
      if (aggregateId !== skuId) continue
      if (eventType === "inventory.stock.fulfilled" && payload.orderId === orderId) {
        fulfilledQuantity += payload.quantity
      }
      if (eventType === "inventory.stock.updated" && payload.orderId === orderId) {
        returnedQuantity += payload.quantity
      }
    }
    return { fulfilledQuantity, returnedQuantity }
  }

  /** Holds that are not in the book are the store's to write: past ones, which no decision needs. */
  private claim(event: ClaimEvent): void {
    const { orderId, ownerId } = event.payload
    for (const hold of this.reservationsOfOrder(orderId)) {
      const claimed = evolveClaimed(hold, event)
      if (claimed !== hold) this.reservationsHere.set(hold.id, claimed)
    }
    const order = this.placedOrder(orderId)
    const claimed = order && evolveClaimed(order, event)
    if (claimed !== undefined && claimed !== order) this.keepPlaced(claimed)
    this.keepOwner(orderId, ownerId)
  }

  private keepOwner(orderId: OrderId, ownerId: string): void {
    this.ownersHere ??= new Map()
    this.ownersHere.set(orderId, ownerId)
  }

  private keepPlaced(order: PlacedOrder): void {
    this.placedOrdersHere ??= new Map()
    this.placedOrdersHere.set(order.orderId, order)
  }

  private merged(
    below: ReadonlyArray<Reservation.Reservation>,
    belongs: (hold: Reservation.Reservation) => boolean
  ): Array<Reservation.Reservation> {
    const holds = below.map((hold) => this.reservationsHere.get(hold.id) ?? hold)
    const known = new Set(below.map((hold) => hold.id))
    for (const hold of this.reservationsHere.values()) {
      if (!known.has(hold.id) && belongs(hold)) holds.push(hold)
    }
    return holds
  }
}
