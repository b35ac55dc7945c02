/**
 * The draft of one decision: an open book that also writes down the events. It knows how an event
 * is numbered and what balances it carries; it decides nothing. A refused draft is dropped.
 */
import { aggregateTypeOf, type Origin } from "../../kernel/DomainEvent.ts"
import {
  eventIdOf,
  type LocationId,
  type OrderId,
  type ReservationId,
  reservationIdOf,
  type SkuId,
  type TransferId
} from "../../kernel/Identifier.ts"
import type {
  InventoryAggregateIds,
  InventoryEvent,
  InventoryEventType,
  InventoryPayloads,
  ReleaseReason
} from "../messages/InventoryEvent.ts"
import type { BalancesAfter } from "../state/Balances.ts"
import * as Reservation from "../state/Reservation.ts"
import * as Room from "../state/Room.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type { StockBook } from "../state/StockBook.ts"
import * as StockLevel from "../state/StockLevel.ts"
import { OpenBook } from "./OpenBook.ts"

type StockEventType = Exclude<
  InventoryEventType,
  `inventory.location.${string}` | `ordering.${string}`
>

type Touched = { available: number; locationId: LocationId }

/** What a physical change says besides its quantity. */
export interface Movement {
  readonly type: InventoryPayloads["inventory.stock.updated"]["movementType"]
  readonly quantity: number
  readonly reference?: string | null | undefined
  readonly reason?: string | null | undefined
  readonly actor?: string | null | undefined
  readonly occurredAt?: InventoryPayloads["inventory.stock.updated"]["occurredAt"] | undefined
  readonly transferId?: TransferId | null
  readonly forReservation?: Reservation.Reservation
  readonly shortfallAccepted?: boolean
  readonly orderId?: OrderId | undefined
}

/** The draft of one decision. */
export class Draft extends OpenBook {
  readonly origin: Origin
  private readonly touched = new Map<SkuId, Touched>()
  private readonly eventsBefore: number
  private reservationsMade = 0

  constructor(base: StockBook, origin: Origin, eventsBefore = 0) {
    super(base)
    this.origin = origin
    this.eventsBefore = eventsBefore
  }

  /** How many events its command has made so far, those before a part included. */
  get eventsOfCommand(): number {
    return this.eventsBefore + this.events.length
  }

  /** A draft over this one, of a part of the command that may be dropped alone. */
  part(): Draft {
    return new Draft(this, this.origin, this.eventsOfCommand)
  }

  /** Takes over what a part has drafted. Its crossings are those of the command as a whole. */
  take(part: Draft): void {
    this.absorb(part)
    for (const [skuId, touched] of part.touched) {
      const before = this.touched.get(skuId)
      if (before === undefined) this.touched.set(skuId, touched)
      else before.locationId = touched.locationId
    }
  }

  /** Whether stock of this level may be promised. */
  readonly isPromising = (level: StockLevel.StockLevel): boolean =>
    SkuStock.isPromising(level, this.location)

  /** The id of the next reservation of a SKU that this command makes. */
  nextReservationId(skuId: SkuId): ReservationId {
    return reservationIdOf(this.origin.commandId, this.reservationsMade++, skuId)
  }

  /** Writes down one event of an aggregate and applies it. */
  emit<Type extends InventoryEventType>(
    eventType: Type,
    aggregateId: InventoryAggregateIds[Type],
    version: number,
    payload: InventoryPayloads[Type]
  ): void {
    const event = {
      eventId: eventIdOf(this.origin.commandId, this.eventsOfCommand),
      eventType,
      aggregateId,
      aggregateType: aggregateTypeOf(eventType),
      version,
      timestamp: this.now,
      commandId: this.origin.commandId,
      correlationId: this.origin.correlationId,
      traceparent: this.origin.traceparent,
      payload
    } as InventoryEvent
    this.record(event)
  }

  /** Writes down an event about the SKU itself. */
  emitSku<
    Type extends "inventory.sku.updated" | "inventory.sku.archived" | "inventory.sku.unarchived"
  >(eventType: Type, stock: SkuStock.SkuStock, payload: InventoryPayloads[Type]): void {
    this.touch(stock, stock.levels[0]?.locationId ?? this.defaultLocation.id)
    this.emit(eventType, stock.sku.id, stock.version + 1, payload)
  }

