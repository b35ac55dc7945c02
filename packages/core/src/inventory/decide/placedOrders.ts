/**
 * Decisions about an order whose state Holdfast keeps: place, pay, cancel, complete. A step that
 * was taken before is answered with the state of the order and does nothing. A shortage is a
 * decision too: `placeShort` and `payShort` write it down, over a book without what was tried.
 */
import * as Result from "effect/Result"
import type { OrderId } from "../../kernel/Identifier.ts"
import type { OrderState } from "../messages/InventoryAnswer.ts"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type {
  InventoryAggregateIds,
  InventoryEventType,
  InventoryPayloads
} from "../messages/InventoryEvent.ts"
import type { SkuCommandOf } from "../messages/SkuCommand.ts"
import type { PlacedOrder } from "../state/PlacedOrder.ts"
import * as Reservation from "../state/Reservation.ts"
import { type ShortLine, shortOption } from "../state/ShortLine.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, wholeOrder } from "./lookups.ts"
import { confirmOrder, fulfilOrder } from "./orders.ts"
import { orderOf, reserveStock } from "./reserve.ts"

type Hold = Reservation.Reservation
type OrderEventType = Extract<InventoryEventType, `ordering.${string}`>

/** Writes down an event of an order. */
const emitOrder = <Type extends OrderEventType>(
  draft: Draft,
  eventType: Type,
  orderId: OrderId,
  details: Omit<InventoryPayloads[Type], "orderId">
): void => {
  const version = (draft.placedOrder(orderId)?.version ?? 0) + 1
  const payload = { orderId, ...details } as unknown as InventoryPayloads[Type]
  draft.emit(eventType, orderId as InventoryAggregateIds[Type], version, payload)
}

/** The open and the lost holds of an order. */
const linesOf = (draft: Draft, orderId: OrderId): ReadonlyArray<Hold> =>
  draft.reservationsOfOrder(orderId).filter(Reservation.isLine)

/** Whether a line is lost by now, whether or not its row says so yet. */
const isGone = (draft: Draft, hold: Hold): boolean =>
  Reservation.isLost(hold) || Reservation.isLapsed(hold, draft.now)

/** The state of an order, with holds that a decision has just changed or, if none, its lines. */
const stateOf = (
  draft: Draft,
  orderId: OrderId,
  reservations: ReadonlyArray<Hold> = linesOf(draft, orderId)
): OrderState => {
  const order = draft.placedOrder(orderId)
  if (order === undefined) throw new Error(`order ${orderId} is not in the book`)
  const { short, version } = order
  switch (order.status) {
    case "RESERVED":
      return { _tag: "Reserved", orderId, version, reservations }
    case "REJECTED":
      return { _tag: "Rejected", orderId, version, short }
    case "CONFIRMED":
      return { _tag: "Confirmed", orderId, version, reservations }
    case "PAID_LATE":
      return { _tag: "PaidLate", orderId, version, short }
    case "CANCELLED":
      return { _tag: "Cancelled", orderId, version }
    case "FULFILLED":
      return { _tag: "Fulfilled", orderId, version }
  }
}

const idsOf = (holds: ReadonlyArray<Hold>) => holds.map((hold) => hold.id)

/** Frees every line of an order, lost ones too. */
const freeAll = (draft: Draft, orderId: OrderId): void => {
  for (const hold of linesOf(draft, orderId)) draft.free(hold, "RELEASED")
}

/** Holds every line of a new order; short of stock it is refused, for `placeShort` to decide. */
export const placeOrder = (
  draft: Draft,
  command: SkuCommandOf<"PlaceOrder">
): Decided<OrderState> => {
  const { lines, orderId, ownerId, ttl } = command
  if (draft.placedOrder(orderId) !== undefined) return Result.succeed(stateOf(draft, orderId))
  const owner = orderOf(draft, command).ownerId ?? null
  return Result.map(
    reserveStock(draft, {
      _tag: "ReserveStock",
      orderId,
      lines,
      replace: true,
      ...(ttl === undefined ? {} : { ttl }),
      ...(ownerId === undefined ? {} : { ownerId })
    }),
    (holds) => {
      emitOrder(draft, "ordering.order.reserved", orderId, {
        ownerId: owner,
        reservationIds: idsOf(holds)
      })
      return stateOf(draft, orderId, holds)
    }
  )
}

/** Rejects a new order. What was held for it before is given back. */
const placeShort = (
  draft: Draft,
  command: SkuCommandOf<"PlaceOrder">,
  short: ReadonlyArray<ShortLine>
): OrderState => {
  const { orderId } = command
  const { ownerId = null } = orderOf(draft, command)
  freeAll(draft, orderId)
  emitOrder(draft, "ordering.order.rejected", orderId, { ownerId, short })
  return stateOf(draft, orderId)
}

const conflict = (
  { orderId, status }: PlacedOrder,
  action: string
): Result.Result<never, InventoryRefusal> =>
  Result.fail({ _tag: "OrderConflict", orderId, status, action })

