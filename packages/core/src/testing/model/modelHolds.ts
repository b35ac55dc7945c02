/**
 * How the reference model changes holds: confirm, release, fulfil, resize, extend, expire; one by
 * its id, or all of an order.
 */
import type { CommandOf } from "../../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal, ShortLine } from "../../inventory/messages/InventoryError.ts"
import type { LocationId } from "../../kernel/Identifier.ts"
import { isOpen, kept, type ModelHold, type ModelStock } from "./ModelStock.ts"
import type { Predicted } from "./modelMovements.ts"
import { fitsMore, lapsesAt, placed } from "./modelReserve.ts"

type HoldTag =
  | "ConfirmReservation"
  | "ReleaseReservation"
  | "FulfilReservation"
  | "ResizeReservation"
  | "ExtendReservation"
type OrderTag = "ConfirmOrder" | "ReleaseOrder" | "FulfilOrder"
type One = InventoryRefusal | ModelHold

const isRefusal = (one: One): one is InventoryRefusal => "_tag" in one

const expired = (...holds: ReadonlyArray<ModelHold>): InventoryRefusal => ({
  _tag: "ReservationExpired",
  reservationIds: holds.map((hold) => hold.id)
})

const conflict = ({ id, status }: ModelHold, action: string): InventoryRefusal => ({
  _tag: "ReservationConflict",
  reservationId: id,
  status,
  action
})

const outOfHold = (hold: ModelHold, requested: number): InventoryRefusal => ({
  _tag: "QuantityOutOfHold",
  reservationId: hold.id,
  requested,
  quantity: hold.quantity,
  fulfilledQuantity: hold.shipped
})

/** One hold, by its id. */
export const liveOn = (stock: ModelStock, command: CommandOf<HoldTag>, now: number): Predicted => {
  const { reservationId } = command
  const hold = stock.holds.find((it) => it.id === reservationId)
  if (hold === undefined) return { refusal: { _tag: "ReservationNotFound", reservationId } }
  const one = step(stock, hold, command, now)
  return isRefusal(one) ? { refusal: one } : { holds: [one] }
}

/** A part of a bundle does not change apart from the rest. */
const apart = (
  { bundle, id, orderId }: ModelHold,
  stock: ModelStock,
  action: string
): One | null =>
  bundle === undefined
    ? null
    : {
        _tag: "BundleLine",
        reservationId: id,
        orderId,
        bundleId: stock.bundleIdOf(bundle),
        optionId: bundle.optionId,
        action
      }

const step = (
  stock: ModelStock,
  hold: ModelHold,
  command: CommandOf<HoldTag>,
  now: number
): One => {
  switch (command._tag) {
    case "ConfirmReservation":
      return confirm(stock, hold, command.reacquire === true, now, true)
    case "ReleaseReservation":
      return apart(hold, stock, "release") ?? release(stock, hold, command.confirmed === true)
    case "FulfilReservation":
      return fulfil(stock, hold, command.quantity ?? kept(hold))
    case "ResizeReservation":
      return apart(hold, stock, "resize") ?? resize(stock, hold, command.quantity)
    case "ExtendReservation":
      return apart(hold, stock, "extend") ?? extend(stock, hold, lapsesAt(now, command.ttl))
  }
}

const extend = (stock: ModelStock, hold: ModelHold, expiresAt: number): One => {
  if (hold.status === "EXPIRED") return expired(hold)
  if (hold.status !== "PENDING") return conflict(hold, "extend")
  return stock.put(hold, { expiresAt })
}

/** Payment is in. A lost hold needs `reacquire`, and is taken again once. */
const confirm = (
  stock: ModelStock,
  hold: ModelHold,
  reacquire: boolean,
  now: number,
  isAlone = false
): One => {
  if (hold.status === "PENDING") return stock.put(hold, { status: "CONFIRMED", expiresAt: null })
  if (hold.status === "CONFIRMED") return hold
  const again = stock.inPlaceOf(hold)
  if (again === undefined && !stock.isLost(hold)) return conflict(hold, "confirm")
  if (!reacquire) return expired(hold)
  return again === undefined
    ? takeAgain(stock, hold, now, isAlone)
    : confirm(stock, again, reacquire, now, isAlone)
}

/**
 * A new hold for a lost one, at the same place or else where it fits; it is confirmed at once. A part
 * of a bundle is not taken again without the rest.
 */
const takeAgain = (stock: ModelStock, hold: ModelHold, now: number, isAlone: boolean): One => {
  const { lineId, locationId, orderId, skuId } = hold
  const quantity = kept(hold)
  if (stock.skus.get(skuId)?.isArchived === true) return { _tag: "SkuArchived", skuIds: [skuId] }
  const alone = isAlone ? apart(hold, stock, "reacquire") : null
  if (alone !== null) return alone
  const line = { skuId, quantity, ...(lineId === null ? {} : { lineId }) }
  const part = hold.bundle === undefined ? {} : { bundle: hold.bundle }
  const made = {
    ...({ orderId, madeAt: now, status: "CONFIRMED", replaces: hold.id } as const),
    ...{ ownerId: hold.ownerId, ...part }
  }
  return (
    placed(stock, { ...line, locationId }, made) ??
    placed(stock, line, made) ??
    short(hold, null, quantity, stock.largest(skuId))
  )
}

