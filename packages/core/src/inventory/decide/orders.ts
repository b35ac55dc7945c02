/**
 * Decisions about all holds of an order at once: confirm, release, fulfil; and about those of a
 * bundle: release, resize, extend, break. All or nothing. And the claim of an order by a person.
 */
import * as Result from "effect/Result"
import { quantityMax } from "../../kernel/Quantity.ts"
import { type CommandOf, wholeOrderMax } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { ClaimOfCart } from "../messages/SkuCommand.ts"
import * as Reservation from "../state/Reservation.ts"
import { type ShortLine, shortOption } from "../state/ShortLine.ts"
import type { Draft } from "./Draft.ts"
import { confirmHold, conflict, current, fulfilHold, outOfHold } from "./holds.ts"
import { type Decided, findOrder } from "./lookups.ts"
import { expiryOf, largestRoom, makeMoreRoom } from "./reserve.ts"

type Hold = Reservation.Reservation

/**
 * Confirms every line of an order. A lost line refuses the whole order, unless `reacquire` takes
 * all lost lines again.
 */
export const confirmOrder = (
  draft: Draft,
  command: CommandOf<"ConfirmOrder">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findOrder(draft, command.orderId), (holds) => {
    const lines = holds.filter(Reservation.isLine)
    const lost = lines.filter(
      (hold) => Reservation.isLost(hold) || Reservation.isLapsed(hold, draft.now)
    )
    if (lost.length > 0 && command.reacquire !== true) {
      const reservationIds = lost.map((hold) => hold.id)
      return Result.fail({ _tag: "ReservationExpired", reservationIds })
    }
    const last = holds.at(-1)
    return lines.length === 0 && last !== undefined
      ? Result.fail(conflict(last, "confirm"))
      : each(lines, (hold) => confirmHold(draft, hold, true, false))
  })

/**
 * Releases every line of an order, lost ones included. A confirmed line refuses the whole order,
 * unless the command has `confirmed: true`.
 */
export const releaseOrder = (
  draft: Draft,
  command: CommandOf<"ReleaseOrder">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findOrder(draft, command.orderId), (holds) => {
    const confirmed = holds.find((hold) => hold.status === "CONFIRMED")
    return confirmed !== undefined && command.confirmed !== true
      ? Result.fail(conflict(confirmed, "release"))
      : Result.succeed(holds.filter(Reservation.isLine).map((hold) => draft.free(hold, "RELEASED")))
  })

/** Ships everything that the confirmed holds of an order keep. */
export const fulfilOrder = (
  draft: Draft,
  command: CommandOf<"FulfilOrder">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findOrder(draft, command.orderId), (holds) => {
    const open = holds.filter(
      (hold) => Reservation.isOpen(hold) && !Reservation.isLapsed(hold, draft.now)
    )
    if (open.length === 0 || open.some((hold) => hold.status !== "CONFIRMED")) {
      return Result.fail({ _tag: "OrderNotConfirmed", orderId: command.orderId })
    }
    return each(open, (hold) => fulfilHold(draft, hold, Reservation.heldQuantity(hold), command))
  })

/** Takes every hold one step further, or refuses and says why some cannot go. */
const each = (
  holds: ReadonlyArray<Hold>,
  step: (hold: Hold) => Decided<Hold>
): Decided<ReadonlyArray<Hold>> => {
  const done: Array<Hold> = []
  const refused: Array<Refused> = []
  for (const [line, hold] of holds.entries()) {
    const next = step(hold)
    if (Result.isFailure(next)) refused.push({ line, refusal: next.failure })
    else done.push(next.success)
  }
  const refusal = foremost(refused)
  return refusal === undefined ? Result.succeed(done) : Result.fail(refusal)
}

interface Refused {
  /** Which of the holds, counted from 0. */
  readonly line: number
  readonly refusal: InventoryRefusal
}

/** The refusal that takes precedence; it names every SKU or line that it applies to. */
const foremost = (refused: ReadonlyArray<Refused>): InventoryRefusal | undefined => {
  const skuIds = refused.flatMap(({ refusal }) =>
    refusal._tag === "SkuArchived" ? refusal.skuIds : []
  )
  if (skuIds.length > 0) return { _tag: "SkuArchived", skuIds: [...new Set(skuIds)] }
  const lines = refused.flatMap(({ line, refusal }) =>
    refusal._tag === "InsufficientStock" ? refusal.lines.map((short) => ({ ...short, line })) : []
  )
  return lines.length > 0 ? { _tag: "InsufficientStock", lines } : refused[0]?.refusal
}

type Named = Pick<CommandOf<"ReleaseBundle">, "bundleId" | "orderId">

/**
 * The holds that stand for a bundle now, in the order of their SKUs' lines. A hold that moved, or was
 * taken again, is not among them; the one in its place is. When a new cart took the place of the
 * whole bundle, they are the holds that it had last.
 */
const findBundle = (draft: Draft, { bundleId, orderId }: Named): Decided<ReadonlyArray<Hold>> => {
  const all = draft
    .reservationsOfOrder(orderId)
    .filter(({ bundle }) => bundle?.bundleId === bundleId)
  if (all.length === 0) return Result.fail({ _tag: "BundleNotFound", orderId, bundleId })
  const standing = all.filter(
    ({ releaseReason }) => releaseReason !== "REACQUIRED" && releaseReason !== "REPLACED"
  )
  return Result.succeed(standing.length > 0 ? standing : all)
}

