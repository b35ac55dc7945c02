/**
 * Contract: the policy of a SKU counts once for the SKU, wherever its units lie. Each test works
 * through one example: how much may be promised, and where, after each step.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { InputOf } from "../../../inventory/services/inventoryMethods.ts"
import { SkuId } from "../../../kernel/Identifier.ts"
import { eventsOfSku, levelsOf, statusOf } from "../reads/looking.ts"
import { type ContractIt, freshLocation, freshSku, Stage, upTo } from "../Stage.ts"

/** A SKU with two places, A before B in the order of allocation. */
const twoPlaces = (policy: Partial<InputOf<"RegisterSku">>) =>
  Effect.gen(function* () {
    const a = yield* freshLocation({ priority: 1 })
    const b = yield* freshLocation({ priority: 2 })
    const skuId = yield* freshSku(0, policy)
    const inventory = yield* Inventory
    const { fresh } = yield* Stage
    // A level exists once it has had units. Where the example begins empty, they are taken out
    // again.
    for (const locationId of [a, b]) {
      yield* inventory.receive({ skuId, locationId, quantity: 1 })
      yield* inventory.ship({ skuId, locationId, quantity: 1 })
    }
    const receive = (locationId: string, quantity: number) =>
      inventory.receive({ skuId, locationId, quantity })
    const reserve = (quantity: number, locationId?: string, ttl?: number) =>
      inventory.reserve({
        orderId: fresh("order"),
        lines: [{ skuId, quantity, ...(locationId === undefined ? {} : { locationId }) }],
        ...(ttl === undefined ? {} : { ttl })
      })
    return { a, b, skuId, receive, reserve }
  })

/** How much of a SKU may be promised, in all and at each of the named places. */
const promisable = (skuId: string, ...locationIds: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { availableQuantity } = yield* statusOf(skuId)
    const levels = yield* levelsOf(skuId)
    return [availableQuantity, ...locationIds.map((id) => levels.get(id)?.availableQuantity)]
  })

/** Total, reserved and promise limit of the row of one level. */
const rowOf = (skuId: string, locationId: string) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const [stock] = yield* reads.stock([SkuId.make(skuId)])
    const level = stock?.levels.find((it) => it.level.locationId === locationId)?.level
    return [level?.totalQuantity, level?.reservedQuantity, level?.promiseLimit]
  })

