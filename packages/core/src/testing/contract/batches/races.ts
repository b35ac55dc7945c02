/** Contract: callers who come at once, through one engine or through several over one store. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { eventsOfSku, holdsOf, unitsOf } from "../reads/looking.ts"
import {
  atOnce,
  type ContractIt,
  freshLocation,
  freshSku,
  Stage,
  severalEngines,
  upTo
} from "../Stage.ts"

const reserved = (holds: number) => ({ total: holds, reserved: holds, available: 0 })

/** Races that have exactly one right outcome. */
export const races = (it: ContractIt): void => {
  it.effect("gives the last unit to exactly one of many callers at once", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(1)
      const ended = yield* atOnce(
        upTo(callers).map(() =>
          inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 1 }] })
        )
      )
      expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(1)
      for (const { refusal } of ended) {
        if (refusal !== undefined) expect(refusal._tag).toBe("InsufficientStock")
      }
      expect(yield* unitsOf(skuId)).toEqual(reserved(1))
    })
  )

  it.effect("gives the last units away once when several engines share the store", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalEngines
      const skuId = yield* freshSku(5)
      const ended = yield* atOnce(
        engines.flatMap((engine) =>
          upTo(Math.ceil(callers / engines.length)).map(() =>
            engine.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 1 }] })
          )
        )
      )
      expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(5)
      expect(yield* unitsOf(skuId)).toEqual(reserved(5))
    })
  )

  it.effect("leaves one of two carts of one order that replace each other at once", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const [left, right] = [yield* freshSku(10), yield* freshSku(10)]
      const orderId = fresh("order")
      yield* atOnce(
        engines.flatMap((engine, n) => [
          engine.reserve({ orderId, replace: true, lines: [{ skuId: left, quantity: 2 + n }] }),
          engine.reserve({ orderId, replace: true, lines: [{ skuId: right, quantity: 2 + n }] })
        ])
      )
      const open = (yield* holdsOf(orderId)).filter((hold) => hold.status === "PENDING")
      expect(open).toHaveLength(1)
      const sum = (yield* unitsOf(left)).reserved + (yield* unitsOf(right)).reserved
      expect(sum).toBe(open[0]?.quantity)
    })
  )

  it.effect("answers every order that takes the same SKUs in another order of lines", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalEngines
      const skuIds = [yield* freshSku(1_000), yield* freshSku(1_000), yield* freshSku(1_000)]
      const ended = yield* atOnce(
        upTo(callers).flatMap((n) =>
          engines.map((engine, turn) => {
            const lines = upTo(3).map((k) => ({
              skuId: skuIds[(k + turn + n) % 3] ?? "",
              quantity: 1
            }))
            return engine.reserve({ orderId: fresh("order"), lines })
          })
        )
      )
      const orders = callers * engines.length
      expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(orders)
      for (const skuId of skuIds) expect((yield* unitsOf(skuId)).reserved).toBe(orders)
    })
  )

  it.effect("registers one of many SKUs that ask for one code, or for one id, at once", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const code = fresh("CODE")
      const sameCode = yield* atOnce(
        engines.map((engine) => engine.registerSku({ skuId: fresh("sku"), code, name: "One" }))
      )
      const skuId = fresh("sku")
      const sameId = yield* atOnce(
        engines.map((engine) => engine.registerSku({ skuId, code: fresh("CODE"), name: "One" }))
      )
      const tags = (ended: typeof sameCode) =>
        ended.map(({ refusal }) => refusal?._tag ?? "").sort()
      const others = engines.length - 1
      expect(tags(sameCode)).toEqual(["", ...upTo(others).map(() => "SkuCodeTaken")])
      expect(tags(sameId)).toEqual(["", ...upTo(others).map(() => "IdTaken")])
    })
  )

  it.effect("opens one level when many callers receive at a new location at once", () =>
    Effect.gen(function* () {
      const { callers } = yield* Stage
      const engines = yield* severalEngines
      const skuId = yield* freshSku(0)
      const locationId = yield* freshLocation()
      const ended = yield* atOnce(
        upTo(callers).map((n) => {
          const engine = engines[n % engines.length] ?? engines[0]
          if (engine === undefined) return Effect.die(new Error("no engine"))
          return engine.receive({ skuId, locationId, quantity: 1 })
        })
      )
      expect(ended.filter(({ answer }) => answer === undefined)).toEqual([])
      expect((yield* unitsOf(skuId)).total).toBe(callers)
    })
  )

  it.effect("resolves a hold once when confirm, release and resize come at once", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const inventory = yield* Inventory
      const skuId = yield* freshSku(10)
      const orderId = fresh("order")
      const [hold] = yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 4 }] })
      const reservationId = hold?.id ?? ""
      yield* atOnce(
        engines.flatMap((engine, n) => [
          engine.confirm({ reservationId }),
          engine.release({ reservationId, confirmed: true }),
          engine.resize({ reservationId, quantity: 2 + n })
        ])
      )
      const [now] = yield* holdsOf(orderId)
      expect(now?.status).toBe("RELEASED")
      expect(yield* unitsOf(skuId)).toEqual({ total: 10, reserved: 0, available: 10 })
      const freed = (yield* eventsOfSku(skuId)).filter(
        (event) => event.eventType === "inventory.stock.released"
      )
      expect(freed).toHaveLength(1)
    })
  )

  it.effect("makes one default location of many that would be it at once", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const inventory = yield* Inventory
      const ended = yield* atOnce(
        engines.map((engine) =>
          engine.registerLocation({ locationId: fresh("place"), name: "First", isDefault: true })
        )
      )
      expect(ended.filter(({ answer }) => answer === undefined)).toEqual([])
      yield* inventory.updateLocation({ locationId: "default", isDefault: true })
    })
  )
}