const findPlaced = (draft: Draft, orderId: OrderId): Decided<PlacedOrder> => {
  const order = draft.placedOrder(orderId)
  if (order === undefined) return Result.fail({ _tag: "OrderNotPlaced", orderId })
  return Result.map(wholeOrder(draft, orderId), () => order)
}

/** Confirms an order; with lost lines that are short it is refused, for `payShort` to decide. */
export const payOrder = (draft: Draft, command: CommandOf<"PayOrder">): Decided<OrderState> =>
  Result.flatMap(findPlaced(draft, command.orderId), (order) => {
    const { orderId, status } = order
    if (status === "REJECTED" || status === "CANCELLED") return conflict(order, "payment")
    if (status !== "RESERVED") return Result.succeed(stateOf(draft, orderId))
    const isLate = linesOf(draft, orderId).some((hold) => isGone(draft, hold))
    return Result.map(
      confirmOrder(draft, { _tag: "ConfirmOrder", orderId, reacquire: true }),
      (holds) => {
        if (isLate) {
          const late = { reacquired: true, short: [] }
          emitOrder(draft, "ordering.order.payment.late", orderId, late)
        }
        const reservationIds = idsOf(holds)
        emitOrder(draft, "ordering.order.confirmed", orderId, { reservationIds })
        return stateOf(draft, orderId, holds)
      }
    )
  })

/** Writes down that a payment came too late. The order gives back what it still has. */
const payShort = (
  draft: Draft,
  { orderId }: CommandOf<"PayOrder">,
  short: ReadonlyArray<ShortLine>
): OrderState => {
  freeAll(draft, orderId)
  emitOrder(draft, "ordering.order.payment.late", orderId, { reacquired: false, short })
  return stateOf(draft, orderId)
}

/** The lines of an order whose SKUs are out of use by now, as lines that nothing can be had for. */
const archivedLines = (
  draft: Draft,
  orderId: OrderId,
  skuIds: ReadonlyArray<string>
): ReadonlyArray<ShortLine> =>
  linesOf(draft, orderId).flatMap((hold, line) =>
    skuIds.includes(hold.skuId)
      ? [
          {
            line,
            lineId: hold.lineId,
            skuId: hold.skuId,
            locationId: null,
            requested: Reservation.heldQuantity(hold),
            available: 0,
            ...shortOption(hold.bundle)
          }
        ]
      : []
  )

/**
 * The state of an order after a shortage, if the command decides on a shortage. `draft` is a new
 * one: nothing of what was tried is left.
 */
export const decideShort = (
  draft: Draft,
  command: SkuCommandOf<"PlaceOrder" | "PayOrder">,
  refusal: InventoryRefusal
): OrderState | undefined => {
  if (command._tag === "PlaceOrder") {
    return refusal._tag === "InsufficientStock"
      ? placeShort(draft, command, refusal.lines)
      : undefined
  }
  if (refusal._tag === "InsufficientStock") return payShort(draft, command, refusal.lines)
  return refusal._tag === "SkuArchived"
    ? payShort(draft, command, archivedLines(draft, command.orderId, refusal.skuIds))
    : undefined
}

/** Releases every line of an order, paid or not. A rejected order has none and stays rejected. */
export const cancelOrder = (draft: Draft, command: CommandOf<"CancelOrder">): Decided<OrderState> =>
  Result.flatMap(findPlaced(draft, command.orderId), (order) => {
    const { orderId, status } = order
    if (status === "FULFILLED") return conflict(order, "cancellation")
    if (status === "REJECTED" || status === "CANCELLED") {
      return Result.succeed(stateOf(draft, orderId))
    }
    freeAll(draft, orderId)
    emitOrder(draft, "ordering.order.cancelled", orderId, { previousStatus: status })
    return Result.succeed(stateOf(draft, orderId))
  })

/** Ships what the holds of a confirmed order still keep. Its parcels may have left before. */
export const completeOrder = (
  draft: Draft,
  command: CommandOf<"CompleteOrder">
): Decided<OrderState> =>
  Result.flatMap(findPlaced(draft, command.orderId), (order) => {
    const { orderId, status } = order
    if (status === "FULFILLED") return Result.succeed(stateOf(draft, orderId))
    if (status === "RESERVED") return Result.fail({ _tag: "OrderNotConfirmed", orderId })
    if (status !== "CONFIRMED") return conflict(order, "fulfilment")
    const lines = linesOf(draft, orderId)
    const lost = lines.filter((hold) => isGone(draft, hold))
    if (lost.length > 0) {
      return Result.fail({ _tag: "ReservationExpired", reservationIds: idsOf(lost) })
    }
    const hasLeft = draft.reservationsOfOrder(orderId).some((hold) => hold.status === "FULFILLED")
    const shipped: Decided<unknown> =
      lines.length === 0 && hasLeft
        ? Result.succeed(undefined)
        : fulfilOrder(draft, { ...command, _tag: "FulfilOrder" })
    return Result.map(shipped, () => {
      emitOrder(draft, "ordering.order.fulfilled", orderId, {})
      return stateOf(draft, orderId)
    })
  })
