/**
 * Tells a random story to the core and holds every step of it to the invariants: nothing is sold
 * that is not there, the ledger adds up, promises add up, a hold is resolved once, versions are
 * dense, and every event carries the balances that follow it. A broken one throws, saying which.
 */
import * as DateTime from "effect/DateTime"
import type { InventoryAnswer } from "../inventory/InventoryAnswer.ts"
import type { InventoryCommand } from "../inventory/InventoryCommand.ts"
import type { Balances, InventoryEvent } from "../inventory/InventoryEvent.ts"
import * as Reservation from "../inventory/Reservation.ts"
import * as Room from "../inventory/Room.ts"
import * as SkuStock from "../inventory/SkuStock.ts"
import * as StockLevel from "../inventory/StockLevel.ts"
import { commandOf, opening, type Step } from "./arbitraries.ts"
import { type GivenStock, given, type Told } from "./given.ts"
import { ReferenceModel } from "./ReferenceModel.ts"
import { ReplayedStock } from "./ReplayedStock.ts"

/** A story as it was told: the world it ended in, the model beside it, and what came of each step. */
export interface ToldStory {
  readonly stock: GivenStock
  readonly model: ReferenceModel
  readonly told: ReadonlyArray<{
    readonly command: InventoryCommand
    readonly outcome: Told<InventoryCommand["_tag"]>
  }>
}

const must = (holds: boolean, what: () => string): void => {
  if (!holds) throw new Error(what())
}

/** Tells the opening and then the steps, holding each to every invariant. */
export const tellStory = (steps: ReadonlyArray<Step>): ToldStory => {
  const stock = given()
  const model = new ReferenceModel()
  const replayed = new ReplayedStock()
  const told: Array<ToldStory["told"][number]> = []
  const take = (command: InventoryCommand) => {
    const before = snapshot(stock)
    const mayNot = forbidden(command, model)
    const fits = command._tag === "ReserveStock" ? model.fits(command, stock.now) : true
    const outcome = stock.when(command)
    told.push({ command, outcome })
    if (outcome._tag === "Refused") {
      const { refusal } = outcome
      must(
        refusal._tag !== "InsufficientStock" ||
          command._tag !== "ReserveStock" ||
          command.replace === true ||
          !fits,
        () => `refused although it fits: ${JSON.stringify(command)}`
      )
      return
    }
    must(
      fits || (command._tag === "ReserveStock" && command.replace === true),
      () => `accepted although it does not fit: ${JSON.stringify(command)}`
    )
    must(mayNot === undefined, () => `accepted ${JSON.stringify(command)} although ${mayNot}`)
    const grown = grownHolds(model, outcome.answer)
    model.took(command, outcome.answer, stock.now)
    checkRows(stock.rows)
    checkModel(stock, model)
    checkNoOversell(stock, model, grown)
    checkTransitions(before.holds, stock)
    checkBalances(replayed, stock.now, outcome.events)
    checkCrossings(stock, before.available, outcome.events)
  }
  for (const command of opening) take(command)
  for (const step of steps) {
    const command = commandOf(step, [...stock.rows.reservations.keys()])
    if (command !== null) take(command)
    else if (step._tag === "Wait") stock.later(step.seconds)
  }
  return { stock, model, told }
}

/** Why a command may not be accepted, as far as the model can tell. */
const forbidden = (command: InventoryCommand, model: ReferenceModel): string | undefined => {
  if (command._tag === "CountStock" && command.expectedQuantity !== undefined) {
    const total = model.total(command.skuId, command.locationId ?? model.defaultLocation())
    return total === command.expectedQuantity ? undefined : `the total is ${total}`
  }
  if (command._tag === "ReserveStock" && command.replace === true) {
    for (const hold of model.holds.values()) {
      if (hold.orderId !== command.orderId) continue
      if (hold.status === "CONFIRMED" || hold.status === "FULFILLED") return "a part of it is paid"
    }
  }
  return undefined
}

const snapshot = ({ rows }: GivenStock) => ({
  holds: new Map(rows.reservations),
  available: new Map([...rows.stocks].map(([id, it]) => [id, availableOf(rows, it)]))
})

const availableOf = (rows: ReplayedStock, stock: SkuStock.SkuStock): number =>
  SkuStock.balances(stock, (id) => rows.locations.get(id)).availableQuantity

