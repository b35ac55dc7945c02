/**
 * Contract: an order is one thing to its buyer. It is confirmed in full or refused; what was given
 * back stays so, whatever comes late; and its history, however long, is read by pages alone.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { sweepLapsed } from "../../inventory/ExpirySweeper.ts"
import { Inventory } from "../../inventory/Inventory.ts"
import type { Reservation } from "../../inventory/Reservation.ts"
import type { LoadedStock } from "../../inventory/StockBook.ts"
import { StockReads } from "../../inventory/StockReads.ts"
import { StockStore } from "../../inventory/StockStore.ts"
import { eventsOfSku, holdsOf, unitsOf } from "./looking.ts"
import {
  anotherEngine,
  atOnce,
  type ContractIt,
  freshSku,
  Stage,
  severalEngines,
  upTo
} from "./Stage.ts"

const statesOf = (holds: ReadonlyArray<Reservation>) =>
  holds.map(({ releaseReason, status }) => [status, releaseReason])

/** An order of one unit of each of two SKUs that lapses after a second. */
const lapsing = Effect.gen(function* () {
  const { fresh } = yield* Stage
  const inventory = yield* Inventory
  const [left, right] = [yield* freshSku(1), yield* freshSku(1)]
  const orderId = fresh("order")
  const lines = [left, right].map((skuId) => ({ skuId, quantity: 1 }))
  const [first, second] = yield* inventory.reserve({ orderId, lines, ttl: 1 })
  if (first === undefined || second === undefined) {
    return yield* Effect.die(new Error("two lines were held without two holds"))
  }
  return { left, right, orderId, first, second }
})

/** An engine over the store under test, and what it loads for each of its batches. */
const watchedEngine = Effect.gen(function* () {
  const store = yield* StockStore
  const books: Array<LoadedStock> = []
  const watched = StockStore.of({
    ...store,
    transact: (scope, decide) =>
      store.transact(scope, (loaded) => {
        books.push(loaded)
        return decide(loaded)
      })
  })
  return { engine: yield* anotherEngine({}, watched), books }
})