  /** Marks where a SKU's availability stood before this command first touched it. */
  touch(stock: SkuStock.SkuStock, locationId: LocationId): void {
    const touched = this.touched.get(stock.sku.id)
    if (touched !== undefined) {
      touched.locationId = locationId
      return
    }
    const available = Room.available(SkuStock.room(stock, this.isPromising))
    this.touched.set(stock.sku.id, { available, locationId })
  }

  private emitStock<Type extends StockEventType>(
    eventType: Type,
    skuId: SkuId,
    locationId: LocationId,
    change: { readonly total: number; readonly reserved: number },
    details: Omit<InventoryPayloads[Type], keyof BalancesAfter>
  ): void {
    const stock = this.stock(skuId)
    if (stock === undefined) throw new Error(`event ${eventType} for a SKU that is not in the book`)
    this.touch(stock, locationId)
    const payload = { ...details, ...this.balancesAfter(stock, locationId, change) }
    this.emit(eventType, skuId, stock.version + 1, payload as InventoryPayloads[Type])
  }

  private balancesAfter(
    stock: SkuStock.SkuStock,
    locationId: LocationId,
    change: { readonly total: number; readonly reserved: number }
  ): BalancesAfter {
    const known = SkuStock.levelAt(stock, locationId)
    const before = known ?? StockLevel.empty(stock.sku.id, locationId, this.now)
    const after = {
      ...before,
      totalQuantity: before.totalQuantity + change.total,
      reservedQuantity: before.reservedQuantity + change.reserved
    }
    const levels =
      known === undefined
        ? [...stock.levels, after]
        : stock.levels.length === 1
          ? [after]
          : stock.levels.map((level) => (level === known ? after : level))
    const room = Room.roomOf(stock.sku, levels, this.isPromising)
    return {
      level: {
        totalQuantity: after.totalQuantity,
        reservedQuantity: after.reservedQuantity,
        availableQuantity: this.isPromising(after) ? Room.availableAt(room, stock.sku, after) : 0
      },
      sku: SkuStock.balancesOf(room)
    }
  }

  /** A physical change of one level: the event that is also the ledger's row. */
  moveStock(skuId: SkuId, locationId: LocationId, movement: Movement): void {
    const stock = this.stock(skuId)
    const level = stock === undefined ? undefined : SkuStock.levelAt(stock, locationId)
    const previousQuantity = level?.totalQuantity ?? 0
    const forReservation = movement.forReservation
    this.emitStock(
      "inventory.stock.updated",
      skuId,
      locationId,
      {
        total: movement.quantity,
        reserved: forReservation === undefined ? 0 : movement.quantity
      },
      {
        skuId,
        locationId,
        previousQuantity,
        currentQuantity: previousQuantity + movement.quantity,
        movementType: movement.type,
        quantity: movement.quantity,
        sequence: (level?.movementSequence ?? 0) + 1,
        reference: movement.reference ?? null,
        reason: movement.reason ?? null,
        actor: movement.actor ?? this.origin.actor,
        transferId: movement.transferId ?? null,
        occurredAt: movement.occurredAt ?? null,
        reservationId: forReservation?.id ?? null,
        shortfallAccepted: movement.shortfallAccepted ?? false,
        ...(movement.orderId === undefined ? undefined : { orderId: movement.orderId })
      }
    )
  }

  /** Promises units of one level to an order. */
  holdStock(
    line: Omit<InventoryPayloads["inventory.stock.reserved"], keyof BalancesAfter>
  ): Reservation.Reservation {
    const change = { total: 0, reserved: line.quantity }
    this.emitStock("inventory.stock.reserved", line.skuId, line.locationId, change, line)
    return this.current(line.reservationId)
  }