/** Holds of an answer that promise more units than they did before it. */
const grownHolds = (model: ReferenceModel, answer: InventoryAnswer) => {
  const holds = (Array.isArray(answer) ? answer : [answer]) as ReadonlyArray<
    Partial<Reservation.Reservation>
  >
  return holds.filter(
    (hold): hold is Reservation.Reservation =>
      hold.orderId !== undefined &&
      hold.id !== undefined &&
      (hold.quantity ?? 0) > (model.holds.get(hold.id)?.quantity ?? 0)
  )
}

/** Rows against themselves: bounds, ledger, promises, versions. */
export const checkRows = (rows: ReplayedStock): void => {
  for (const stock of rows.stocks.values()) {
    for (const level of stock.levels) {
      const where = `${level.skuId} at ${level.locationId}`
      const violation = StockLevel.violation(level)
      must(violation === undefined, () => `${where}: ${violation}`)
      const ledger = rows.movements.filter(
        (row) => row.skuId === level.skuId && row.locationId === level.locationId
      )
      const sum = ledger.reduce((units, row) => units + row.quantity, 0)
      must(sum === level.totalQuantity, () => `${where}: movements sum to ${sum}`)
      must(
        (ledger.at(-1)?.balanceAfter ?? 0) === level.totalQuantity,
        () => `${where}: the last balance is not the total`
      )
      must(
        ledger.every((row, index) => row.sequence === index + 1) &&
          ledger.length === level.movementSequence,
        () => `${where}: movement sequences are not dense`
      )
      const held = [...rows.reservations.values()]
        .filter(
          (hold) =>
            hold.skuId === level.skuId &&
            hold.locationId === level.locationId &&
            Reservation.isOpen(hold)
        )
        .reduce((units, hold) => units + Reservation.heldQuantity(hold), 0)
      must(
        held === level.reservedQuantity,
        () => `${where}: reserved ${level.reservedQuantity}, held ${held}`
      )
    }
    if (stock.sku.archivedAt !== null) {
      const units = stock.levels.reduce(
        (sum, it) => sum + it.totalQuantity + it.reservedQuantity,
        0
      )
      must(units === 0, () => `${stock.sku.id} is archived with ${units} units`)
    }
  }
  const replaced = [...rows.reservations.values()].flatMap((hold) => hold.replaces ?? [])
  must(new Set(replaced).size === replaced.length, () => "an expired hold was taken again twice")
  checkDense(rows.events)
  const defaults = [...rows.locations.values()].filter((location) => location.isDefault)
  must(
    defaults.length === 1 && defaults.every((it) => it.active && it.sellable),
    () => `${defaults.length} default locations`
  )
}

/** Every aggregate's versions count up from 1 (the first location's from 2), and ids are unique. */
export const checkDense = (events: ReadonlyArray<InventoryEvent>): void => {
  const versions = new Map<string, number>([["location default", 1]])
  const ids = new Set<string>()
  for (const event of events) {
    const kind = event.eventType.startsWith("inventory.location.") ? "location" : "sku"
    const key = `${kind} ${event.aggregateId}`
    const version = (versions.get(key) ?? 0) + 1
    must(event.version === version, () => `${key}: version ${event.version} follows ${version - 1}`)
    versions.set(key, version)
    must(!ids.has(event.eventId), () => `event id ${event.eventId} is used twice`)
    ids.add(event.eventId)
  }
}

const checkModel = (stock: GivenStock, model: ReferenceModel): void => {
  for (const { levels, sku } of stock.rows.stocks.values()) {
    for (const level of levels) {
      const where = `${sku.id} at ${level.locationId}`
      const total = model.total(sku.id, level.locationId)
      must(total === level.totalQuantity, () => `${where}: ${level.totalQuantity}, model ${total}`)
      const lapsed = [...stock.rows.reservations.values()]
        .filter(
          (hold) =>
            hold.skuId === sku.id &&
            hold.locationId === level.locationId &&
            Reservation.isLapsed(hold, stock.now)
        )
        .reduce((units, hold) => units + Reservation.heldQuantity(hold), 0)
      const reserved = model.reserved(sku.id, level.locationId, stock.now)
      must(
        reserved === level.reservedQuantity - lapsed,
        () => `${where}: promises ${level.reservedQuantity - lapsed}, model ${reserved}`
      )
    }
  }
}

/** What was newly promised can be kept: within stock, safety stock and the backorder limit. */
const checkNoOversell = (
  stock: GivenStock,
  model: ReferenceModel,
  grown: ReadonlyArray<Reservation.Reservation>
): void => {
  for (const hold of grown) {
    const free = model.free(hold.skuId, hold.locationId, stock.now)
    must(free >= 0, () => `oversold ${-free} of ${hold.skuId} at ${hold.locationId}`)
    const location = model.locations.get(hold.locationId)
    must(
      location?.active === true && location.sellable,
      () => `promised ${hold.skuId} at ${hold.locationId}, which is closed`
    )
  }
}