/** Confirming. */
const confirming = (it: ContractIt): void => {
  it.effect("B5 confirms all that the buyer was told, or names what lapsed", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const inventory = yield* Inventory
      const { first, orderId, second } = yield* lapsing
      const third = yield* freshSku(1)
      yield* advance("1 second")
      yield* inventory.reserve({ orderId, lines: [{ skuId: third, quantity: 1 }] })
      const refusal = { _tag: "ReservationExpired", reservationIds: [first.id, second.id].sort() }
      expect(yield* Effect.flip(inventory.confirmOrder({ orderId }))).toEqual(refusal)
      yield* sweepLapsed
      expect(yield* Effect.flip(inventory.confirmOrder({ orderId }))).toEqual(refusal)
      const confirmed = yield* inventory.confirmOrder({ orderId, reacquire: true })
      expect(confirmed.map(({ replaces, status }) => [status, replaces])).toEqual([
        ["CONFIRMED", first.id],
        ["CONFIRMED", second.id],
        ["CONFIRMED", null]
      ])
      expect(statesOf(yield* holdsOf(orderId))).toEqual([
        ["EXPIRED", "REACQUIRED"],
        ["EXPIRED", "REACQUIRED"],
        ["CONFIRMED", null],
        ["CONFIRMED", null],
        ["CONFIRMED", null]
      ])
      const again = yield* inventory.confirmOrder({ orderId, reacquire: true })
      expect(again.map(({ id }) => id).sort()).toEqual(confirmed.map(({ id }) => id).sort())
    })
  )

  it.effect("B5 takes back all that lapsed, or nothing, and names every short line", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const { left, orderId, right } = yield* lapsing
      const third = yield* freshSku(1)
      yield* advance("1 second")
      yield* inventory.reserve({ orderId, lines: [{ skuId: third, quantity: 1 }] })
      const lines = [left, right].map((skuId) => ({ skuId, quantity: 1 }))
      const [other] = yield* inventory.reserve({ orderId: fresh("order"), lines })
      expect(
        yield* Effect.flip(inventory.confirmOrder({ orderId, reacquire: true }))
      ).toMatchObject({
        _tag: "InsufficientStock",
        lines: [
          { line: 0, skuId: left, requested: 1, available: 0 },
          { line: 1, skuId: right, requested: 1, available: 0 }
        ]
      })
      yield* inventory.release({ reservationId: other?.id ?? "" })
      expect(
        yield* Effect.flip(inventory.confirmOrder({ orderId, reacquire: true }))
      ).toMatchObject({ _tag: "InsufficientStock", lines: [{ line: 1, skuId: right }] })
      expect(yield* unitsOf(left)).toEqual({ total: 1, reserved: 0, available: 1 })
      expect((yield* holdsOf(orderId)).at(-1)?.status).toBe("PENDING")
    })
  )

  it.effect("B5 lets a cart that was replaced as a whole speak for what lapsed of it", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const inventory = yield* Inventory
      const { left, orderId } = yield* lapsing
      yield* advance("1 second")
      yield* sweepLapsed
      const lines = [{ skuId: left, quantity: 1 }]
      yield* inventory.reserve({ orderId, lines, replace: true })
      expect(statesOf(yield* inventory.confirmOrder({ orderId }))).toEqual([["CONFIRMED", null]])
      expect(statesOf(yield* holdsOf(orderId))).toEqual([
        ["RELEASED", "REPLACED"],
        ["RELEASED", "REPLACED"],
        ["CONFIRMED", null]
      ])
    })
  )

  it.effect("B5 counts what a correction took from the buyer as lapsed", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { left, orderId, first } = yield* lapsing
      yield* inventory.confirmOrder({ orderId })
      const taking = { onShortfall: "RELEASE_NEWEST", includeConfirmed: true } as const
      const { released } = yield* inventory.count({ skuId: left, countedQuantity: 0, ...taking })
      expect(statesOf(released)).toEqual([["RELEASED", "SHORTFALL"]])
      expect(yield* Effect.flip(inventory.confirmOrder({ orderId }))).toEqual({
        _tag: "ReservationExpired",
        reservationIds: [first.id]
      })
      yield* inventory.receive({ skuId: left, quantity: 1 })
      const confirmed = yield* inventory.confirmOrder({ orderId, reacquire: true })
      expect(confirmed.map(({ replaces }) => replaces)).toContain(first.id)
      expect(yield* unitsOf(left)).toEqual({ total: 1, reserved: 1, available: 0 })
    })
  )
}

