/** Decisions about all holds of an order at once: confirm, release, fulfil. All or nothing. */
import * as Result from "effect/Result"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import * as Reservation from "../state/Reservation.ts"
import type { Draft } from "./Draft.ts"
import { confirmHold, conflict, fulfilHold } from "./holds.ts"
import { type Decided, findOrder } from "./lookups.ts"

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
      : each(lines, (hold) => confirmHold(draft, hold, true))
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
