/**
 * Decisions about one hold: confirm, release, fulfil, resize, extend, expire. A repeat of what has
 * already happened is answered unchanged, because payment webhooks repeat.
 */
import * as Result from "effect/Result"
import type { LocationId } from "../../kernel/Identifier.ts"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import * as Reservation from "../state/Reservation.ts"
import { shortOption } from "../state/ShortLine.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type { Draft, Movement } from "./Draft.ts"
import { type Decided, findReservation } from "./lookups.ts"
import { expiryOf, largestRoom, makeMoreRoom, placeLine } from "./reserve.ts"

type Hold = Reservation.Reservation

/** The refusal that names a hold whose state does not allow an action. */
export const conflict = (hold: Hold, action: string): InventoryRefusal => ({
  _tag: "ReservationConflict",
  reservationId: hold.id,
  status: hold.status,
  action
})

/** Refuses to change a part of a bundle apart from the rest. */
const apart = ({ bundle, id, orderId }: Hold, action: string): InventoryRefusal | undefined =>
  bundle && {
    _tag: "BundleLine",
    reservationId: id,
    orderId,
    bundleId: bundle.bundleId,
    optionId: bundle.optionId,
    action
  }

const expired = (hold: Hold): InventoryRefusal => ({
  _tag: "ReservationExpired",
  reservationIds: [hold.id]
})

/** A shortage of the one line that a hold is. */
const shortage = (
  { bundle, lineId, skuId }: Hold,
  locationId: LocationId | null,
  requested: number,
  available: number
): InventoryRefusal => ({
  _tag: "InsufficientStock",
  lines: [{ line: 0, lineId, skuId, locationId, requested, available, ...shortOption(bundle) }]
})

/**
 * The hold as it stands now: one that has lapsed is expired first. It is read again, since a step
 * before this one may have expired it to make room.
 */
export const current = (draft: Draft, before: Hold): Hold => {
  const hold = draft.reservation(before.id) ?? before
  return Reservation.isLapsed(hold, draft.now) ? draft.free(hold, "EXPIRED") : hold
}

/**
 * Confirms one hold, alone or with its order. A lost one is confirmed only by `reacquire`, once, as a
 * new hold.
 */
export const confirmHold = (
  draft: Draft,
  before: Hold,
  reacquire: boolean,
  isAlone: boolean
): Decided<Hold> => {
  const hold = current(draft, before)
  if (hold.status === "PENDING") return Result.succeed(draft.confirm(hold))
  if (hold.status === "CONFIRMED") return Result.succeed(hold)
  const inPlace = inPlaceOf(draft, hold)
  if (inPlace === undefined && !Reservation.isLost(hold)) {
    return Result.fail(conflict(hold, "confirm"))
  }
  if (!reacquire) return Result.fail(expired(hold))
  return inPlace === undefined
    ? reacquireHold(draft, hold, isAlone)
    : confirmHold(draft, inPlace, reacquire, isAlone)
}

/** The hold that took the place of a lost one, if there is one. */
const inPlaceOf = (draft: Draft, hold: Hold): Hold | undefined =>
  hold.releaseReason === "REACQUIRED" ? draft.replacementOf(hold.id) : undefined

/**
 * A new hold in place of a lost one: at the same place, or else where it fits. A part of a bundle is
 * taken again with the rest, or not at all.
 */
const reacquireHold = (draft: Draft, hold: Hold, isAlone: boolean): Decided<Hold> => {
  const stock = draft.stock(hold.skuId)
  if (stock !== undefined && stock.sku.archivedAt !== null) {
    return Result.fail({ _tag: "SkuArchived", skuIds: [hold.skuId] })
  }
  const part = isAlone ? apart(hold, "reacquire") : undefined
  if (part !== undefined) return Result.fail(part)
  const quantity = Reservation.heldQuantity(hold)
  const line = {
    skuId: hold.skuId,
    quantity,
    ...(hold.lineId === null ? {} : { lineId: hold.lineId })
  }
  const { bundle, id, locationId } = hold
  const made =
    placeLine(draft, hold, { ...line, locationId }, null, bundle, id) ??
    placeLine(draft, hold, line, null, bundle, id)
  if (made !== undefined) return Result.succeed(draft.confirm(made))
  return Result.fail(shortage(hold, null, quantity, largestRoom(draft, line)))
}

/** Confirms a hold by its id. */
export const confirmReservation = (
  draft: Draft,
  command: CommandOf<"ConfirmReservation">
): Decided<Hold> =>
  Result.flatMap(findReservation(draft, command.reservationId), (hold) =>
    confirmHold(draft, hold, command.reacquire ?? false, true)
  )

/** The hold that stands for one which was taken again, however often; otherwise that one. */
const standingFor = (draft: Draft, hold: Hold): Hold => {
  const inPlace = inPlaceOf(draft, hold)
  return inPlace === undefined ? hold : standingFor(draft, inPlace)
}