/** The policy of a SKU over several places. */
export const policy = (it: ContractIt): void => {
  it.effect("S2 one unit at A, five backorders: a transfer adds nothing to what is promised", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { a, b, receive, skuId } = yield* twoPlaces({ backorderLimit: 5 })
      yield* receive(a, 1)
      expect(yield* statusOf(skuId)).toMatchObject({ availableQuantity: 6, inStockQuantity: 1 })
      yield* inventory.transfer({ skuId, fromLocationId: a, toLocationId: b, quantity: 1 })
      expect(yield* promisable(skuId, a, b)).toEqual([6, 5, 6])
      expect(yield* statusOf(skuId)).toMatchObject({ largestSingleQuantity: 6 })
    })
  )

  it.effect("S2 four empty places share five backorders", () =>
    Effect.gen(function* () {
      const { a, b, receive, reserve, skuId } = yield* twoPlaces({ backorderLimit: 5 })
      const c = yield* freshLocation()
      const inventory = yield* Inventory
      yield* receive(c, 1)
      yield* inventory.ship({ skuId, locationId: c, quantity: 1 })
      expect(yield* promisable(skuId)).toEqual([5])
      yield* reserve(3, a)
      expect(yield* rowOf(skuId, a)).toEqual([0, 3, 3])
      expect(yield* promisable(skuId)).toEqual([2])
      expect(yield* Effect.flip(reserve(3, b))).toMatchObject({
        _tag: "InsufficientStock",
        lines: [{ requested: 3, available: 2 }]
      })
      yield* receive(a, 2)
      expect(yield* rowOf(skuId, a)).toEqual([2, 3, 1])
      expect(yield* promisable(skuId)).toEqual([4])
    })
  )

  it.effect("S2 a line goes where the goods are before it is backordered at an earlier place", () =>
    Effect.gen(function* () {
      const { a, b, receive, reserve, skuId } = yield* twoPlaces({ backorderLimit: 5 })
      yield* receive(b, 4)
      expect(yield* promisable(skuId)).toEqual([9])
      expect(yield* reserve(4)).toMatchObject([{ locationId: b }])
      expect(yield* promisable(skuId)).toEqual([5])
      expect(yield* reserve(2)).toMatchObject([{ locationId: a }])
      expect(yield* rowOf(skuId, a)).toEqual([0, 2, 2])
      expect(yield* promisable(skuId)).toEqual([3])
    })
  )

  it.effect("S2 safety stock is kept back once, not at every place", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { a, b, receive, reserve, skuId } = yield* twoPlaces({ safetyStock: 3 })
      yield* receive(a, 2)
      yield* receive(b, 2)
      expect(yield* promisable(skuId, a, b)).toEqual([1, 1, 1])
      expect(yield* statusOf(skuId)).toMatchObject({ inStockQuantity: 1 })
      expect(yield* Effect.flip(reserve(2))).toMatchObject({ lines: [{ available: 1 }] })
      yield* inventory.ship({ skuId, locationId: a, quantity: 2 })
      expect(yield* promisable(skuId, a, b)).toEqual([0, 0, 0])
    })
  )

  const shortAtA = Effect.gen(function* () {
    const inventory = yield* Inventory
    const { advance } = yield* Stage
    const places = yield* twoPlaces({})
    const { a, b, receive, reserve, skuId } = places
    yield* receive(a, 10)
    yield* receive(b, 10)
    yield* reserve(6, a)
    yield* advance("1 second")
    const [newest] = yield* reserve(2, a)
    expect(yield* promisable(skuId)).toEqual([12])
    yield* inventory.adjust({
      skuId,
      locationId: a,
      quantity: -5,
      reason: "water",
      onShortfall: "ACCEPT"
    })
    expect(yield* rowOf(skuId, a)).toEqual([5, 8, 3])
    expect(yield* promisable(skuId, a, b)).toEqual([7, 0, 7])
    return { ...places, newest }
  })

  it.effect(
    "S2 an accepted shortfall is made good by a transfer, and nothing is granted twice",
    () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { a, b, skuId } = yield* shortAtA
        yield* inventory.transfer({ skuId, fromLocationId: b, toLocationId: a, quantity: 3 })
        expect([yield* rowOf(skuId, a), yield* rowOf(skuId, b)]).toEqual([
          [8, 8, 0],
          [7, 0, 0]
        ])
        expect(yield* promisable(skuId)).toEqual([7])
      })
  )

  it.effect("S5 a correction after an accepted shortfall takes the newest hold back", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { a, newest, skuId } = yield* shortAtA
      const { released } = yield* inventory.adjust({
        skuId,
        locationId: a,
        quantity: -2,
        reason: "water",
        onShortfall: "RELEASE_NEWEST"
      })
      expect(released.map((hold) => hold.id)).toEqual([newest?.id])
      expect(yield* rowOf(skuId, a)).toEqual([3, 6, 3])
      expect(yield* promisable(skuId)).toEqual([7])
    })
  )

  it.effect("S2 backorders stay backorders where their place is closed or the policy is cut", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { a, receive, reserve, skuId } = yield* twoPlaces({ backorderLimit: 5 })
      yield* reserve(5, a)
      expect(yield* promisable(skuId)).toEqual([0])
      yield* inventory.updateLocation({ locationId: a, sellable: false })
      expect(yield* promisable(skuId)).toEqual([0])
      yield* receive(a, 2)
      expect(yield* rowOf(skuId, a)).toEqual([2, 5, 3])
      expect(yield* promisable(skuId)).toEqual([2])
      yield* inventory.updateSku({ skuId, backorderLimit: 0 })
      expect(yield* rowOf(skuId, a)).toEqual([2, 5, 3])
      expect(yield* promisable(skuId)).toEqual([0])
    })
  )

  it.effect("S2 a lapsed backorder gives way to one at another place, and expires first", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const { a, b, reserve, skuId } = yield* twoPlaces({ backorderLimit: 5 })
      yield* reserve(5, a, 10)
      yield* advance("10 seconds")
      expect(yield* promisable(skuId)).toEqual([5])
      yield* reserve(5, b)
      const events = (yield* eventsOfSku(skuId)).flatMap(({ eventType, payload }) =>
        "reservationId" in payload && payload.reservationId !== null
          ? [[eventType, payload.locationId]]
          : []
      )
      expect(events).toEqual([
        ["inventory.stock.reserved", a],
        ["inventory.stock.released", a],
        ["inventory.stock.reserved", b]
      ])
      expect(yield* rowOf(skuId, a)).toEqual([0, 0, 0])
      expect(yield* rowOf(skuId, b)).toEqual([0, 5, 5])
    })
  )

  it.effect("promises nothing at a place where the SKU has no level", () =>
    Effect.gen(function* () {
      const { reserve, skuId } = yield* twoPlaces({ backorderLimit: 5 })
      const elsewhere = yield* freshLocation()
      expect(yield* Effect.flip(reserve(1, elsewhere))).toMatchObject({
        _tag: "InsufficientStock",
        lines: [{ requested: 1, available: 0 }]
      })
      // A count of nothing changes nothing, so it creates no level.
      const inventory = yield* Inventory
      yield* inventory.count({ skuId, locationId: elsewhere, countedQuantity: 0 })
      expect((yield* levelsOf(skuId)).has(elsewhere)).toBe(false)
    })
  )

  it.effect("B8 takes holds back at the level that falls short, however many lie elsewhere", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { advance, fresh } = yield* Stage
      const { a, b, receive, reserve, skuId } = yield* twoPlaces({})
      yield* receive(a, 5)
      yield* receive(b, 1_001)
      const [old] = yield* reserve(5, a)
      yield* advance("1 second")
      yield* inventory.reserve({
        orderId: fresh("order"),
        lines: upTo(1_001).map(() => ({ skuId, locationId: b, quantity: 1 }))
      })
      const counted = (locationId: string, countedQuantity: number) =>
        inventory.count({ skuId, locationId, countedQuantity, onShortfall: "RELEASE_NEWEST" })
      const { released } = yield* counted(a, 0)
      expect(released.map((hold) => hold.id)).toEqual([old?.id])
      // One correction takes back at most 1,000 holds, and reports the units of all the others.
      const refusal = yield* Effect.flip(counted(b, 0))
      expect(refusal).toMatchObject({ _tag: "PromisesInTheWay", unlistedQuantity: 901 })
      expect((yield* counted(b, 1)).released).toHaveLength(1_000)
    })
  )
}
