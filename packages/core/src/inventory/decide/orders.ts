/** Decisions about all holds of an order at once: confirm, release, fulfil. All or nothing. */
import * as Result from "effect/Result"
import type { CommandOf } from "../InventoryCommand.ts"
import type { InventoryRefusal } from "../InventoryError.ts"
import * as Reservation from "../Reservation.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, findOrder } from "./found.ts"
import { confirmHold, fulfilHold } from "./holds.ts"

type Hold = Reservation.Reservation

/**
 * Expired or lapsed, and nothing speaks for it: neither a hold made in its place, nor a cart that
 * the order held anew after it lapsed. A hold made in place of another one speaks for that alone.
 */
const isUnanswered = (holds: ReadonlyArray<Hold>, hold: Hold): boolean => {
  const lapsedAt = hold.expiresAt?.epochMilliseconds ?? 0
  return !holds.some((other) =>
    other.replaces === null
      ? other.createdAt.epochMilliseconds >= lapsedAt
      : other.replaces === hold.id
  )
}

/**
 * Confirms every open hold of an order. A hold that expired refuses the whole, unless `reacquire`
 * takes it again, or the order was held anew after it lapsed.
 */
export const confirmOrder = (
  draft: Draft,
  command: CommandOf<"ConfirmOrder">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findOrder(draft, command.orderId), (holds) => {
    const isExpired = (hold: Hold) =>
      hold.status === "EXPIRED" || Reservation.isLapsed(hold, draft.now)
    const concerned = holds.filter((hold) =>
      isExpired(hold) ? isUnanswered(holds, hold) : Reservation.isOpen(hold)
    )
    const expired = concerned.filter(isExpired)
    if (expired.length > 0 && command.reacquire !== true) {
      return Result.fail({
        _tag: "ReservationExpired",
        reservationIds: expired.map((hold) => hold.id)
      })
    }
    const last = holds.at(-1)
    if (concerned.length === 0 && last !== undefined) {
      return Result.fail({
        _tag: "ReservationConflict",
        reservationId: last.id,
        status: last.status,
        action: "confirm"
      })
    }
    return each(concerned, (hold) => confirmHold(draft, hold, true))
  })

/** Releases the pending holds of an order, and with `includeConfirmed` the confirmed ones. */
export const releaseOrder = (
  draft: Draft,
  command: CommandOf<"ReleaseOrder">
): Decided<ReadonlyArray<Hold>> =>
  Result.flatMap(findOrder(draft, command.orderId), (holds) => {
    const released: Array<Hold> = []
    for (const hold of holds) {
      if (Reservation.isLapsed(hold, draft.now)) released.push(draft.free(hold, "EXPIRED"))
      else if (
        hold.status === "PENDING" ||
        (hold.status === "CONFIRMED" && command.includeConfirmed === true)
      ) {
        released.push(draft.free(hold, "RELEASED"))
      }
    }
    return Result.succeed(released)
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

/** Every hold taken a step further, or the refusal to say why some cannot be. */
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
