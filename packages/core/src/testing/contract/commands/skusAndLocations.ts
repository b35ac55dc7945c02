/** Contract: SKUs, locations, holds and levels as rows that are written, changed and read. */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { OrderId, ReservationId, SkuId } from "../../../kernel/Identifier.ts"
import { holdsOf, levelsOf, statusOf, unitsOf } from "../reads/looking.ts"
import { type ContractIt, freshLocation, freshSku, Stage, upTo } from "../Stage.ts"

const nobody = ReservationId.make("00000000-0000-7000-8000-000000000000")
const nothing = SkuId.make("nothing")

/** Rows and reads. */
export const skusAndLocations = (it: ContractIt): void => {
  it.effect("says of unknown ids that they are unknown, in reads and in refusals", () =>
    Effect.gen(function* () {
      const { now } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      expect(yield* reads.sku(nothing)).toBeUndefined()
      expect(yield* reads.skuByCode("NOTHING")).toBeUndefined()
      expect(yield* reads.reservations([nobody])).toEqual([])
      expect(yield* reads.reservationsOfOrder(OrderId.make("nothing"))).toEqual([])
      expect(yield* reads.stock([nothing])).toEqual([])
      expect(yield* reads.movements({ skuId: nothing, before: null, limit: 10 })).toEqual([])
      expect((yield* reads.stockAsOf(nothing, yield* now)).levels).toEqual([])
      const lines = [
        { skuId: "nothing", quantity: 1 },
        { skuId: "nowhere", quantity: 1 }
      ]
      const tagOf = <A, E>(effect: Effect.Effect<A, E>) => Effect.flip(effect)
      expect(yield* tagOf(inventory.reserve({ orderId: "nothing", lines }))).toEqual({
        _tag: "SkuNotFound",
        skuIds: ["nothing", "nowhere"]
      })
      expect((yield* tagOf(inventory.confirm({ reservationId: nobody })))._tag).toBe(
        "ReservationNotFound"
      )
      expect((yield* tagOf(inventory.confirmOrder({ orderId: "nothing" })))._tag).toBe(
        "OrderNotFound"
      )
      expect((yield* tagOf(inventory.receive({ skuId: "nothing", quantity: 1 })))._tag).toBe(
        "SkuNotFound"
      )
    })
  )

  it.effect("answers empty questions with nothing", () =>
    Effect.gen(function* () {
      const reads = yield* StockReads
      expect(yield* reads.stock([])).toEqual([])
      yield* reads.ping
    })
  )

  it.effect("keeps every field of a SKU, and finds it by id and by code", () =>
    Effect.gen(function* () {
      const { fresh, now } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = SkuId.make(fresh("~sku.:_"))
      const details = {
        code: fresh("Código — 50% 🧦"),
        name: "Socks, 'wool'",
        description: 'Line one\nLine two\t\\ " end',
        weight: 0.125,
        volume: 9_999_999.999,
        backorderLimit: 3,
        safetyStock: 2,
        lowStockThreshold: 0
      }
      const made = yield* inventory.registerSku({ skuId, ...details })
      expect(made).toEqual({
        id: skuId,
        ...details,
        createdAt: yield* now,
        archivedAt: null
      })
      expect(yield* reads.sku(skuId)).toEqual(made)
      expect(yield* reads.skuByCode(details.code)).toEqual(made)
      const other = { code: fresh("NEW"), name: "Mittens", weight: null, lowStockThreshold: null }
      const changed = yield* inventory.updateSku({ skuId, ...other })
      expect(changed).toEqual({ ...made, ...other })
      expect(yield* reads.sku(skuId)).toEqual(changed)
      expect(yield* reads.skuByCode(details.code)).toBeUndefined()
      const heir = yield* inventory.registerSku({ code: details.code, name: "Heir" })
      expect(yield* reads.skuByCode(details.code)).toEqual(heir)
    })
  )

  it.effect("takes ids that are words of JavaScript for ordinary ids", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      for (const skuId of ["__proto__", "constructor", "toString"]) {
        yield* inventory.registerSku({ skuId, code: fresh("CODE"), name: skuId, initialStock: 2 })
        const orderId = fresh("order")
        yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 1, lineId: skuId }] })
        expect(yield* unitsOf(skuId)).toEqual({ total: 2, reserved: 1, available: 1 })
      }
    })
  )

  it.effect("lists SKUs by id, page by page", () =>
    Effect.gen(function* () {
      const reads = yield* StockReads
      const made = yield* Effect.forEach(upTo(5), () => freshSku(0))
      const ids: Array<SkuId> = []
      while (true) {
        const page = yield* reads.skus(ids.at(-1) ?? null, 3)
        ids.push(...page.map((sku) => sku.id))
        if (page.length < 3) break
      }
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)))
      for (const skuId of made) expect(ids).toContain(skuId)
    })
  )

  it.effect("reads the levels of many SKUs at once and leaves unknown ones out", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuIds = yield* Effect.forEach(upTo(20), (n) => freshSku(n))
      const elsewhere = yield* freshLocation({ sellable: false })
      yield* inventory.receive({ skuId: skuIds[7] ?? "", locationId: elsewhere, quantity: 100 })
      const stock = yield* reads.stock([...skuIds, nothing, skuIds[0] ?? nothing])
      const totals = new Map(
        stock.map(({ levels, sku }) => [
          sku.id,
          levels.reduce((sum, { level }) => sum + level.totalQuantity, 0)
        ])
      )
      expect(stock).toHaveLength(20)
      expect(skuIds.map((id) => totals.get(id))).toEqual(upTo(20).map((n) => (n === 7 ? 107 : n)))
      expect((yield* statusOf(skuIds[7] ?? "")).totalQuantity).toBe(7)
    })
  )

  it.effect("archives a SKU that is empty, and refuses while stock or holds exist", () =>
    Effect.gen(function* () {
      const { advance, fresh, now } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(0, { backorderLimit: 2 })
      const orderId = fresh("order")
      yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 2 }], ttl: 10 })
      expect(yield* Effect.flip(inventory.archiveSku({ skuId }))).toEqual({
        _tag: "SkuNotEmpty",
        skuId,
        totalQuantity: 0,
        reservedQuantity: 2
      })
      yield* advance("10 seconds")
      const archived = yield* inventory.archiveSku({ skuId })
      expect(archived.archivedAt).toEqual(yield* now)
      expect(yield* reads.sku(skuId)).toEqual(archived)
      const refusal = yield* Effect.flip(inventory.receive({ skuId, quantity: 1 }))
      expect(refusal).toEqual({ _tag: "SkuArchived", skuIds: [skuId] })
    })
  )

  it.effect("keeps locations, changes them, and always has one default that sells", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const locationId = fresh("place")
      const details = { name: "Rack 🏭", priority: 7, sellable: false, active: true }
      const made = yield* inventory.registerLocation({ locationId, ...details })
      const row = { id: locationId, ...details, isDefault: false, version: 1 }
      expect(made).toEqual(row)
      const moved = yield* inventory.updateLocation({ locationId, sellable: true, isDefault: true })
      expect(moved).toEqual({ ...row, sellable: true, isDefault: true, version: 2 })
      const list = yield* reads.locations
      expect(list.filter((location) => location.isDefault)).toEqual([moved])
      const refusal = yield* Effect.flip(inventory.updateLocation({ locationId, active: false }))
      expect(refusal).toEqual({ _tag: "DefaultLocationRequired", locationId })
      const back = yield* inventory.updateLocation({ locationId: "default", isDefault: true })
      expect(back.isDefault).toBe(true)
      yield* inventory.updateLocation({ locationId, active: false })
      const skuId = yield* freshSku(0)
      const closed = yield* Effect.flip(inventory.receive({ skuId, locationId, quantity: 1 }))
      expect(closed).toEqual({ _tag: "LocationUnavailable", locationId, reason: "INACTIVE" })
    })
  )

  it.effect("places lines by the priority of locations, and sums over those that sell", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(3)
      const near = yield* freshLocation({ priority: 1 })
      const broken = yield* freshLocation({ priority: 0, sellable: false })
      for (const [locationId, quantity] of [
        [near, 5],
        [broken, 50]
      ] as const) {
        yield* inventory.receive({ skuId, locationId, quantity })
      }
      expect(yield* statusOf(skuId)).toMatchObject({
        totalQuantity: 8,
        availableQuantity: 8,
        largestSingleQuantity: 5
      })
      const lines = [4, 2, 1].map((quantity) => ({ skuId, quantity }))
      const holds = yield* inventory.reserve({ orderId: fresh("order"), lines })
      expect(holds.map((hold) => hold.locationId)).toEqual([near, "default", near])
      expect((yield* levelsOf(skuId)).get(near)).toMatchObject({
        totalQuantity: 5,
        reservedQuantity: 5,
        availableQuantity: 0
      })
    })
  )

  it.effect("keeps a hold through its whole life, with every field", () =>
    Effect.gen(function* () {
      const { advance, fresh, now } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(10)
      const orderId = fresh("order — № 1 🧾")
      const createdAt = yield* now
      const lines = [{ skuId, quantity: 4, lineId: "l" }]
      const [hold] = yield* inventory.reserve({ orderId, lines, ttl: 86_400 })
      const reservationId = hold?.id ?? nobody
      const row = {
        id: reservationId,
        orderId,
        lineId: "l",
        skuId,
        locationId: "default",
        quantity: 4,
        fulfilledQuantity: 0,
        status: "PENDING",
        expiresAt: DateTime.add(createdAt, { seconds: 86_400 }),
        createdAt,
        resolvedAt: null,
        releaseReason: null,
        replaces: null
      }
      expect(hold).toEqual(row)
      yield* advance("1 minute")
      const extended = yield* inventory.extend({ reservationId, ttl: 30 })
      expect(extended.expiresAt).toEqual(DateTime.add(yield* now, { seconds: 30 }))
      yield* inventory.resize({ reservationId, quantity: 6 })
      yield* inventory.confirm({ reservationId })
      yield* inventory.fulfil({ reservationId, quantity: 2 })
      const partly = { ...row, quantity: 6, fulfilledQuantity: 2, status: "CONFIRMED" }
      expect(yield* reads.reservations([reservationId])).toEqual([{ ...partly, expiresAt: null }])
      expect(yield* unitsOf(skuId)).toEqual({ total: 8, reserved: 4, available: 4 })
      const whole = yield* inventory.fulfil({ reservationId })
      expect(whole).toEqual({
        ...row,
        quantity: 6,
        fulfilledQuantity: 6,
        status: "FULFILLED",
        expiresAt: null,
        resolvedAt: yield* now
      })
      expect(yield* holdsOf(orderId)).toEqual([whole])
      expect(yield* unitsOf(skuId)).toEqual({ total: 4, reserved: 0, available: 4 })
    })
  )

  it.effect("replaces a cart in one step, keeping the ids of lines that stay", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const [left, right] = [yield* freshSku(5), yield* freshSku(5)]
      const orderId = fresh("order")
      const line = (skuId: string, quantity: number, lineId: string) => ({
        skuId,
        quantity,
        lineId
      })
      const [first] = yield* inventory.reserve({
        orderId,
        lines: [line(left, 4, "a"), line(right, 5, "b")]
      })
      const [kept, made] = yield* inventory.reserve({
        orderId,
        replace: true,
        lines: [line(left, 5, "a"), line(right, 5, "c")]
      })
      expect(kept?.id).toBe(first?.id)
      expect([kept?.quantity, made?.quantity]).toEqual([5, 5])
      const statuses = (yield* holdsOf(orderId)).map((hold) => [hold.lineId, hold.status])
      expect(statuses.sort()).toEqual([
        ["a", "PENDING"],
        ["b", "RELEASED"],
        ["c", "PENDING"]
      ])
      yield* inventory.confirmOrder({ orderId })
      const refusal = yield* Effect.flip(
        inventory.reserve({ orderId, replace: true, lines: [line(left, 1, "a")] })
      )
      expect(refusal).toEqual({ _tag: "OrderAlreadyConfirmed", orderId })
    })
  )

  it.effect("switches backorder off while backorders are open, and takes no more of them", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(1, { backorderLimit: 5 })
      const lines = (quantity: number) => ({
        orderId: fresh("order"),
        lines: [{ skuId, quantity }]
      })
      yield* inventory.reserve(lines(6))
      yield* inventory.updateSku({ skuId, backorderLimit: 0 })
      yield* inventory.receive({ skuId, quantity: 3 })
      expect((yield* Effect.flip(inventory.reserve(lines(1))))._tag).toBe("InsufficientStock")
      expect(yield* statusOf(skuId)).toMatchObject({ reservedQuantity: 6, shortfallQuantity: 2 })
      const refusal = yield* Effect.flip(inventory.count({ skuId, countedQuantity: 3 }))
      expect(refusal._tag).toBe("PromisesInTheWay")
      const taken = yield* inventory.count({ skuId, countedQuantity: 3, onShortfall: "ACCEPT" })
      expect(taken.levels).toMatchObject([{ totalQuantity: 3, shortfallQuantity: 3 }])
    })
  )

  it.effect(
    "takes back the newest holds for a count that falls short, if the command asks for it",
    () =>
      Effect.gen(function* () {
        const { advance, fresh } = yield* Stage
        const inventory = yield* Inventory
        const skuId = yield* freshSku(9)
        const orders = upTo(3).map(() => fresh("order"))
        for (const orderId of orders) {
          yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 3 }] })
          yield* advance("1 second")
        }
        const changed = yield* inventory.count({
          skuId,
          countedQuantity: 4,
          onShortfall: "RELEASE_NEWEST"
        })
        expect(changed.released.map((hold) => hold.orderId)).toEqual([orders[2], orders[1]])
        expect(yield* unitsOf(skuId)).toEqual({ total: 4, reserved: 3, available: 1 })
      })
  )
}
