/** How the reference model changes the holds that one line of an option made: all of them or none. */
import type { InventoryRefusal, ShortLine } from "../../inventory/messages/InventoryError.ts"
import type { SkuCommandOf } from "../../inventory/messages/SkuCommand.ts"
import { isOpen, kept, type ModelHold, type ModelStock } from "./ModelStock.ts"
import type { Predicted } from "./modelMovements.ts"
import { fitsMore, lapsesAt } from "./modelReserve.ts"

type BundleTag = "ReleaseBundle" | "ResizeBundle" | "ExtendBundle" | "BreakBundle"

/** A bundle is named by its first hold. */
const holdsOf = (
  stock: ModelStock,
  { bundleId, orderId }: SkuCommandOf<BundleTag>
): ReadonlyArray<ModelHold> => {
  const first = stock.holds.find((hold) => (hold.id as string) === bundleId)
  if (first?.bundle === undefined || first.orderId !== orderId) return []
  const all = stock.holds.filter((hold) => hold.bundle?.id === first.bundle?.id)
  const last = all.filter(
    (hold) => hold.reason !== "REPLACED" && stock.inPlaceOf(hold) === undefined
  )
  return last.length > 0 ? last : all
}

/** Changes a bundle. */
export const changeBundle = (
  stock: ModelStock,
  command: SkuCommandOf<BundleTag>,
  now: number
): Predicted => {
  const { bundleId, orderId } = command
  const holds = holdsOf(stock, command).toSorted(
    (a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1)
  )
  if (command._tag === "BreakBundle") return breakUp(stock, holds)
  if (holds.length === 0) return { refusal: { _tag: "BundleNotFound", orderId, bundleId } }
  if (command._tag === "ReleaseBundle") return giveBack(stock, holds, command.confirmed === true)
  const action = command._tag === "ResizeBundle" ? "resize" : "extend"
  const lapsed = holds.filter(({ status }) => status === "EXPIRED")
  if (lapsed.length > 0) {
    return {
      refusal: { _tag: "ReservationExpired", reservationIds: lapsed.map(({ id }) => id) }
    }
  }
  const wrong = holds.find((hold) =>
    action === "resize" ? !isOpen(hold) : hold.status !== "PENDING"
  )
  const closed = holds.find((hold) => !isOpen(hold)) ?? wrong
  if (closed !== undefined) return { refusal: conflict(closed, action) }
  return command._tag === "ResizeBundle"
    ? resize(stock, holds, command.quantity)
    : {
        holds: holds.map((hold) => stock.put(hold, { expiresAt: lapsesAt(now, command.ttl) }))
      }
}

const conflict = ({ id, status }: ModelHold, action: string): InventoryRefusal => ({
  _tag: "ReservationConflict",
  reservationId: id,
  status,
  action
})

const giveBack = (
  stock: ModelStock,
  holds: ReadonlyArray<ModelHold>,
  isConfirmedMeant: boolean
): Predicted => {
  const counts = (hold: ModelHold) => isOpen(hold) || stock.isLost(hold)
  const paid = holds.find((hold) => hold.status === "CONFIRMED")
  if (paid !== undefined && !isConfirmedMeant) return { refusal: conflict(paid, "release") }
  const left = holds.find((hold) => hold.status === "FULFILLED")
  if (left !== undefined && !holds.some(counts)) return { refusal: conflict(left, "release") }
  return {
    holds: holds.map((hold) =>
      counts(hold) ? stock.put(hold, { status: "RELEASED", reason: "RELEASED" }) : hold
    )
  }
}

const resize = (stock: ModelStock, holds: ReadonlyArray<ModelHold>, bundles: number): Predicted => {
  const share = ({ bundle }: ModelHold) => bundles * (bundle?.per ?? 0)
  const under = holds.find((hold) => share(hold) < hold.shipped)
  if (under !== undefined) {
    const { id, quantity, shipped } = under
    return {
      refusal: {
        _tag: "QuantityOutOfHold",
        reservationId: id,
        requested: share(under),
        quantity,
        fulfilledQuantity: shipped
      }
    }
  }
  const short: Array<ShortLine> = []
  const done: Array<ModelHold> = []
  for (const [line, hold] of holds.entries()) {
    const { lineId, locationId, skuId } = hold
    const requested = share(hold)
    if (fitsMore(stock, hold, requested - hold.quantity)) {
      const isWhole = hold.shipped > 0 && hold.shipped >= requested
      done.push(
        stock.put(hold, { quantity: requested, ...(isWhole ? { status: "FULFILLED" } : {}) })
      )
      continue
    }
    const available = hold.quantity + stock.largest(skuId, locationId)
    const optionId = hold.bundle?.optionId
    const named = optionId === undefined ? {} : { optionId }
    short.push({ line, lineId, skuId, locationId, requested, available, ...named })
  }
  return short.length > 0
    ? { refusal: { _tag: "InsufficientStock", lines: short } }
    : { holds: done }
}

/** The rest of a bundle is lost with the part that a correction took. */
const breakUp = (stock: ModelStock, holds: ReadonlyArray<ModelHold>): Predicted =>
  holds.some((hold) => hold.reason === "SHORTFALL" && stock.isLost(hold))
    ? {
        holds: holds
          .filter((hold) => isOpen(hold) && kept(hold) > 0)
          .map((hold) => stock.put(hold, { status: "RELEASED", reason: "SHORTFALL" }))
      }
    : { holds: [] }