/** Frees what a bundle keeps. A lost part is released too, so that a late payment takes nothing. */
export const releaseBundle = (
  draft: Draft,
  command: CommandOf<"ReleaseBundle">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findBundle(draft, command), (holds) => {
    const lines = holds.filter(Reservation.isLine)
    const refused =
      lines.length === 0
        ? holds.find((hold) => hold.status === "FULFILLED")
        : lines.find((hold) => hold.status === "CONFIRMED" && command.confirmed !== true)
    if (refused !== undefined) return Result.fail(conflict(refused, "release"))
    return Result.succeed(
      holds.map((hold) => (Reservation.isLine(hold) ? draft.free(hold, "RELEASED") : hold))
    )
  })

/** The holds of a bundle as they stand now, all of them open; or the refusal that names the others. */
const openBundle = (draft: Draft, command: Named, action: string): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findBundle(draft, command), (found) => {
    const holds = found.map((hold) => current(draft, hold))
    const lost = holds.filter((hold) => hold.status === "EXPIRED")
    if (lost.length > 0) {
      return Result.fail({
        _tag: "ReservationExpired",
        reservationIds: lost.map(({ id }) => id)
      })
    }
    const ended = holds.find((hold) => !Reservation.isOpen(hold))
    return ended === undefined ? Result.succeed(holds) : Result.fail(conflict(ended, action))
  })

/** Gives every hold of an open bundle its share of another quantity of the option. */
export const resizeBundle = (
  draft: Draft,
  command: CommandOf<"ResizeBundle">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(openBundle(draft, command, "resize"), (holds) => {
    const shares = holds.map((hold) => ({
      hold,
      quantity: command.quantity * (hold.bundle?.perBundle ?? 1)
    }))
    const refusal = tooMuch(shares) ?? tooLittle(shares)
    if (refusal !== undefined) return Result.fail(refusal)
    const resized: Array<Hold> = []
    const short: Array<ShortLine> = []
    for (const [line, { hold: before, quantity }] of shares.entries()) {
      const hold = draft.reservation(before.id) ?? before
      if (quantity > hold.quantity && !makeMoreRoom(draft, hold, quantity)) {
        short.push({
          line,
          lineId: hold.lineId,
          skuId: hold.skuId,
          locationId: hold.locationId,
          requested: quantity,
          available: hold.quantity + largestRoom(draft, hold),
          ...shortOption(hold.bundle)
        })
      } else {
        resized.push(
          quantity === hold.quantity ? hold : draft.resize(hold, quantity, hold.expiresAt)
        )
      }
    }
    return short.length > 0
      ? Result.fail({ _tag: "InsufficientStock", lines: short })
      : Result.succeed(resized)
  })

type Shares = ReadonlyArray<{ readonly hold: Hold; readonly quantity: number }>

const tooMuch = (shares: Shares): InventoryRefusal | undefined => {
  const over = shares.find(({ quantity }) => quantity > quantityMax)
  if (over === undefined) return undefined
  const message = `is ${over.quantity} units of the SKU "${over.hold.skuId}", more than ${quantityMax}`
  return { _tag: "InvalidInput", issues: [{ path: "quantity", message }] }
}

const tooLittle = (shares: Shares): InventoryRefusal | undefined => {
  const under = shares.find(({ hold, quantity }) => quantity < hold.fulfilledQuantity)
  return under && outOfHold(under.hold, under.quantity)
}

/** Gives every hold of a pending bundle the same time from now. */
export const extendBundle = (
  draft: Draft,
  command: CommandOf<"ExtendBundle">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(openBundle(draft, command, "extend"), (holds) => {
    const confirmed = holds.find((hold) => hold.status !== "PENDING")
    if (confirmed !== undefined) return Result.fail(conflict(confirmed, "extend"))
    const expiresAt = expiryOf(draft, command.ttl)
    return Result.succeed(holds.map((hold) => draft.extend(hold, expiresAt)))
  })

/**
 * Takes the open rest of a bundle of which a correction took a part. When the part was released or
 * taken again since, nothing is left to do.
 */
export const breakBundle = (
  draft: Draft,
  command: CommandOf<"BreakBundle">
): Decided<ReadonlyArray<Hold>> => {
  const found = findBundle(draft, command)
  if (Result.isFailure(found)) return Result.succeed([])
  const holds = found.success
  if (!holds.some(({ releaseReason }) => releaseReason === "SHORTFALL")) return Result.succeed([])
  const rest = holds.filter(
    (hold) => Reservation.isOpen(hold) && !Reservation.isLapsed(hold, draft.now)
  )
  return Result.succeed(rest.map((hold) => draft.free(hold, "SHORTFALL")))
}

/**
 * Claims an order for a person: that of the cart, or one that is theirs already. Any other is not
 * there for them, also when somebody else claimed it with the same token.
 */
export const claimOrder = (
  draft: Draft,
  { cartId, orderId, ownerId }: ClaimOfCart
): Decided<ReadonlyArray<Reservation.Reservation>> => {
  const lines = () =>
    draft.reservationsOfOrder(orderId).filter(Reservation.isLine).slice(0, wholeOrderMax)
  const owner = draft.ownerOf(orderId)?.ownerId
  if (owner === ownerId) return Result.succeed(lines())
  if (owner !== cartId) return Result.fail({ _tag: "OrderNotFound", orderId })
  // An order is claimed once: afterwards it is a person's, and no cart's any more.
  draft.emit("ordering.claim.made", orderId, 1, { orderId, ownerId, cartId })
  return Result.succeed(lines())
}