  /** Frees what a hold still keeps. A lost hold keeps nothing, so freeing it only ends the loss. */
  free(hold: Reservation.Reservation, reason: ReleaseReason): Reservation.Reservation {
    const quantity = Reservation.isOpen(hold) ? Reservation.heldQuantity(hold) : 0
    this.emitStock(
      "inventory.stock.released",
      hold.skuId,
      hold.locationId,
      { total: 0, reserved: -quantity },
      { ...refOf(hold), quantity, reason }
    )
    return this.current(hold.id)
  }

  /** Makes a hold last until goods leave or it is released. */
  confirm(hold: Reservation.Reservation): Reservation.Reservation {
    const details = { ...refOf(hold), quantity: Reservation.heldQuantity(hold) }
    const unchanged = { total: 0, reserved: 0 }
    this.emitStock("inventory.stock.confirmed", hold.skuId, hold.locationId, unchanged, details)
    return this.current(hold.id)
  }

  /** Ships units of a hold: the movement takes both the total and the promise down. */
  ship(
    hold: Reservation.Reservation,
    quantity: number,
    notes: Pick<Movement, "reference" | "actor">
  ): Reservation.Reservation {
    this.moveStock(hold.skuId, hold.locationId, {
      type: "SHIPMENT",
      quantity: -quantity,
      reference: notes.reference ?? hold.orderId,
      actor: notes.actor,
      forReservation: hold
    })
    this.emitStock(
      "inventory.stock.fulfilled",
      hold.skuId,
      hold.locationId,
      { total: 0, reserved: 0 },
      {
        ...refOf(hold),
        quantity,
        remainingQuantity: Reservation.heldQuantity(hold) - quantity
      }
    )
    return this.current(hold.id)
  }

  /** Gives a pending hold a new instant at which it lapses. */
  extend(
    hold: Reservation.Reservation,
    expiresAt: InventoryPayloads["inventory.reservation.extended"]["expiresAt"]
  ): Reservation.Reservation {
    const stock = this.stock(hold.skuId)
    const version = (stock?.version ?? 0) + 1
    const payload = { ...refOf(hold), expiresAt }
    this.emit("inventory.reservation.extended", hold.skuId, version, payload)
    return this.current(hold.id)
  }

  /** Gives a hold another quantity, and a pending one another instant. */
  resize(
    hold: Reservation.Reservation,
    quantity: number,
    expiresAt: Reservation.Reservation["expiresAt"]
  ): Reservation.Reservation {
    this.emitStock(
      "inventory.reservation.resized",
      hold.skuId,
      hold.locationId,
      { total: 0, reserved: quantity - hold.quantity },
      { ...refOf(hold), previousQuantity: hold.quantity, quantity, expiresAt }
    )
    return this.current(hold.id)
  }

  private current(reservationId: ReservationId): Reservation.Reservation {
    const hold = this.reservation(reservationId)
    if (hold === undefined) throw new Error(`reservation ${reservationId} is not in the book`)
    return hold
  }

  /** Ends the draft: one event for each crossing that the command as a whole made. */
  close(): ReadonlyArray<InventoryEvent> {
    for (const [skuId, { available, locationId }] of this.touched) {
      const stock = this.stock(skuId)
      if (stock === undefined) continue
      const after = Room.available(SkuStock.room(stock, this.isPromising))
      if (after === available) continue
      const threshold = stock.sku.lowStockThreshold
      const at = { skuId, locationId }
      const unchanged = { total: 0, reserved: 0 }
      if (available > 0 && after === 0) {
        this.emitStock("inventory.stock.depleted", skuId, locationId, unchanged, at)
      } else if (available === 0 && after > 0) {
        this.emitStock("inventory.stock.replenished", skuId, locationId, unchanged, at)
      }
      if (threshold !== null && available > threshold && after <= threshold) {
        const low = { ...at, lowStockThreshold: threshold }
        this.emitStock("inventory.stock.low", skuId, locationId, unchanged, low)
      }
    }
    return this.events
  }
}

const refOf = (hold: Reservation.Reservation) => {
  const { bundle, id: reservationId, locationId, orderId, skuId } = hold
  const ref = { reservationId, orderId, skuId, locationId }
  return bundle === undefined ? ref : { ...ref, bundle }
}
