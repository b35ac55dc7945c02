/** The check of stock: what it finds, where it goes on, and who does it. */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import {
  checkedLevelsMax,
  checkStock,
  Inventory,
  InventoryQueries,
  MemoryInventory,
  type ReconciledLevel,
  StockReads
} from "../../../src/inventory.ts"
import { settableDay } from "../../steadyTime.ts"

const world = Layer.provideMerge(
  Layer.mergeAll(Inventory.layer(), InventoryQueries.layer),
  MemoryInventory.layer
)

/** Shows a level with units that no movement has. */
const drifting = (skuId: string, units: number) => (level: ReconciledLevel) =>
  level.skuId === skuId ? { ...level, totalQuantity: level.totalQuantity + units } : level

const withReads = <A, E, R>(
  work: Effect.Effect<A, E, R>,
  change: (reads: StockReads["Service"]) => Partial<StockReads["Service"]>
) =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.provideService(work, StockReads, { ...reads, ...change(reads) })
  )

const register = (skuId: string, initialStock: number, lowStockThreshold: number | null = null) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock, lowStockThreshold })
  )

describe("the check of stock", () => {
  it.effect("finds that all agrees, counts what is sold out, and how long low stock lasts", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* register("gone", 0)
      yield* register("plenty", 50, 5)
      yield* register("low", 20, 5)
      // 16 in 28 days, and 4 are left: they last 7 days.
      yield* inventory.ship({ skuId: "low", quantity: 16, reference: "s-1" })
      yield* register("still", 3, 5)
      const kept = yield* checkStock("a")
      expect(kept?.underWay).toBeNull()
      expect(kept?.last).toMatchObject({
        levels: 4,
        agreeing: 4,
        accuracy: 1,
        totalDrift: 0,
        skus: 4,
        soldOutSkus: 1,
        lowStockSkus: 2
      })
      const cover = kept?.last?.cover.filter(({ skus }) => skus > 0)
      expect(cover).toEqual([
        { daysUpTo: 7, skus: 1 },
        { daysUpTo: null, skus: 1 }
      ])
      const queries = yield* InventoryQueries
      expect((yield* queries.accuracy({})).lastCheck?.levels).toBe(4)
    }).pipe(Effect.provide(world))
  )

  it.effect(
    "is given back by a process that stops in the middle, and another goes on at once",
    () =>
      Effect.gen(function* () {
        yield* register("mug", 5)
        const begun = yield* Deferred.make<void>()
        const stopping = yield* Effect.forkChild(
          withReads(checkStock("a"), () => ({
            reconciled: () => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)
          }))
        )
        yield* Deferred.await(begun)
        expect(yield* checkStock("b")).toBeNull()
        yield* Fiber.interrupt(stopping)
        expect((yield* checkStock("b"))?.last).toMatchObject({ levels: 1, agreeing: 1 })
      }).pipe(Effect.provide(world))
  )

  it.effect("goes on soon after somebody has set the clock forward by an hour", () =>
    Effect.gen(function* () {
      const { clock, set } = yield* settableDay
      const all = checkedLevelsMax + 1
      yield* Effect.forEach(Array.from({ length: all }), (_, n) => register(`sku-${n}`, 1), {
        discard: true
      })
      const checked = withReads(checkStock("a"), (reads) => ({
        reconciled: (after, limit) =>
          Effect.tap(reads.reconciled(after, limit), () => Effect.sync(() => set(3_600_000)))
      }))
      const fiber = yield* Effect.forkChild(Effect.provideService(checked, Clock.Clock, clock))
      yield* TestClock.adjust(1_000)
      expect(fiber.pollUnsafe()).toBeDefined()
      expect((yield* Fiber.join(fiber))?.last?.levels).toBe(all)
    }).pipe(Effect.provide(world))
  )

  it.effect("finds a level that has more than its ledger, and says by how much", () =>
    Effect.gen(function* () {
      yield* register("mug", 5)
      yield* register("cup", 5)
      const kept = yield* withReads(checkStock("a"), (reads) => ({
        reconciled: (after, limit) =>
          Effect.map(reads.reconciled(after, limit), (page) => page.map(drifting("mug", 2)))
      }))
      expect(kept?.last).toMatchObject({ levels: 2, agreeing: 1, accuracy: 0.5, totalDrift: 2 })
      expect(kept?.last?.drifted.map(({ skuId, totalDrift }) => [skuId, totalDrift])).toEqual([
        ["mug", 2]
      ])
    }).pipe(Effect.provide(world))
  )

  it.effect("is done by one owner at a time, and goes on where another one ended", () =>
    Effect.gen(function* () {
      const reads = yield* StockReads
      const all = checkedLevelsMax + 3
      yield* Effect.forEach(Array.from({ length: all }), (_, n) => register(`sku-${n}`, 1), {
        discard: true
      })
      const paged = (isKilled: boolean) => (reads: StockReads["Service"]) => ({
        reconciled: (after: Parameters<typeof reads.reconciled>[0], limit: number) =>
          isKilled && after !== null ? Effect.die("killed") : reads.reconciled(after, limit)
      })
      const killed = yield* Effect.forkChild(Effect.exit(withReads(checkStock("a"), paged(true))))
      yield* TestClock.adjust(10_000)
      expect((yield* Fiber.join(killed))._tag).toBe("Failure")
      // Its lease is not over yet.
      expect(yield* checkStock("b")).toBeNull()
      expect((yield* reads.checks).underWay?.levels).toBe(checkedLevelsMax)
      yield* TestClock.adjust(30_000)
      const kept = yield* withReads(checkStock("b"), (reads) => ({
        reconciled: (after, limit) =>
          after === null ? Effect.die("began anew") : reads.reconciled(after, limit)
      }))
      expect(kept?.last).toMatchObject({ levels: all, agreeing: all, skus: all })
      expect((yield* reads.checks).underWay).toBeNull()
    }).pipe(Effect.provide(world))
  )

  it.effect("stays with its owner in the pause after a slow page, however long", () =>
    Effect.gen(function* () {
      yield* register("mug", 5)
      const slow = yield* withReads(checkStock("a"), (reads) => ({
        // As if there were more than a page, each of which takes 5 s.
        reconciled: (after, limit) =>
          Effect.delay(reads.reconciled(after, limit), "5 seconds").pipe(
            Effect.map((page) => (after === null ? Array(limit).fill(page[0]) : page))
          )
      })).pipe(Effect.forkChild)
      yield* TestClock.adjust("5 seconds")
      // The pause lasts 45 s, and a lease is 30 s long.
      yield* TestClock.adjust("40 seconds")
      expect(yield* checkStock("b")).toBeNull()
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.join(slow))?.last).not.toBeNull()
    }).pipe(Effect.provide(world))
  )
})
