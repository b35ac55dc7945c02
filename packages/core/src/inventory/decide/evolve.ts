/**
 * What an event does to each thing it touches. Pure, total, and never refusing: an event has
 * happened. Balances are taken from the event itself, which carries them; so replaying a log gives
 * the rows that were written.
 */
import type * as DateTime from "effect/DateTime"
import { movementIdOf, type ReservationId } from "../../kernel/Identifier.ts"
import {
  type ClaimEvent,
  type InventoryEvent,
  type InventoryEventOf,
  type InventoryPayloads,
  isClaimEvent,
  isOrderEvent,
  type OrderEvent
} from "../messages/InventoryEvent.ts"
import type { Location } from "../state/Location.ts"
import type { OrderStatus, PlacedOrder } from "../state/PlacedOrder.ts"
import type { Confirmed, Pending, Reservation, ReservationStatus } from "../state/Reservation.ts"
import * as SkuStock from "../state/SkuStock.ts"
import * as StockLevel from "../state/StockLevel.ts"
import type { StockMovement } from "../state/StockMovement.ts"

type SkuChangedType =
  | "inventory.sku.updated"
  | "inventory.sku.archived"
  | "inventory.sku.unarchived"
type SkuEventType = "inventory.sku.created" | SkuChangedType
type LocationEventType = "inventory.location.created" | "inventory.location.updated"
type StockEvent = Exclude<
  InventoryEvent,
  OrderEvent | ClaimEvent | { readonly eventType: SkuEventType | LocationEventType }
>

/** The SKU and its levels after an event of its own. */
export const evolveStock = (
  stock: SkuStock.SkuStock | undefined,
  event: InventoryEvent,
  locationOf: SkuStock.LocationOf
): SkuStock.SkuStock | undefined => {
  if (isOrderEvent(event) || isClaimEvent(event)) return stock
  switch (event.eventType) {
    case "inventory.location.created":
    case "inventory.location.updated":
      return stock
    case "inventory.sku.created":
      return created(event)
    case "inventory.sku.updated":
    case "inventory.sku.archived":
    case "inventory.sku.unarchived":
      return stock === undefined ? undefined : redefined(stock, event)
    default:
      return stock === undefined ? undefined : changed(stock, event, locationOf)
  }
}

const created = (event: InventoryEventOf<"inventory.sku.created">): SkuStock.SkuStock => {
  const { locationId, sku } = event.payload
  const level = StockLevel.empty(sku.id, locationId, event.timestamp)
  return { sku, levels: [{ ...level, version: event.version }], version: event.version }
}

/**
 * Writes a change of the SKU itself on the level whose location comes first by id: some row has to
 * carry the new version, and priorities may change. No policy is written on a level.
 */
const redefined = (
  stock: SkuStock.SkuStock,
  event: InventoryEventOf<SkuChangedType>
): SkuStock.SkuStock => {
  const bearer = stock.levels.reduce(
    (first, { locationId }) => (locationId < first ? locationId : first),
    stock.levels[0]?.locationId ?? ""
  )
  const levels = stock.levels.map((level) =>
    level.locationId === bearer
      ? {
          ...level,
          promiseLimit: Math.min(level.promiseLimit, StockLevel.shortfall(level)),
          version: event.version,
          lastUpdated: event.timestamp
        }
      : level
  )
  return { sku: event.payload.sku, levels, version: event.version }
}

const changed = (
  stock: SkuStock.SkuStock,
  event: StockEvent,
  locationOf: SkuStock.LocationOf
): SkuStock.SkuStock => {
  const { locationId } = event.payload
  const before = SkuStock.levelAt(stock, locationId)
  const after = changedLevel(
    stock,
    before ?? StockLevel.empty(stock.sku.id, locationId, event.timestamp),
    event
  )
  const levels =
    before === undefined
      ? [...stock.levels, after].sort(SkuStock.byAllocation(locationOf))
      : stock.levels.length === 1
        ? [after]
        : stock.levels.map((level) => (level === before ? after : level))
  return { sku: stock.sku, levels, version: event.version }
}

const changedLevel = (
  stock: SkuStock.SkuStock,
  level: StockLevel.StockLevel,
  event: StockEvent
): StockLevel.StockLevel => {
  const balances = "level" in event.payload ? event.payload.level : level
  const { reservedQuantity, totalQuantity } = balances
  const isMovement = event.eventType === "inventory.stock.updated"
  return {
    skuId: level.skuId,
    locationId: level.locationId,
    totalQuantity,
    reservedQuantity,
    promiseLimit: Math.min(StockLevel.shortfall(balances), promiseLimitMax(stock, level, event)),
    movementSequence: isMovement ? event.payload.sequence : level.movementSequence,
    version: event.version,
    lastUpdated: event.timestamp
  }
}

