/**
 * Contract: an order is one thing to its buyer. It is confirmed in full or refused, and a released
 * hold stays released, whatever comes late.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { StockChanges } from "../../../inventory/decide/StockChanges.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { expireLapsed } from "../../../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import { eventsOfSku, holdsOf, unitsOf } from "../reads/looking.ts"
import {
  anotherEngine,
  atOnce,
  type ContractIt,
  freshSku,
  Stage,
  severalEngines,
  upTo
} from "../Stage.ts"

const statesOf = (holds: ReadonlyArray<Reservation>) =>
  holds.map(({ releaseReason, status }) => [status, releaseReason])

/** An engine of an earlier version: it does not mark a lost hold that was taken again. */
const earlierEngine = Effect.gen(function* () {
  const store = yield* StockStore
  const unmarked = (changes: StockChanges): StockChanges =>
    Object.create(changes, {
      updatedReservations: {
        value: changes.updatedReservations.map((hold) =>
          hold.releaseReason === "REACQUIRED" ? { ...hold, releaseReason: null } : hold
        )
      }
    })
  return yield* anotherEngine(
    {},
    StockStore.of({
      ...store,
      transact: (scope, decide, locking) =>
        store.transact(
          scope,
          (loaded) => {
            const { answer, changes } = decide(loaded)
            return { answer, changes: unmarked(changes) }
          },
          locking
        )
    })
  )
})

/** An order of one unit of each of two SKUs, which lapses after a second. */
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

/** Confirming. */
const confirming = (it: ContractIt): void => {
  it.effect("B5 confirms every line, or names the lines that lapsed", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const inventory = yield* Inventory
      const { first, orderId, second } = yield* lapsing
      const third = yield* freshSku(1)
      yield* advance("1 second")
      yield* inventory.reserve({ orderId, lines: [{ skuId: third, quantity: 1 }] })
      const refusal = { _tag: "ReservationExpired", reservationIds: [first.id, second.id].sort() }
      expect(yield* Effect.flip(inventory.confirmOrder({ orderId }))).toEqual(refusal)
      yield* expireLapsed
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

  it.effect("B5 knows a lost hold for taken again by the one in its place, marked or not", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const inventory = yield* Inventory
      const earlier = yield* earlierEngine
      const { first, left, orderId, second } = yield* lapsing
      yield* advance("1 second")
      const taken = yield* earlier.confirmOrder({ orderId, reacquire: true })
      expect(statesOf(yield* holdsOf(orderId)).slice(0, 2)).toEqual([
        ["EXPIRED", null],
        ["EXPIRED", null]
      ])
      const ids = taken.map(({ id }) => id).sort()
      for (const reacquire of [false, true]) {
        const again = yield* inventory.confirmOrder({ orderId, reacquire })
        expect(again.map(({ id }) => id).sort()).toEqual(ids)
      }
      const reservationId = first.id
      expect(ids).toContain((yield* inventory.confirm({ reservationId, reacquire: true })).id)
      expect(yield* unitsOf(left)).toEqual({ total: 1, reserved: 1, available: 0 })
      const released = yield* inventory.releaseOrder({ orderId, confirmed: true })
      expect(released.map(({ replaces }) => replaces).sort()).toEqual([first.id, second.id].sort())
      expect(yield* unitsOf(left)).toEqual({ total: 1, reserved: 0, available: 1 })
      for (const reacquire of [false, true]) {
        expect(yield* Effect.flip(inventory.confirmOrder({ orderId, reacquire }))).toMatchObject({
          _tag: "ReservationConflict",
          status: "RELEASED"
        })
      }
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

  it.effect("B5 lets a cart that was replaced as a whole answer for its lapsed lines", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const inventory = yield* Inventory
      const { left, orderId } = yield* lapsing
      yield* advance("1 second")
      yield* expireLapsed
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

/** Giving back. */
const releasing = (it: ContractIt): void => {
  for (const [when, isSwept] of [
    ["lapsed", false],
    ["expired", true]
  ] as const) {
    it.effect(`B17 does not let a late payment revive what was released once it had ${when}`, () =>
      Effect.gen(function* () {
        const { advance } = yield* Stage
        const inventory = yield* Inventory
        const { first, left, orderId } = yield* lapsing
        yield* advance("1 second")
        if (isSwept) yield* expireLapsed
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

  it.effect("S7 releases a confirmed hold only with confirmed, alone or in its order", () =>
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

/** Orders. */
export const orders = (it: ContractIt): void => {
  confirming(it)
  releasing(it)
}