const short = (
  { bundle, lineId, skuId }: ModelHold,
  locationId: LocationId | null,
  requested: number,
  available: number
): InventoryRefusal => ({
  _tag: "InsufficientStock",
  lines: [
    {
      line: 0,
      lineId,
      skuId,
      locationId,
      requested,
      available,
      ...(bundle === undefined ? {} : { optionId: bundle.optionId })
    }
  ]
})

/**
 * Gives back the units of the hold, or of the hold that took its place. A lost hold is released
 * too, so that nothing takes it again. A confirmed hold needs `confirmed`.
 */
const release = (stock: ModelStock, named: ModelHold, isConfirmedMeant: boolean): One => {
  const inPlace = stock.inPlaceOf(named)
  if (inPlace !== undefined) return release(stock, inPlace, isConfirmedMeant)
  const hold = named
  if (hold.status === "FULFILLED") return conflict(hold, "release")
  if (hold.status === "CONFIRMED" && !isConfirmedMeant) return conflict(hold, "release")
  return isOpen(hold) || stock.isLost(hold)
    ? stock.put(hold, { status: "RELEASED", reason: "RELEASED" })
    : hold
}

const fulfil = (stock: ModelStock, hold: ModelHold, quantity: number): One => {
  const { locationId, skuId } = hold
  if (hold.status === "EXPIRED") return expired(hold)
  if (hold.status !== "CONFIRMED") return conflict(hold, "fulfil")
  if (quantity > kept(hold)) return outOfHold(hold, quantity)
  const removable = stock.total(skuId, locationId)
  if (quantity > removable) {
    return { _tag: "InsufficientOnHand", skuId, locationId, requested: quantity, removable }
  }
  stock.add(skuId, locationId, -quantity)
  return settled(stock, hold, { shipped: hold.shipped + quantity })
}

const resize = (stock: ModelStock, hold: ModelHold, quantity: number): One => {
  if (hold.status === "EXPIRED") return expired(hold)
  if (!isOpen(hold)) return conflict(hold, "resize")
  if (quantity < hold.shipped) return outOfHold(hold, quantity)
  if (!fitsMore(stock, hold, quantity - hold.quantity)) {
    const more = stock.largest(hold.skuId, hold.locationId)
    return short(hold, hold.locationId, quantity, hold.quantity + more)
  }
  return quantity === hold.quantity ? hold : settled(stock, hold, { quantity })
}

/** A hold that has shipped something and keeps nothing more is fulfilled. */
const settled = (stock: ModelStock, hold: ModelHold, becomes: Partial<ModelHold>): ModelHold => {
  const { quantity, shipped } = { ...hold, ...becomes }
  const isWhole = shipped > 0 && shipped >= quantity
  return stock.put(hold, { ...becomes, ...(isWhole ? { status: "FULFILLED" } : {}) })
}

/** Changes all holds of an order, or none. */
export const liveOnTogether = (
  stock: ModelStock,
  command: CommandOf<OrderTag>,
  now: number
): Predicted => {
  const { orderId } = command
  const holds = stock.ofOrder(orderId)
  if (holds.length === 0) return { refusal: { _tag: "OrderNotFound", orderId } }
  switch (command._tag) {
    case "ConfirmOrder":
      return confirmAll(stock, holds, command.reacquire === true, now)
    case "ReleaseOrder": {
      const paid = holds.find((hold) => hold.status === "CONFIRMED")
      if (paid !== undefined && command.confirmed !== true) {
        return { refusal: conflict(paid, "release") }
      }
      const lines = holds.filter((hold) => isOpen(hold) || stock.isLost(hold))
      return all(lines, (hold) => release(stock, hold, true))
    }
    case "FulfilOrder": {
      const open = holds.filter(isOpen)
      if (open.length === 0 || open.some((hold) => hold.status !== "CONFIRMED")) {
        return { refusal: { _tag: "OrderNotConfirmed", orderId } }
      }
      return all(open, (hold) => fulfil(stock, hold, kept(hold)))
    }
  }
}

const confirmAll = (
  stock: ModelStock,
  holds: ReadonlyArray<ModelHold>,
  reacquire: boolean,
  now: number
): Predicted => {
  const lost = holds.filter((hold) => stock.isLost(hold))
  if (lost.length > 0 && !reacquire) return { refusal: expired(...lost) }
  const meant = holds.filter((hold) => isOpen(hold) || lost.includes(hold))
  const last = holds.at(-1)
  if (meant.length === 0 && last !== undefined) return { refusal: conflict(last, "confirm") }
  return all(meant, (hold) => confirm(stock, hold, reacquire, now))
}

/** The next state of each hold, or the first refusal, which names every hold that it is about. */
const all = (holds: ReadonlyArray<ModelHold>, next: (hold: ModelHold) => One): Predicted => {
  const done: Array<ModelHold> = []
  const refused: Array<InventoryRefusal> = []
  const lines: Array<ShortLine> = []
  for (const [line, hold] of holds.entries()) {
    const one = next(hold)
    if (!isRefusal(one)) done.push(one)
    else if (one._tag !== "InsufficientStock") refused.push(one)
    else lines.push(...one.lines.map((it) => ({ ...it, line })))
  }
  const archived = refused.flatMap((it) => (it._tag === "SkuArchived" ? it.skuIds : []))
  if (archived.length > 0) {
    return { refusal: { _tag: "SkuArchived", skuIds: [...new Set(archived)] } }
  }
  if (lines.length > 0) return { refusal: { _tag: "InsufficientStock", lines } }
  const [first] = refused
  return first === undefined ? { holds: done } : { refusal: first }
}
