/**
 * What must hold for the events of every command. They carry the balances of the rows after each of
 * them. Sold out, back in stock and low come exactly when they happen, once.
 */
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import {
  type InventoryEvent,
  type InventoryEventOf,
  readPayload
} from "../../inventory/messages/InventoryEvent.ts"
import type { Balances } from "../../inventory/state/Balances.ts"
import { isPromising, type Location } from "../../inventory/state/Location.ts"
import type { Reservation } from "../../inventory/state/Reservation.ts"
import type { SkuStock } from "../../inventory/state/SkuStock.ts"
import type { StockLevel } from "../../inventory/state/StockLevel.ts"
import { deficit, deficits, must } from "./invariants.ts"
import type { ReplayedStock } from "./ReplayedStock.ts"

type Locations = ReadonlyMap<string, Location>

const isSelling = (locations: Locations, { locationId }: StockLevel): boolean => {
  const location = locations.get(locationId)
  return location !== undefined && isPromising(location)
}

const unpromised = ({ reservedQuantity, totalQuantity }: StockLevel): number =>
  Math.max(0, totalQuantity - reservedQuantity)

/** What the policy of a SKU leaves to promise, by its rows; below zero when overdrawn. */
const headroom = (stock: SkuStock, selling: ReadonlyArray<StockLevel>): number => {
  const unpromisedUnits = selling.reduce((units, level) => units + unpromised(level), 0)
  return unpromisedUnits - deficits(stock) + stock.sku.backorderLimit - stock.sku.safetyStock
}

/** Units of a SKU that may be promised by its rows, which still count lapsed holds. */
export const availableOf = (stock: SkuStock, locations: Locations): number =>
  skuBalances(stock, locations).availableQuantity

const skuBalances = (stock: SkuStock, locations: Locations): Balances => {
  const selling = stock.levels.filter((level) => isSelling(locations, level))
  return {
    totalQuantity: selling.reduce((units, level) => units + level.totalQuantity, 0),
    reservedQuantity: selling.reduce((units, level) => units + level.reservedQuantity, 0),
    availableQuantity: selling.length === 0 ? 0 : Math.max(0, headroom(stock, selling))
  }
}

const levelBalances = (stock: SkuStock, level: StockLevel, locations: Locations): Balances => {
  const { reservedQuantity, totalQuantity } = level
  const selling = stock.levels.filter((it) => isSelling(locations, it))
  const backorders = Math.max(0, stock.sku.backorderLimit - deficits(stock))
  const fits = Math.min(headroom(stock, selling), unpromised(level) + backorders)
  const availableQuantity = isSelling(locations, level) ? Math.max(0, fits) : 0
  return { totalQuantity, reservedQuantity, availableQuantity }
}

/** A lapsed hold that a command expired, and its SKU before that. */
interface Expiry {
  readonly hold: Reservation
  readonly stock: SkuStock
}

/**
 * Lapsed holds expire for a promise as far as they must, and not one more: first those of its
 * place, then those of places in deficit, then the others, each oldest first.
 */
const checkExpiries = (
  expiries: ReadonlyArray<Expiry>,
  event: InventoryEventOf<"inventory.stock.reserved" | "inventory.reservation.resized">,
  locations: Locations
): void => {
  const { payload } = event
  const before = "previousQuantity" in payload ? payload.previousQuantity : 0
  const replaces = "replaces" in payload ? payload.replaces : null
  const gaveWay = expiries.filter(({ hold }) => hold.id !== replaces)
  const rank = ({ hold, stock }: Expiry): number => {
    if (hold.locationId === payload.locationId) return 0
    const level = stock.levels.find((it) => it.locationId === hold.locationId)
    return level !== undefined && deficit(level) > 0 ? 1 : 2
  }
  const [first] = gaveWay
  let last: readonly [rank: number, expiresAt: number] = [0, 0]
  for (const { hold, stock } of gaveWay) {
    const row = stock.levels.find((level) => level.locationId === payload.locationId)
    const room = row === undefined ? 0 : levelBalances(stock, row, locations).availableQuantity
    must(
      room < payload.quantity - before,
      () => `${hold.id} was expired for ${JSON.stringify(payload)}, which had room for ${room}`
    )
    const next = [
      rank({ hold, stock: first?.stock ?? stock }),
      hold.expiresAt?.epochMilliseconds ?? 0
    ] as const
    must(
      next[0] > last[0] || (next[0] === last[0] && next[1] >= last[1]),
      () => `${hold.id} was expired out of turn for ${JSON.stringify(payload)}`
    )
    last = next
  }
}

