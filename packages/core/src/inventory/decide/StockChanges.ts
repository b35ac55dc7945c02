/**
 * The rows that a batch writes. They can only be made from a book, and a book changes only by
 * events. So `StockChanges` holds nothing but the consequences of events, and the customers whose
 * data came encrypted with the commands.
 */
import type * as DateTime from "effect/DateTime"
import type { OrderId } from "../../kernel/Identifier.ts"
import type { Receipt } from "../../kernel/Receipt.ts"
import {
  type InventoryEvent,
  type InventoryPayloads,
  isClaimEvent
} from "../messages/InventoryEvent.ts"
import type { Location } from "../state/Location.ts"
import type { PlacedOrder } from "../state/PlacedOrder.ts"
import type { Reservation } from "../state/Reservation.ts"
import type { Sku } from "../state/Sku.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type { StockLevel } from "../state/StockLevel.ts"
import type { StockMovement } from "../state/StockMovement.ts"
import { movementOf } from "./evolve.ts"
import type { OpenBook } from "./OpenBook.ts"

/** A level as it is now; its version, and the time of its last change, when it was loaded. */
export interface UpdatedLevel {
  readonly level: StockLevel
  readonly loadedVersion: number
  readonly loadedAt: DateTime.Utc
}

/** What is to be kept about the customer of an order, in the place of what was kept before. */
export interface NewCustomer {
  readonly orderId: OrderId
  /** Encrypted; no decision reads it. */
  readonly ciphertext: string
}

const noCustomers: ReadonlyArray<NewCustomer> = []

/**
 * Every row that a batch writes, each at its final state. `isOfBook` makes the type nominal: an
 * object that only has the same fields does not compile as one.
 */
export class StockChanges {
  readonly createdSkus: ReadonlyArray<Sku>
  readonly updatedSkus: ReadonlyArray<Sku>
  readonly createdLevels: ReadonlyArray<StockLevel>
  readonly updatedLevels: ReadonlyArray<UpdatedLevel>
  readonly createdLocations: ReadonlyArray<Location>
  readonly updatedLocations: ReadonlyArray<Location>
  readonly createdReservations: ReadonlyArray<Reservation>
  readonly updatedReservations: ReadonlyArray<Reservation>
  /** Placed orders, new and changed ones. */
  readonly placedOrders: ReadonlyArray<PlacedOrder>
  /** Orders of carts that became those of persons; all of their holds do, also those not loaded. */
  readonly claims: ReadonlyArray<InventoryPayloads["ordering.claim.made"]>
  readonly movements: ReadonlyArray<StockMovement>
  readonly events: ReadonlyArray<InventoryEvent>
  readonly receipts: ReadonlyArray<Receipt>
  /** One an order, by the order's id. */
  readonly customers: ReadonlyArray<NewCustomer>
  declare protected readonly isOfBook: true

  private constructor(
    book: OpenBook,
    receipts: ReadonlyArray<Receipt>,
    customers: ReadonlyArray<NewCustomer>
  ) {
    const skus = skuChanges(book)
    this.createdSkus = skus.created
    this.updatedSkus = skus.updated
    const levels = levelChanges(book)
    this.createdLevels = levels.created
    this.updatedLevels = levels.updated
    const isNewLocation = (location: Location) => book.base.location(location.id) === undefined
    const locations = [...book.locations]
    this.createdLocations = locations.filter(isNewLocation)
    this.updatedLocations = locations.filter((location) => !isNewLocation(location))
    const isNewHold = (hold: Reservation) => book.base.reservation(hold.id) === undefined
    const reservations = [...book.reservations]
    this.createdReservations = reservations.filter(isNewHold)
    this.updatedReservations = reservations.filter((hold) => !isNewHold(hold))
    // Whose an order is changes by a claim alone, which changes nothing else of it.
    const hasStepped = ({ orderId, version }: PlacedOrder) =>
      book.base.placedOrder(orderId)?.version !== version
    this.placedOrders = [...book.placedOrders].filter(hasStepped)
    this.claims = book.events.filter(isClaimEvent).map(({ payload }) => payload)
    this.movements = book.events.flatMap((event) => movementOf(event) ?? [])
    this.events = [...book.events]
    this.receipts = receipts
    this.customers = customers
  }

  /** The rows of a book and its events, the answers to keep, and what is kept about customers. */
  static of(
    book: OpenBook,
    receipts: ReadonlyArray<Receipt>,
    customers: ReadonlyArray<NewCustomer> = noCustomers
  ): StockChanges {
    return new StockChanges(book, receipts, customers)
  }

  /** Whether nothing is to be written. */
  get isEmpty(): boolean {
    return this.events.length === 0 && this.receipts.length === 0 && this.customers.length === 0
  }
}

const skuChanges = (book: OpenBook) => {
  const created: Array<Sku> = []
  const updated: Array<Sku> = []
  for (const { sku } of book.stocks) {
    const before = book.base.stock(sku.id)
    if (before === undefined) created.push(sku)
    else if (before.sku !== sku) updated.push(sku)
  }
  return { created, updated }
}

const levelChanges = (book: OpenBook) => {
  const created: Array<StockLevel> = []
  const updated: Array<UpdatedLevel> = []
  for (const stock of book.stocks) {
    const before = book.base.stock(stock.sku.id)
    for (const level of stock.levels) {
      const loaded = before === undefined ? undefined : SkuStock.levelAt(before, level.locationId)
      if (loaded === undefined) created.push(level)
      else if (loaded !== level) {
        updated.push({ level, loadedVersion: loaded.version, loadedAt: loaded.lastUpdated })
      }
    }
  }
  return { created, updated }
}