const allowed: Record<Reservation.ReservationStatus, ReadonlyArray<string>> = {
  PENDING: ["PENDING", "CONFIRMED", "RELEASED", "EXPIRED"],
  CONFIRMED: ["CONFIRMED", "FULFILLED", "RELEASED"],
  FULFILLED: [],
  RELEASED: ["RELEASED"],
  EXPIRED: ["EXPIRED", "RELEASED"]
}

/** A hold is resolved once, and a lost one answered for; its order, SKU and location never change. */
const checkTransitions = (
  before: ReadonlyMap<string, Reservation.Reservation>,
  { now, rows }: GivenStock
): void => {
  for (const hold of rows.reservations.values()) {
    const earlier = before.get(hold.id)
    if (earlier === undefined || earlier === hold) continue
    must(
      !Reservation.isLapsed(earlier, now) || ["EXPIRED", "RELEASED"].includes(hold.status),
      () => `${hold.id} had lapsed and became ${hold.status}`
    )
    must(
      allowed[earlier.status].includes(hold.status),
      () => `${hold.id} went from ${earlier.status} to ${hold.status}`
    )
    must(
      Reservation.isLine(earlier),
      () => `${hold.id} had come to its end and changed: ${JSON.stringify(hold)}`
    )
    must(
      earlier.skuId === hold.skuId &&
        earlier.locationId === hold.locationId &&
        earlier.orderId === hold.orderId,
      () => `${hold.id} moved`
    )
    must(hold.fulfilledQuantity >= earlier.fulfilledQuantity, () => `${hold.id} came back`)
    must(hold.fulfilledQuantity <= hold.quantity, () => `${hold.id} shipped too much`)
    must(Reservation.isOpen(hold) === (hold.resolvedAt === null), () => `${hold.id}: resolvedAt`)
  }
}

/** Each event carries the balances that follow it, of its level and of its SKU. */
const checkBalances = (
  replayed: ReplayedStock,
  now: DateTime.Utc,
  events: ReadonlyArray<InventoryEvent>
): void => {
  for (const event of events) {
    must(DateTime.Equivalence(event.timestamp, now), () => "an event of another instant")
    replayed.apply([event])
    const { payload } = event
    if (!("level" in payload)) continue
    const stock = replayed.stocks.get(event.aggregateId)
    const row = stock === undefined ? undefined : SkuStock.levelAt(stock, payload.locationId)
    if (stock === undefined || row === undefined) throw new Error(`${event.eventType} of nothing`)
    const told = `${event.eventType} of ${event.aggregateId} says ${JSON.stringify(payload)}`
    const locationOf = (id: string) => replayed.locations.get(id)
    const sum = SkuStock.balances(stock, locationOf)
    const availableQuantity = SkuStock.isPromising(row, locationOf)
      ? Room.availableAt(
          SkuStock.room(stock, (level) => SkuStock.isPromising(level, locationOf)),
          stock.sku,
          row
        )
      : 0
    must(
      isSame(payload.level, { ...row, availableQuantity }),
      () => `${told}, level ${JSON.stringify(row)}`
    )
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

/** Sold out, back in stock and low are said when they come about, once, and never otherwise. */
const checkCrossings = (
  stock: GivenStock,
  before: ReadonlyMap<string, number>,
  events: ReadonlyArray<InventoryEvent>
): void => {
  const isLocationChange = events.some((it) => it.eventType.startsWith("inventory.location."))
  if (isLocationChange) return
  for (const it of stock.rows.stocks.values()) {
    const earlier = before.get(it.sku.id) ?? Math.max(0, it.sku.backorderLimit - it.sku.safetyStock)
    const now = availableOf(stock.rows, it)
    const said = (type: string) =>
      events.filter((event) => event.aggregateId === it.sku.id && event.eventType === type).length
    const threshold = it.sku.lowStockThreshold
    const expected = {
      "inventory.stock.depleted": earlier > 0 && now === 0,
      "inventory.stock.replenished": earlier === 0 && now > 0,
      "inventory.stock.low": threshold !== null && earlier > threshold && now <= threshold
    }
    for (const [type, isExpected] of Object.entries(expected)) {
      must(
        said(type) === (isExpected ? 1 : 0),
        () => `${type} said ${said(type)} times as ${it.sku.id} went from ${earlier} to ${now}`
      )
    }
  }
}