/**
 * Checks that each event carries the balances after it, of its level and of its SKU, that it is read
 * from the log as it was written, and that lapsed holds expire in their order.
 */
export const checkBalances = (
  replayed: ReplayedStock,
  now: DateTime.Utc,
  events: ReadonlyArray<InventoryEvent>
): void => {
  let expiries: ReadonlyArray<Expiry> = []
  for (const event of events) {
    must(DateTime.Equivalence(event.timestamp, now), () => "an event of another instant")
    const kept = readPayload(JSON.stringify(event.payload), event.eventType)
    must(Equal.equals(kept, event.payload), () => `${event.eventType} is read as something else`)
    const before = replayed.stocks.get(event.aggregateId)
    if (event.eventType === "inventory.stock.released" && event.payload.reason === "EXPIRED") {
      const hold = replayed.reservations.get(event.payload.reservationId)
      if (hold !== undefined && before !== undefined)
        expiries = [...expiries, { hold, stock: before }]
    }
    if (
      event.eventType === "inventory.stock.reserved" ||
      event.eventType === "inventory.reservation.resized"
    ) {
      const { skuId } = event.payload
      const isOfSku = ({ hold }: Expiry) => hold.skuId === skuId
      checkExpiries(expiries.filter(isOfSku), event, replayed.locations)
      expiries = expiries.filter((expiry) => !isOfSku(expiry))
    }
    replayed.apply([event])
    const { payload } = event
    if (!("level" in payload)) continue
    const stock = replayed.stocks.get(event.aggregateId)
    const row = stock?.levels.find((level) => level.locationId === payload.locationId)
    if (stock === undefined || row === undefined) throw new Error(`${event.eventType} of nothing`)
    const told = `${event.eventType} of ${event.aggregateId} says ${JSON.stringify(payload)}`
    const level = levelBalances(stock, row, replayed.locations)
    must(isSame(payload.level, level), () => `${told}, level ${JSON.stringify(level)}`)
    const sum = skuBalances(stock, replayed.locations)
    must(isSame(payload.sku, sum), () => `${told}, SKU ${JSON.stringify(sum)}`)
    must(
      !("movementType" in payload) ||
        (payload.currentQuantity === row.totalQuantity &&
          payload.previousQuantity === row.totalQuantity - payload.quantity),
      () => `${told}, total ${row.totalQuantity}`
    )
  }
}

const isSame = (a: Balances, b: Balances): boolean =>
  a.totalQuantity === b.totalQuantity &&
  a.reservedQuantity === b.reservedQuantity &&
  a.availableQuantity === b.availableQuantity

/** Checks that sold out, back in stock and low come exactly when they happen, once. */
export const checkCrossings = (
  rows: ReplayedStock,
  before: ReadonlyMap<string, number>,
  events: ReadonlyArray<InventoryEvent>
): void => {
  const isLocationChange = events.some((it) => it.eventType.startsWith("inventory.location."))
  if (isLocationChange) return
  for (const stock of rows.stocks.values()) {
    const { sku } = stock
    const earlier = before.get(sku.id) ?? Math.max(0, sku.backorderLimit - sku.safetyStock)
    const now = availableOf(stock, rows.locations)
    const said = (type: string) =>
      events.filter((event) => event.aggregateId === sku.id && event.eventType === type).length
    const threshold = sku.lowStockThreshold
    const expected = {
      "inventory.stock.depleted": earlier > 0 && now === 0,
      "inventory.stock.replenished": earlier === 0 && now > 0,
      "inventory.stock.low": threshold !== null && earlier > threshold && now <= threshold
    }
    for (const [type, isExpected] of Object.entries(expected)) {
      must(
        said(type) === (isExpected ? 1 : 0),
        () => `${type} said ${said(type)} times as ${sku.id} went from ${earlier} to ${now}`
      )
    }
  }
}
