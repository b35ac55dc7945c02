/**
 * What must hold for the rows after every command: bounds, ledger, promises, versions. The formulas
 * are written out here, so that a wrong formula in the engine shows. A broken invariant throws and
 * says which.
 */

import type { InventoryEvent } from "../../inventory/messages/InventoryEvent.ts"
import type { SkuCommand } from "../../inventory/messages/SkuCommand.ts"
import * as Reservation from "../../inventory/state/Reservation.ts"
import type { SkuStock } from "../../inventory/state/SkuStock.ts"
import type { StockLevel } from "../../inventory/state/StockLevel.ts"
import type { ReplayedStock } from "./ReplayedStock.ts"

/** Throws when something does not hold. */
export const must = (holds: boolean, what: () => string): void => {
  if (!holds) throw new Error(what())
}

/** Units promised at a level beyond its stock, by its row. */
export const deficit = ({ reservedQuantity, totalQuantity }: StockLevel): number =>
  Math.max(0, reservedQuantity - totalQuantity)

/** Units of a SKU promised beyond the stock of their places, by its rows. */
export const deficits = (stock: SkuStock | undefined): number =>
  (stock?.levels ?? []).reduce((units, level) => units + deficit(level), 0)

/** Checks the rows against themselves: bounds, ledger, promises, versions. */
export const checkRows = (rows: ReplayedStock): void => {
  for (const stock of rows.stocks.values()) {
    for (const level of stock.levels) checkLevel(rows, level)
    if (stock.sku.archivedAt === null) continue
    const units = stock.levels.reduce((sum, it) => sum + it.totalQuantity + it.reservedQuantity, 0)
    must(units === 0, () => `${stock.sku.id} is archived with ${units} units`)
  }
  const replaced = [...rows.reservations.values()].flatMap((hold) => hold.replaces ?? [])
  must(new Set(replaced).size === replaced.length, () => "a lost hold was taken again twice")
  const codes = [...rows.stocks.values()].flatMap(({ sku }) =>
    sku.archivedAt === null ? [sku.code] : []
  )
  must(new Set(codes).size === codes.length, () => `a code is used twice: ${codes}`)
  checkDense(rows.events)
  const defaults = [...rows.locations.values()].filter((location) => location.isDefault)
  must(
    defaults.length === 1 && defaults.every((it) => it.active && it.sellable),
    () => `${defaults.length} default locations`
  )
}

const checkLevel = (rows: ReplayedStock, level: StockLevel): void => {
  const { promiseLimit, reservedQuantity, totalQuantity } = level
  const where = `${level.skuId} at ${level.locationId}`
  must(
    totalQuantity >= 0 && totalQuantity <= 2 ** 53 - 1,
    () => `${where}: total ${totalQuantity} is out of bounds`
  )
  must(reservedQuantity >= 0, () => `${where}: reserved ${reservedQuantity} is below zero`)
  must(
    promiseLimit === deficit(level),
    () => `${where}: ${totalQuantity}/${reservedQuantity} has the promise limit ${promiseLimit}`
  )
  const ledger = rows.movements.filter(
    (row) => row.skuId === level.skuId && row.locationId === level.locationId
  )
  const sum = ledger.reduce((units, row) => units + row.quantity, 0)
  must(sum === totalQuantity, () => `${where}: movements sum to ${sum}`)
  must(
    (ledger.at(-1)?.balanceAfter ?? 0) === totalQuantity,
    () => `${where}: the last balance is not the total`
  )
  must(
    ledger.every((row, index) => row.sequence === index + 1) &&
      ledger.length === level.movementSequence,
    () => `${where}: movement sequences are not dense`
  )
  let held = 0
  for (const hold of rows.reservations.values()) {
    if (hold.skuId !== level.skuId || hold.locationId !== level.locationId) continue
    if (Reservation.isOpen(hold)) held += hold.quantity - hold.fulfilledQuantity
  }
  must(held === reservedQuantity, () => `${where}: reserved ${reservedQuantity}, held ${held}`)
}

/** Every aggregate's versions count up from 1 (the first location's from 2), and ids are unique. */
export const checkDense = (events: ReadonlyArray<InventoryEvent>): void => {
  const versions = new Map<string, number>([["LOCATION default", 1]])
  const ids = new Set<string>()
  for (const event of events) {
    const key = `${event.aggregateType} ${event.aggregateId}`
    const version = (versions.get(key) ?? 0) + 1
    must(event.version === version, () => `${key}: version ${event.version} follows ${version - 1}`)
    versions.set(key, version)
    must(!ids.has(event.eventId), () => `event id ${event.eventId} is used twice`)
    ids.add(event.eventId)
  }
}