/** Giving back. */
const releasing = (it: ContractIt): void => {
  for (const [when, isSwept] of [
    ["lapsed", false],
    ["expired", true]
  ] as const) {
    it.effect(`B17 lets a late payment not revive what was released once it had ${when}`, () =>
      Effect.gen(function* () {
        const { advance } = yield* Stage
        const inventory = yield* Inventory
        const { first, left, orderId } = yield* lapsing
        yield* advance("1 second")
        if (isSwept) yield* sweepLapsed
        const reservationId = first.id
        const released = yield* inventory.release({ reservationId })
        expect(statesOf([released])).toEqual([["RELEASED", "RELEASED"]])
        const late = yield* Effect.flip(inventory.confirm({ reservationId, reacquire: true }))
        expect(late).toEqual({
          _tag: "ReservationConflict",
          reservationId,
          status: "RELEASED",
          action: "confirm"
        })
        expect(statesOf(yield* inventory.releaseOrder({ orderId }))).toEqual([
          ["RELEASED", "RELEASED"]
        ])
        expect(
          yield* Effect.flip(inventory.confirmOrder({ orderId, reacquire: true }))
        ).toMatchObject({ _tag: "ReservationConflict", status: "RELEASED", action: "confirm" })
        const freed = (yield* eventsOfSku(left)).flatMap((event) =>
          event.eventType === "inventory.stock.released" ? [event.payload] : []
        )
        expect(freed.map(({ quantity, reason }) => [quantity, reason])).toEqual(
          isSwept
            ? [
                [1, "EXPIRED"],
                [0, "RELEASED"]
              ]
            : [[1, "RELEASED"]]
        )
        const [next] = yield* inventory.reserve({ orderId, lines: [{ skuId: left, quantity: 1 }] })
        expect((yield* inventory.confirmOrder({ orderId })).map(({ id }) => id)).toEqual([next?.id])
      })
    )
  }

  it.effect("B17 decides once between a late payment and a release that come at once", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const engines = yield* severalEngines
      const { first, left, orderId, right, second } = yield* lapsing
      yield* advance("1 second")
      yield* atOnce<unknown, unknown, never>(
        engines.flatMap((engine) => [
          engine.confirmOrder({ orderId, reacquire: true }),
          engine.releaseOrder({ orderId }),
          engine.confirm({ reservationId: first.id, reacquire: true }),
          engine.confirm({ reservationId: second.id, reacquire: true })
        ])
      )
      for (const skuId of [left, right]) {
        const holds = (yield* holdsOf(orderId)).filter((hold) => hold.skuId === skuId)
        const ends = JSON.stringify(statesOf(holds))
        expect([
          '[["RELEASED","RELEASED"]]',
          '[["EXPIRED","REACQUIRED"],["CONFIRMED",null]]'
        ]).toContain(ends)
        expect((yield* unitsOf(skuId)).reserved).toBe(holds.length - 1)
      }
    })
  )

  it.effect("S7 asks before a confirmed hold is released, by itself and with its order", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(2)
      const orderId = fresh("order")
      const lines = upTo(2).map(() => ({ skuId, quantity: 1 }))
      const [first] = yield* inventory.reserve({ orderId, lines })
      const reservationId = first?.id ?? ""
      yield* inventory.confirm({ reservationId })
      const refusal = {
        _tag: "ReservationConflict",
        reservationId,
        status: "CONFIRMED",
        action: "release"
      }
      expect(yield* Effect.flip(inventory.release({ reservationId }))).toEqual(refusal)
      expect(yield* Effect.flip(inventory.releaseOrder({ orderId }))).toEqual(refusal)
      expect((yield* unitsOf(skuId)).reserved).toBe(2)
      yield* inventory.release({ reservationId, confirmed: true })
      expect((yield* unitsOf(skuId)).reserved).toBe(1)
      yield* inventory.confirmOrder({ orderId })
      yield* inventory.releaseOrder({ orderId, confirmed: true })
      expect((yield* unitsOf(skuId)).reserved).toBe(0)
    })
  )
}

