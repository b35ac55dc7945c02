/**
 * How the reference model deals with placed orders. A step that would not work out is tried on a
 * copy, so that a shortage leaves nothing but the order's new state.
 */
import type { SkuCommandOf } from "../../inventory/messages/SkuCommand.ts"
import type { OrderStatus } from "../../inventory/state/PlacedOrder.ts"
import type { ShortLine } from "../../inventory/state/ShortLine.ts"
import type { OrderId } from "../../kernel/Identifier.ts"
import { isOpen, kept, type ModelHold, ModelStock } from "./ModelStock.ts"
import { liveOnTogether } from "./modelHolds.ts"
import type { Predicted } from "./modelMovements.ts"
import { reserve, whoseNew } from "./modelReserve.ts"

type PlacedTag = "PlaceOrder" | "PayOrder" | "CancelOrder" | "CompleteOrder"

const linesOf = (stock: ModelStock, orderId: OrderId): ReadonlyArray<ModelHold> =>
  stock.ofOrder(orderId).filter((hold) => isOpen(hold) || stock.isLost(hold))

/** The order gives back whatever it has and gives up whatever it lost. */
const letGo = (stock: ModelStock, orderId: OrderId): void => {
  for (const hold of linesOf(stock, orderId)) {
    stock.put(hold, { status: "RELEASED", reason: "RELEASED" })
  }
}

const become = (
  stock: ModelStock,
  orderId: OrderId,
  status: OrderStatus,
  {
    steps = 1,
    short,
    ownerId
  }: { steps?: number; short?: ReadonlyArray<ShortLine>; ownerId?: string | null } = {}
): void => {
  const before = stock.orders.get(orderId)
  const version = (before?.version ?? 0) + steps
  stock.orders.set(orderId, {
    ...{ status, version, short: short ?? before?.short ?? [] },
    ownerId: before?.ownerId ?? ownerId ?? null
  })
}

/** An order that was here before is answered as it is; only a held or paid one names its holds. */
const asItIs = (stock: ModelStock, orderId: OrderId): Predicted => {
  const status = stock.orders.get(orderId)?.status
  const names = status === "RESERVED" || status === "CONFIRMED"
  return { holds: names ? linesOf(stock, orderId) : [] }
}

/** One step of a placed order. */
export const dealWithOrder = (
  stock: ModelStock,
  command: SkuCommandOf<PlacedTag>,
  now: number
): Predicted => {
  if (command._tag === "PlaceOrder") return place(stock, command, now)
  const { orderId } = command
  const status = stock.orders.get(orderId)?.status
  if (status === undefined) return { refusal: { _tag: "OrderNotPlaced", orderId } }
  const conflict = (action: string): Predicted => ({
    refusal: { _tag: "OrderConflict", orderId, status, action }
  })
  switch (command._tag) {
    case "PayOrder":
      if (status === "REJECTED" || status === "CANCELLED") return conflict("payment")
      return status === "RESERVED" ? pay(stock, orderId, now) : asItIs(stock, orderId)
    case "CancelOrder":
      if (status === "FULFILLED") return conflict("cancellation")
      if (status !== "REJECTED" && status !== "CANCELLED") {
        letGo(stock, orderId)
        become(stock, orderId, "CANCELLED")
      }
      return { holds: [] }
    case "CompleteOrder":
      if (status === "FULFILLED") return { holds: [] }
      if (status === "RESERVED") return { refusal: { _tag: "OrderNotConfirmed", orderId } }
      return status === "CONFIRMED" ? complete(stock, orderId, now) : conflict("fulfilment")
  }
}

/** The order of a cart becomes a person's, with its holds; whose it is already, gets it as it is. */
export const claim = (
  stock: ModelStock,
  { cartId, orderId, ownerId }: SkuCommandOf<"ClaimOrder">
): Predicted => {
  const owner = stock.whoseIs(orderId)
  if (owner !== ownerId && owner !== cartId) return { refusal: { _tag: "OrderNotFound", orderId } }
  for (const hold of stock.ofOrder(orderId)) {
    if (hold.ownerId === cartId) stock.put(hold, { ownerId })
  }
  const order = stock.orders.get(orderId)
  if (order?.ownerId === cartId) stock.orders.set(orderId, { ...order, ownerId })
  return { holds: linesOf(stock, orderId) }
}

const place = (stock: ModelStock, command: SkuCommandOf<"PlaceOrder">, now: number): Predicted => {
  const { lines, orderId, ownerId: named, ttl } = command
  if (stock.orders.has(orderId)) return asItIs(stock, orderId)
  const ownerId = whoseNew(stock, command)
  const cart = { _tag: "ReserveStock", orderId, lines, replace: true } as const
  const asked = {
    ...cart,
    ...(ttl === undefined ? {} : { ttl }),
    ...(named === undefined ? {} : { ownerId: named })
  }
  const tried = reserve(new ModelStock(stock), asked, now)
  if ("holds" in tried) {
    const held = reserve(stock, asked, now)
    become(stock, orderId, "RESERVED", { ownerId })
    return held
  }
  if (tried.refusal._tag !== "InsufficientStock") return tried
  letGo(stock, orderId)
  become(stock, orderId, "REJECTED", { short: tried.refusal.lines, ownerId })
  return { holds: [] }
}

const pay = (stock: ModelStock, orderId: OrderId, now: number): Predicted => {
  const asked = { _tag: "ConfirmOrder", orderId, reacquire: true } as const
  const wasLate = linesOf(stock, orderId).some((hold) => stock.isLost(hold))
  const tried = liveOnTogether(new ModelStock(stock), asked, now)
  if ("holds" in tried) {
    const confirmed = liveOnTogether(stock, asked, now)
    become(stock, orderId, "CONFIRMED", { steps: wasLate ? 2 : 1 })
    return confirmed
  }
  const short = missing(stock, orderId, tried)
  if (short === undefined) return tried
  letGo(stock, orderId)
  become(stock, orderId, "PAID_LATE", { short })
  return { holds: [] }
}

/** The lines that a late payment cannot have again; undefined when that is not what is wrong. */
const missing = (
  stock: ModelStock,
  orderId: OrderId,
  { refusal }: Extract<Predicted, { refusal: unknown }>
): ReadonlyArray<ShortLine> | undefined => {
  if (refusal._tag === "InsufficientStock") return refusal.lines
  if (refusal._tag !== "SkuArchived") return undefined
  return linesOf(stock, orderId).flatMap((hold, line) =>
    refusal.skuIds.includes(hold.skuId)
      ? [
          {
            line,
            lineId: hold.lineId,
            skuId: hold.skuId,
            locationId: null,
            requested: kept(hold),
            available: 0,
            ...(hold.bundle === undefined ? {} : { optionId: hold.bundle.optionId })
          }
        ]
      : []
  )
}

const complete = (stock: ModelStock, orderId: OrderId, now: number): Predicted => {
  const lines = linesOf(stock, orderId)
  const lost = lines.filter((hold) => stock.isLost(hold))
  if (lost.length > 0) {
    const reservationIds = lost.map((hold) => hold.id)
    return { refusal: { _tag: "ReservationExpired", reservationIds } }
  }
  const hasLeft = stock.ofOrder(orderId).some((hold) => hold.status === "FULFILLED")
  if (lines.length > 0 || !hasLeft) {
    const shipped = liveOnTogether(stock, { _tag: "FulfilOrder", orderId }, now)
    if ("refusal" in shipped) return shipped
  }
  become(stock, orderId, "FULFILLED")
  return { holds: [] }
}