const allowed: Record<Reservation.ReservationStatus, ReadonlyArray<string>> = {
  PENDING: ["PENDING", "CONFIRMED", "RELEASED", "EXPIRED"],
  CONFIRMED: ["CONFIRMED", "FULFILLED", "RELEASED"],
  FULFILLED: [],
  RELEASED: ["RELEASED"],
  EXPIRED: ["EXPIRED", "RELEASED"]
}

/** A hold changes hands once, from a cart to a person, open or past, and nothing else of it changes then. */
const checkClaimed = (
  { ownerId: before, ...earlier }: Reservation.Reservation,
  { ownerId: after, ...hold }: Reservation.Reservation
): void => {
  const isClaim = before?.startsWith("cart:") === true && after?.startsWith("cart:") === false
  must(isClaim, () => `${hold.id} went from ${before} to ${after}`)
  must(JSON.stringify(earlier) === JSON.stringify(hold), () => `${hold.id} was claimed and changed`)
}

/**
 * A hold is resolved once, and its order, SKU and location never change. A lost hold is answered
 * for once, which gives no units back.
 */
export const checkTransition = (
  earlier: Reservation.Reservation,
  hold: Reservation.Reservation,
  hadLapsed: boolean
): void => {
  if (earlier.ownerId !== hold.ownerId) return checkClaimed(earlier, hold)
  must(
    !hadLapsed || hold.status === "EXPIRED" || hold.status === "RELEASED",
    () => `${hold.id} had lapsed and became ${hold.status}`
  )
  must(
    allowed[earlier.status].includes(hold.status),
    () => `${hold.id} went from ${earlier.status} to ${hold.status}`
  )
  must(
    earlier.skuId === hold.skuId &&
      earlier.locationId === hold.locationId &&
      earlier.orderId === hold.orderId,
    () => `${hold.id} moved`
  )
  if (!Reservation.isOpen(earlier)) {
    const wasLost =
      earlier.releaseReason === "SHORTFALL" ||
      (earlier.status === "EXPIRED" && earlier.releaseReason === null)
    must(
      wasLost && hold.releaseReason !== null && hold.releaseReason !== "SHORTFALL",
      () => `${hold.id} was ${earlier.status} and became ${hold.status} ${hold.releaseReason}`
    )
    must(
      hold.quantity === earlier.quantity &&
        hold.fulfilledQuantity === earlier.fulfilledQuantity &&
        hold.resolvedAt === earlier.resolvedAt,
      () => `${hold.id} is resolved and changed`
    )
  }
  must(hold.fulfilledQuantity >= earlier.fulfilledQuantity, () => `${hold.id} came back`)
  must(hold.fulfilledQuantity <= hold.quantity, () => `${hold.id} shipped too much`)
  must(Reservation.isOpen(hold) === (hold.resolvedAt === null), () => `${hold.id}: resolvedAt`)
}

/** The commands that may promise more at a place than it has: to a buyer, or by a correction. */
const promising: ReadonlySet<SkuCommand["_tag"]> = new Set([
  "ReserveStock",
  "ResizeReservation",
  "ResizeBundle",
  "ConfirmReservation",
  "ConfirmOrder",
  "PlaceOrder",
  "PayOrder",
  "AdjustStock",
  "CountStock",
  "ChangeStock"
])

/**
 * Promises beyond stock. Those of a SKU never exceed what its policy allows or what there were,
 * except after an accepted shortfall. Those of a place grow only by a command that promises or
 * corrects.
 */
export const checkPromises = (
  command: SkuCommand,
  events: ReadonlyArray<InventoryEvent>,
  before: ReadonlyMap<string, SkuStock>,
  { stocks }: ReplayedStock
): void => {
  const isAccepted = events.some(
    (event) => event.eventType === "inventory.stock.updated" && event.payload.shortfallAccepted
  )
  for (const stock of stocks.values()) {
    const earlier = before.get(stock.sku.id)
    if (earlier === stock) continue
    const limit = Math.max(stock.sku.backorderLimit, deficits(earlier))
    must(
      isAccepted || deficits(stock) <= limit,
      () => `${stock.sku.id}: ${deficits(stock)} are promised beyond stock, where ${limit} may be`
    )
    if (promising.has(command._tag)) continue
    for (const level of stock.levels) {
      const was = earlier?.levels.find((it) => it.locationId === level.locationId)
      must(
        deficit(level) <= (was === undefined ? 0 : deficit(was)),
        () => `${command._tag} promised ${level.skuId} at ${level.locationId} beyond stock`
      )
    }
  }
}
