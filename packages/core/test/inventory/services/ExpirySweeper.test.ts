import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import {
  expireLapsed,
  Inventory,
  layerExpirySweeper,
  MemoryInventory,
  StockReads,
  StoreError
} from "../../../src/inventory.ts"
import { OrderId, SkuId } from "../../../src/kernel/Identifier.ts"

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

/** Holds of one unit each that lapse after `ttl` seconds. */
const hold = Effect.fnUntraced(function* (count: number, ttl: number) {
  const inventory = yield* Inventory
  for (let start = 0; start < count; start += 500) {
    const lines = Array.from({ length: Math.min(500, count - start) }, () => ({
      skuId: "mug",
      quantity: 1
    }))
    yield* inventory.reserve({ orderId: `order-${start}`, lines, ttl })
  }
})

const register = (initialStock: number) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock })
  )

/** Units that are reserved on paper: a reader would take lapsed holds off. */
const onPaper = Effect.map(
  Effect.flatMap(StockReads, (reads) => reads.stock([SkuId.make("mug")])),
  ([stock]) => stock?.levels[0]?.level.reservedQuantity
)

const busy = new StoreError({ reason: "Busy", message: "locked" })

/** The inventory, where the sweep of some holds fails. */
const sweepFailing = (fails: (reservationIds: ReadonlyArray<string>) => boolean) =>
  Layer.effect(
    Inventory,
    Effect.map(Inventory, (inventory) => ({
      ...inventory,
      execute: (command, options) =>
        "reservationIds" in command && fails(command.reservationIds)
          ? Effect.fail(busy)
          : inventory.execute(command, options)
    }))
  )

/** Lets fibers that are ready have their turns. */
const settle = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })

describe("the expiry sweeper", () => {
  it.effect("writes down holds at the first sweep after they lapsed, and leaves the others", () =>
    Effect.gen(function* () {
      yield* register(5)
      yield* hold(2, 60)
      yield* hold(3, 61)
      yield* Layer.build(layerExpirySweeper())
      yield* TestClock.adjust("59 seconds")
      yield* settle
      expect(yield* onPaper).toBe(5)
      yield* TestClock.adjust("1 second")
      yield* settle
      expect(yield* onPaper).toBe(3)
      yield* TestClock.adjust("1 second")
      yield* settle
      expect(yield* onPaper).toBe(0)
    }).pipe(Effect.provide(engine))
  )

  it.effect("says in an event that a hold expired", () =>
    Effect.gen(function* () {
      yield* register(1)
      yield* hold(1, 60)
      yield* TestClock.adjust("60 seconds")
      expect(yield* expireLapsed).toBe(1)
      const reads = yield* StockReads
      const events = yield* reads.events(0, 100)
      const released = events.find(({ event }) => event.eventType === "inventory.stock.released")
      expect(released?.event.payload).toMatchObject({ quantity: 1, reason: "EXPIRED" })
    }).pipe(Effect.provide(engine))
  )

  it.effect("takes any number of lapsed holds in one sweep, in chunks of 1,000", () =>
    Effect.gen(function* () {
      yield* register(2_500)
      yield* hold(2_500, 60)
      yield* TestClock.adjust("60 seconds")
      const asked: Array<number> = []
      const counted = Layer.effect(
        StockReads,
        Effect.map(StockReads, (reads) => ({
          ...reads,
          lapsed: (limit) =>
            Effect.tap(reads.lapsed(limit), (holds) => Effect.sync(() => asked.push(holds.length)))
        }))
      )
      expect(yield* Effect.provide(expireLapsed, counted)).toBe(2_500)
      expect(asked).toEqual([1_000, 1_000, 500])
      expect(yield* onPaper).toBe(0)
    }).pipe(Effect.provide(engine))
  )

  it.effect(
    "B7 writes down the holds of other SKUs when one SKU stays locked, and tells of it",
    () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        for (const skuId of ["mug", "cup", "pot"]) {
          yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 1 })
          yield* inventory.reserve({ orderId: skuId, lines: [{ skuId, quantity: 1 }], ttl: 60 })
        }
        const [lost] = yield* (yield* StockReads).reservationsOfOrder(OrderId.make("cup"))
        yield* TestClock.adjust("60 seconds")
        const locked = sweepFailing((ids) => ids.includes(lost?.id ?? ""))
        expect(yield* Effect.flip(Effect.provide(expireLapsed, locked))).toBe(busy)
        const stock = yield* (yield* StockReads).stock(
          ["mug", "cup", "pot"].map((id) => SkuId.make(id))
        )
        expect(
          Object.fromEntries(
            stock.map(({ levels, sku }) => [sku.id, levels[0]?.level.reservedQuantity])
          )
        ).toEqual({ mug: 0, cup: 1, pot: 0 })
        expect(yield* expireLapsed).toBe(1)
      }).pipe(Effect.provide(engine))
  )

  it.effect("B7 reads past a locked SKU that has more lapsed holds than a chunk", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* register(1_100)
      yield* hold(1_100, 60)
      yield* inventory.registerSku({ skuId: "cup", code: "cup", name: "cup", initialStock: 1 })
      yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "cup", quantity: 1 }], ttl: 61 })
      const [free] = yield* (yield* StockReads).reservationsOfOrder(OrderId.make("o"))
      yield* TestClock.adjust("61 seconds")
      const locked = sweepFailing((ids) => !ids.includes(free?.id ?? ""))
      expect(yield* Effect.flip(Effect.provide(expireLapsed, locked))).toBe(busy)
      expect(yield* (yield* StockReads).lapsed(2_000)).toHaveLength(1_100)
    }).pipe(Effect.provide(engine))
  )

  it.effect("ends its sweep when more than 100 SKUs fail, instead of asking for all of them", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      for (let n = 0; n < 210; n++) {
        const skuId = `sku-${n}`
        yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 10 })
        const lines = Array.from({ length: 10 }, () => ({ skuId, quantity: 1 }))
        yield* inventory.reserve({ orderId: skuId, lines, ttl: 60 })
      }
      yield* TestClock.adjust("60 seconds")
      let asked = 0
      const failing = sweepFailing(() => ++asked > 0)
      expect(yield* Effect.flip(Effect.provide(expireLapsed, failing))).toBe(busy)
      expect(asked).toBeGreaterThan(100)
      expect(asked).toBeLessThanOrEqual(201)
    }).pipe(Effect.provide(engine))
  )

  it.effect("ends its sweep when nothing it reads can be expired, instead of going round", () =>
    Effect.gen(function* () {
      yield* register(1_000)
      yield* hold(1_000, 60)
      const ahead = Layer.effect(
        StockReads,
        Effect.map(StockReads, (reads) => ({
          ...reads,
          lapsed: () =>
            Effect.map(
              Effect.forEach(["order-0", "order-500"], (id) =>
                reads.reservationsOfOrder(OrderId.make(id))
              ),
              (orders) => orders.flat()
            )
        }))
      )
      expect(yield* Effect.provide(expireLapsed, ahead)).toBe(0)
    }).pipe(Effect.provide(engine))
  )

  it.effect(
    "warns once when the store fails, tries at each interval, and says when it works again",
    () => {
      const warnings: Array<string> = []
      const logger = Logger.make(({ cause, logLevel }) => {
        const why = cause.reasons.length === 0 ? "" : String(Cause.squash(cause))
        warnings.push(`${logLevel}: ${why}`)
      })
      return Effect.gen(function* () {
        yield* register(1)
        yield* hold(1, 60)
        let isAway = true
        const away = new StoreError({ reason: "Unavailable", message: "the database is away" })
        const failing = Layer.effect(
          StockReads,
          Effect.map(StockReads, (reads) => ({
            ...reads,
            lapsed: (limit) =>
              Effect.suspend(() => (isAway ? Effect.fail(away) : reads.lapsed(limit)))
          }))
        )
        yield* TestClock.adjust("60 seconds")
        yield* Layer.build(Layer.provide(layerExpirySweeper({ interval: "5 seconds" }), failing))
        yield* settle
        expect(warnings).toHaveLength(1)
        expect(warnings[0]).toContain("Warn")
        expect(warnings[0]).toContain("the database is away")
        yield* TestClock.adjust("5 seconds")
        yield* settle
        expect(warnings).toHaveLength(1)
        isAway = false
        yield* TestClock.adjust("4999 millis")
        yield* settle
        expect(yield* onPaper).toBe(1)
        yield* TestClock.adjust("1 millis")
        yield* settle
        expect(yield* onPaper).toBe(0)
        expect(warnings).toHaveLength(2)
        expect(warnings[1]).toContain("Info")
      }).pipe(Effect.provide(Logger.layer([logger])), Effect.provide(engine))
    }
  )

  it.effect("stops with its scope", () =>
    Effect.gen(function* () {
      yield* register(1)
      yield* hold(1, 60)
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(layerExpirySweeper(), scope)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("2 minutes")
      yield* settle
      expect(yield* onPaper).toBe(1)
    }).pipe(Effect.provide(engine))
  )
})