/**
 * How far an event may raise the promise limit of a level. A promise and a lower count raise it as
 * far as the policy leaves room beside the other places. An accepted shortfall raises it as far as
 * it must. Any other event may not raise it.
 */
const promiseLimitMax = (
  stock: SkuStock.SkuStock,
  level: StockLevel.StockLevel,
  event: StockEvent
): number => {
  if (event.eventType === "inventory.stock.updated" && event.payload.shortfallAccepted) {
    return Number.POSITIVE_INFINITY
  }
  if (!mayPromise(event)) return level.promiseLimit
  let others = 0
  for (const other of stock.levels) if (other !== level) others += StockLevel.shortfall(other)
  return Math.max(StockLevel.shortfall(level), stock.sku.backorderLimit - others)
}

/** Whether an event may leave more promised beyond stock than there was before. */
const mayPromise = (event: StockEvent): boolean => {
  switch (event.eventType) {
    case "inventory.stock.reserved":
      return true
    case "inventory.reservation.resized":
      return event.payload.quantity > event.payload.previousQuantity
    case "inventory.stock.updated":
      return event.payload.movementType === "ADJUSTMENT" && event.payload.quantity < 0
    default:
      return false
  }
}

/**
 * The reservation after an event that names it, or undefined when the event names none. An event
 * that its state does not allow leaves it as it is.
 */
export const evolveReservation = (
  reservation: Reservation | undefined,
  event: InventoryEvent
): Reservation | undefined => {
  if (event.eventType === "inventory.stock.reserved") return reserved(event)
  if (reservation === undefined) return undefined
  switch (event.eventType) {
    case "inventory.stock.confirmed":
      return reservation.status === "PENDING" ? confirmed(reservation) : reservation
    case "inventory.stock.released":
      return released(reservation, event)
    case "inventory.stock.fulfilled":
      return reservation.status === "CONFIRMED" ? fulfilled(reservation, event) : reservation
    case "inventory.reservation.extended":
      return reservation.status === "PENDING"
        ? { ...reservation, expiresAt: event.payload.expiresAt }
        : reservation
    case "inventory.reservation.resized":
      return resized(reservation, event)
    default:
      return reservation
  }
}

const confirmed = (hold: Pending): Confirmed => ({ ...hold, status: "CONFIRMED", expiresAt: null })

const released = (
  hold: Reservation,
  { payload: { reason }, timestamp }: InventoryEventOf<"inventory.stock.released">
): Reservation => {
  if (reason !== "EXPIRED") {
    const resolvedAt = hold.resolvedAt ?? timestamp
    return { ...hold, status: "RELEASED", resolvedAt, releaseReason: reason }
  }
  return hold.status === "PENDING" ? { ...hold, status: "EXPIRED", resolvedAt: timestamp } : hold
}

const fulfilled = (
  hold: Confirmed,
  { payload, timestamp }: InventoryEventOf<"inventory.stock.fulfilled">
): Reservation =>
  settled({ ...hold, fulfilledQuantity: hold.fulfilledQuantity + payload.quantity }, timestamp)

const resized = (
  hold: Reservation,
  { payload: { expiresAt, quantity }, timestamp }: InventoryEventOf<"inventory.reservation.resized">
): Reservation => {
  if (hold.status === "CONFIRMED") return settled({ ...hold, quantity }, timestamp)
  return hold.status === "PENDING"
    ? { ...hold, quantity, expiresAt: expiresAt ?? hold.expiresAt }
    : hold
}

/** A hold that keeps nothing any more is fulfilled. */
const settled = (hold: Confirmed, timestamp: DateTime.Utc): Reservation =>
  hold.fulfilledQuantity >= hold.quantity
    ? { ...hold, status: "FULFILLED", resolvedAt: timestamp }
    : hold

/** The id of the lost hold whose place the event's new hold takes, or null. */
export const reacquiredIdOfEvent = (event: InventoryEvent): ReservationId | null =>
  event.eventType === "inventory.stock.reserved" ? event.payload.replaces : null