/** How much there may be of one order. */
const growing = (it: ContractIt): void => {
  it.effect("B12 loads of a till with a long history the lines that it decides on", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { books, engine } = yield* watchedEngine
      const [skuId, other] = [yield* freshSku(2_000), yield* freshSku(1)]
      const orderId = fresh("till")
      const sale = (lines: number) => ({
        orderId,
        lines: upTo(lines).map(() => ({ skuId, quantity: 1 }))
      })
      yield* engine.reserve(sale(600))
      yield* engine.confirmOrder({ orderId })
      yield* engine.fulfilOrder({ orderId })
      yield* engine.reserve({ orderId, lines: [{ skuId: other, quantity: 1 }] })
      yield* engine.releaseOrder({ orderId })
      yield* engine.reserve(sale(2))
      books.length = 0
      expect(yield* engine.confirmOrder({ orderId })).toHaveLength(2)
      const refusal = yield* Effect.flip(engine.reserve({ ...sale(1), replace: true }))
      expect(refusal).toEqual({ _tag: "OrderAlreadyConfirmed", orderId })
      expect(yield* engine.fulfilOrder({ orderId })).toHaveLength(2)
      expect(yield* Effect.flip(engine.confirmOrder({ orderId }))).toMatchObject({
        _tag: "ReservationConflict",
        status: "FULFILLED"
      })
      const loaded = books.map(({ reservations }) => new Set(reservations.map(({ id }) => id)).size)
      // The lines, and the newest hold that is fulfilled and the newest that is released.
      expect(loaded).toEqual([4, 4, 4, 2])
      expect(books.map(({ skus }) => skus.map(({ id }) => id))).toEqual([
        [skuId],
        [skuId],
        [skuId],
        []
      ])
    })
  )

  it.effect("B12 reads an order page by page, oldest first, without a hold twice or lost", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(40)
      const orderId = fresh("order")
      const held: Array<string> = []
      for (const n of upTo(5)) {
        const lines = upTo(5).map(() => ({ skuId, quantity: 1 }))
        const holds = yield* inventory.reserve({ orderId, lines, ttl: n === 4 ? 1 : 900 })
        held.push(...holds.map(({ id }) => id).sort())
        const [released, confirmed, fulfilled] = holds.map(({ id }) => ({ reservationId: id }))
        if (released === undefined || confirmed === undefined || fulfilled === undefined) continue
        yield* inventory.release(released)
        yield* inventory.confirm(confirmed)
        yield* inventory.confirm(fulfilled)
        yield* inventory.fulfil(fulfilled)
        yield* advance("1 second")
      }
      yield* sweepLapsed
      const read: Array<Reservation> = []
      while (true) {
        const after = read.at(-1) ?? null
        const page = yield* reads.reservationsOfOrder(orderId, { after, limit: 4 })
        read.push(...page)
        if (page.length < 4) break
      }
      expect(read.map(({ id }) => id)).toEqual(held)
      expect(new Set(read.map(({ status }) => status)).size).toBe(5)
      expect(yield* reads.reservationsOfOrder(orderId)).toEqual(read)
      const lines = yield* reads.linesOfOrder(orderId)
      const isDecided = ({ releaseReason, status }: Reservation) =>
        status === "FULFILLED" || releaseReason === "RELEASED"
      expect(new Set(lines.filter((hold) => !isDecided(hold)).map(({ id }) => id))).toEqual(
        new Set(read.filter((hold) => !isDecided(hold)).map(({ id }) => id))
      )
      expect(lines.filter(({ status }) => status === "FULFILLED")).toEqual([
        read.findLast(({ status }) => status === "FULFILLED")
      ])
    })
  )

  it.effect("B12 takes no more lines once an order has 2,000, and decides on all of them", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(3_000)
      const orderId = fresh("order")
      const lines = (count: number) => upTo(count).map(() => ({ skuId, quantity: 1 }))
      yield* inventory.reserve({ orderId, lines: lines(1_990) })
      const refusal = (count: number) => ({
        _tag: "OrderTooLarge",
        orderId,
        lines: count,
        linesMax: 2_000
      })
      expect(yield* Effect.flip(inventory.reserve({ orderId, lines: lines(11) }))).toEqual(
        refusal(2_001)
      )
      const ended = yield* atOnce(
        upTo(12).map(() => inventory.reserve({ orderId, lines: lines(1) }))
      )
      expect(ended.flatMap((one) => one.refusal ?? [])).toEqual([refusal(2_001), refusal(2_001)])
      // An engine that has not added to this order asks nothing of it until it has added 64 lines.
      const another = yield* anotherEngine()
      yield* another.reserve({ orderId, lines: lines(64) })
      expect(yield* Effect.flip(another.reserve({ orderId, lines: lines(1) }))).toEqual(
        refusal(2_001)
      )
      expect(yield* inventory.confirmOrder({ orderId })).toHaveLength(2_064)
      expect(yield* inventory.releaseOrder({ orderId, confirmed: true })).toHaveLength(2_064)
      expect(yield* inventory.reserve({ orderId, lines: lines(1) })).toHaveLength(1)
    })
  )

  it.effect("confirms with an order what was added before, and leaves what comes after", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const inventory = yield* Inventory
      const skuIds = yield* Effect.forEach(upTo(engines.length + 1), () => freshSku(1))
      const orderId = fresh("order")
      const lineOf = (n: number) => [{ skuId: skuIds[n] ?? "", quantity: 1 }]
      yield* inventory.reserve({ orderId, lines: lineOf(0) })
      const ended = yield* atOnce<unknown, unknown, never>(
        engines.flatMap((engine, n) => [
          engine.reserve({ orderId, lines: lineOf(n + 1) }),
          engine.confirmOrder({ orderId })
        ])
      )
      expect(ended.flatMap(({ refusal }) => refusal ?? [])).toEqual([])
      const confirmed = yield* inventory.confirmOrder({ orderId })
      expect(confirmed.map(({ skuId }) => skuId).sort()).toEqual([...skuIds].sort())
      expect(statesOf(yield* holdsOf(orderId))).toEqual(skuIds.map(() => ["CONFIRMED", null]))
    })
  )
}

/** Orders. */
export const orders = (it: ContractIt): void => {
  confirming(it)
  releasing(it)
  growing(it)
}