/**
 * Frees what a hold keeps. A lost hold is released too, so that a late payment does not take it
 * again. When another hold took its place, that one is released. A released hold is answered
 * unchanged.
 */
export const releaseReservation = (
  draft: Draft,
  command: CommandOf<"ReleaseReservation">
): Decided<Hold> =>
  Result.flatMap(findReservation(draft, command.reservationId), (named) => {
    const part = apart(named, "release")
    if (part !== undefined) return Result.fail(part)
    const hold = standingFor(draft, named)
    const isMeant = hold.status !== "CONFIRMED" || command.confirmed === true
    if (hold.status === "FULFILLED" || !isMeant) {
      return Result.fail(conflict(hold, "release"))
    }
    return Result.succeed(Reservation.isLine(hold) ? draft.free(hold, "RELEASED") : hold)
  })

/** Ships a quantity of a confirmed hold, never more than it keeps or than is on hand. */
export const fulfilHold = (
  draft: Draft,
  hold: Hold,
  quantity: number,
  notes: Pick<Movement, "reference" | "actor">
): Decided<Hold> => {
  if (hold.status === "EXPIRED") return Result.fail(expired(hold))
  if (hold.status !== "CONFIRMED") return Result.fail(conflict(hold, "fulfil"))
  if (quantity > Reservation.heldQuantity(hold)) {
    return Result.fail(outOfHold(hold, quantity))
  }
  const stock = draft.stock(hold.skuId)
  const level = stock === undefined ? undefined : SkuStock.levelAt(stock, hold.locationId)
  const removable = level?.totalQuantity ?? 0
  if (quantity > removable) {
    const { locationId, skuId } = hold
    return Result.fail({
      _tag: "InsufficientOnHand",
      skuId,
      locationId,
      requested: quantity,
      removable
    })
  }
  return Result.succeed(draft.ship(hold, quantity, notes))
}

/** The refusal of a quantity that a hold cannot have. */
export const outOfHold = (hold: Hold, requested: number): InventoryRefusal => ({
  _tag: "QuantityOutOfHold",
  reservationId: hold.id,
  requested,
  quantity: hold.quantity,
  fulfilledQuantity: hold.fulfilledQuantity
})

/** Ships a hold by its id: all that it keeps, or the quantity named. */
export const fulfilReservation = (
  draft: Draft,
  command: CommandOf<"FulfilReservation">
): Decided<Hold> =>
  Result.flatMap(findReservation(draft, command.reservationId), (before) => {
    const hold = current(draft, before)
    return fulfilHold(draft, hold, command.quantity ?? Reservation.heldQuantity(hold), command)
  })

/** Gives an open hold another quantity, not below what has left for it. */
export const resizeReservation = (
  draft: Draft,
  command: CommandOf<"ResizeReservation">
): Decided<Hold> =>
  Result.flatMap(findReservation(draft, command.reservationId), (before) => {
    const hold = current(draft, before)
    const { quantity } = command
    const part = apart(hold, "resize")
    if (part !== undefined) return Result.fail(part)
    if (hold.status === "EXPIRED") return Result.fail(expired(hold))
    if (!Reservation.isOpen(hold)) return Result.fail(conflict(hold, "resize"))
    if (quantity < hold.fulfilledQuantity) return Result.fail(outOfHold(hold, quantity))
    if (quantity === hold.quantity) return Result.succeed(hold)
    if (quantity > hold.quantity && !makeMoreRoom(draft, hold, quantity)) {
      const available = hold.quantity + largestRoom(draft, hold)
      return Result.fail(shortage(hold, hold.locationId, quantity, available))
    }
    return Result.succeed(draft.resize(hold, quantity, hold.expiresAt))
  })

/** Gives a pending hold `ttl` seconds from now. */
export const extendReservation = (
  draft: Draft,
  command: CommandOf<"ExtendReservation">
): Decided<Hold> =>
  Result.flatMap(findReservation(draft, command.reservationId), (before) => {
    const hold = current(draft, before)
    const part = apart(hold, "extend")
    if (part !== undefined) return Result.fail(part)
    if (hold.status === "EXPIRED") return Result.fail(expired(hold))
    if (hold.status !== "PENDING") return Result.fail(conflict(hold, "extend"))
    return Result.succeed(draft.extend(hold, expiryOf(draft, command.ttl)))
  })

/** Writes down those of the named holds that have lapsed, and leaves the others alone. */
export const expireReservations = (
  draft: Draft,
  command: CommandOf<"ExpireReservations">
): Decided<{ readonly expired: number }> => {
  let count = 0
  for (const id of command.reservationIds) {
    const hold = draft.reservation(id)
    if (hold === undefined || !Reservation.isLapsed(hold, draft.now)) continue
    draft.free(hold, "EXPIRED")
    count += 1
  }
  return Result.succeed({ expired: count })
}