/** The lost hold after an event that puts another hold in its place. */
export const evolveReacquired = (hold: Reservation): Reservation =>
  hold.status === "EXPIRED" || hold.status === "RELEASED"
    ? { ...hold, releaseReason: "REACQUIRED" }
    : hold

/** What a cart owned, a hold or a placed order, after an event by which a person claimed it. */
export const evolveClaimed = <Owned extends { readonly ownerId?: string | null }>(
  owned: Owned,
  { payload: { cartId, ownerId } }: ClaimEvent
): Owned => (owned.ownerId === cartId ? { ...owned, ownerId } : owned)

/**
 * A new hold. A hold without an instant of lapse takes the place of a lost one, and is paid
 * already.
 */
const reserved = ({
  payload,
  timestamp
}: InventoryEventOf<"inventory.stock.reserved">): Reservation => {
  const { expiresAt } = payload
  return expiresAt === null
    ? made(payload, timestamp, "CONFIRMED", null)
    : made(payload, timestamp, "PENDING", expiresAt)
}

const made = <Status extends ReservationStatus, ExpiresAt>(
  payload: InventoryPayloads["inventory.stock.reserved"],
  createdAt: DateTime.Utc,
  status: Status,
  expiresAt: ExpiresAt
) => ({
  id: payload.reservationId,
  orderId: payload.orderId,
  lineId: payload.lineId,
  skuId: payload.skuId,
  locationId: payload.locationId,
  quantity: payload.quantity,
  fulfilledQuantity: 0,
  status,
  expiresAt,
  createdAt,
  resolvedAt: null,
  releaseReason: null,
  replaces: payload.replaces,
  ...(payload.bundle === undefined ? undefined : { bundle: payload.bundle }),
  ...(payload.ownerId === undefined ? undefined : { ownerId: payload.ownerId })
})

/** The id of the reservation that an event changes, or undefined. */
export const reservationIdOfEvent = (event: InventoryEvent): ReservationId | undefined =>
  event.eventType !== "inventory.stock.updated" && "reservationId" in event.payload
    ? event.payload.reservationId
    : undefined

/** The placed order after an event of its own. */
export const evolveOrder = (
  order: PlacedOrder | undefined,
  event: OrderEvent
): PlacedOrder | undefined => {
  const { aggregateId: orderId, timestamp, version } = event
  const becomes = (status: OrderStatus): PlacedOrder | undefined =>
    order && { ...order, status, version, changedAt: timestamp }
  const placed = { orderId, version, placedAt: timestamp, changedAt: timestamp }
  switch (event.eventType) {
    case "ordering.order.reserved":
      return { ...placed, status: "RESERVED", ownerId: event.payload.ownerId, short: [] }
    case "ordering.order.rejected": {
      const { ownerId, short } = event.payload
      return { ...placed, status: "REJECTED", ownerId, short }
    }
    case "ordering.order.confirmed":
      return becomes("CONFIRMED")
    case "ordering.order.payment.late": {
      const { reacquired, short } = event.payload
      // The event that confirms follows at once.
      if (reacquired) return order && { ...order, version, changedAt: timestamp }
      const late = becomes("PAID_LATE")
      return late && { ...late, short }
    }
    case "ordering.order.cancelled":
      return becomes("CANCELLED")
    case "ordering.order.fulfilled":
      return becomes("FULFILLED")
  }
}

/** The location after an event of its own. */
export const evolveLocation = (
  location: Location | undefined,
  event: InventoryEvent
): Location | undefined =>
  event.eventType === "inventory.location.created" ||
  event.eventType === "inventory.location.updated"
    ? event.payload.location
    : location

/** The ledger's row of an event: every `inventory.stock.updated` is exactly one movement. */
export const movementOf = (event: InventoryEvent): StockMovement | undefined =>
  event.eventType === "inventory.stock.updated" ? movement(event.payload, event) : undefined

const movement = (
  payload: InventoryPayloads["inventory.stock.updated"],
  event: InventoryEventOf<"inventory.stock.updated">
): StockMovement => ({
  id: movementIdOf(event.eventId),
  skuId: payload.skuId,
  locationId: payload.locationId,
  sequence: payload.sequence,
  type: payload.movementType,
  quantity: payload.quantity,
  balanceAfter: payload.currentQuantity,
  reference: payload.reference,
  reason: payload.reason,
  actor: payload.actor,
  transferId: payload.transferId,
  occurredAt: payload.occurredAt,
  createdAt: event.timestamp,
  ...(payload.orderId === undefined ? undefined : { orderId: payload.orderId })
})
