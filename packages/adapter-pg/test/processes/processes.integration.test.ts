/**
 * Several engines in processes of their own over one PostgreSQL. Nothing but the database stands
 * between them, and it must be enough: one winner for the last unit, one effect for one key, and no
 * deadlock.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, reconcile, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { connectedTo, engineAt, until } from "../engines.ts"
import type { Call } from "./engineProcess.ts"
import { answersOf, atOnce, refusalsOf, scopedEngines } from "./engineProcesses.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

const register = (skuIds: ReadonlyArray<string>, initialStock: number) =>
  Effect.flatMap(Inventory, (inventory) =>
    Effect.forEach(
      skuIds,
      (skuId) => inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock }),
      { concurrency: "unbounded" }
    )
  )

const reserve = (orderId: string, skuIds: ReadonlyArray<string>): Call => ({
  method: "reserve",
  input: { orderId, lines: skuIds.map((skuId) => ({ skuId, quantity: 1 })) }
})

/** The ledger and the holds explain every level, and each SKU's events are numbered without a hole. */
const expectConsistent = Effect.gen(function* () {
  expect(yield* reconcile()).toMatchObject({ accuracy: 1 })
  const reads = yield* StockReads
  const versions = new Map<string, number>()
  let after = 0
  for (;;) {
    const page = yield* reads.events(after, 1_000)
    for (const { event, position } of page) {
      expect(event.version).toBe((versions.get(event.aggregateId) ?? 0) + 1)
      versions.set(event.aggregateId, event.version)
      after = position
    }
    if (page.length === 0) break
  }
})

describePostgres(18, "four engines in four processes", () => {
  it.live("sell the last unit once, and ten units ten times, to 256 callers", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const single = upTo(12).map((n) => `single-${n}`)
        yield* register(single, 1)
        yield* register(["ten"], 10)
        const engines = yield* scopedEngines(4, url)
        for (const skuId of [...single, "ten"]) {
          const ended = (yield* atOnce(engines, (engine) =>
            upTo(64).map((caller) => reserve(`${skuId}-${engine}-${caller}`, [skuId]))
          )).flat()
          const units = skuId === "ten" ? 10 : 1
          expect(answersOf(ended).length).toBe(units)
          expect(refusalsOf(ended)).toEqual({ InsufficientStock: 256 - units })
        }
        yield* expectConsistent
      }).pipe(Effect.provide(engineAt(url)))
    })
  )

  it.live("take many lines in opposite orders, and no caller hears of a deadlock", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const skuIds = upTo(40).map((n) => `sku-${String(n).padStart(2, "0")}`)
        yield* register(skuIds, 1_000_000)
        const sql = yield* connectedTo(url)
        const backends = sql(
          "select pid from pg_stat_activity where datname = current_database() order by pid"
        )
        const ours = yield* backends
        const linesOf = (engine: number, caller: number) => {
          const from = (engine * 7 + caller * 3) % 20
          const lines = skuIds.slice(from, from + 15)
          return engine % 2 === 0 ? lines : [...lines].reverse()
        }
        const calls = (engine: number) =>
          upTo(64).map((caller): Call => {
            const order = reserve(`order-${engine}-${caller}`, linesOf(engine, caller))
            return caller % 4 === 0
              ? { ...order, input: { ...(order.input as object), replace: true } }
              : order
          })
        const ended = yield* Effect.scoped(
          Effect.flatMap(scopedEngines(4, url), (engines) => atOnce(engines, calls))
        )
        expect(refusalsOf(ended.flat())).toEqual({})
        expect(answersOf(ended.flat()).length).toBe(256)
        // Nor was there one that a second try hid. A backend counts its own when it ends.
        yield* until(Effect.map(backends, (pids) => pids.length <= ours.length))
        const counted = yield* sql(
          "select deadlocks::int4 from pg_stat_database where datname = current_database()"
        )
        expect(counted).toEqual([{ deadlocks: 0 }])
        yield* expectConsistent
      }).pipe(Effect.provide(engineAt(url)))
    })
  )

  it.live("give one answer to one key, whoever is asked, also to those who ask together", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        yield* register(["a", "b"], 100_000)
        const engines = yield* scopedEngines(4, url)
        const calls = upTo(64).map((n): Call => {
          const options = { idempotencyKey: `key-${n}`, caller: "shop" }
          switch (n % 4) {
            case 0:
              return { ...reserve(`order-${n}`, ["a", "b"]), options }
            case 1:
              return {
                method: "receive",
                input: { skuId: n % 8 === 1 ? "a" : "b", quantity: 1 },
                options
              }
            case 2:
              // Nothing to lock yet: only the key and the code stand between the twins.
              return {
                method: "registerSku",
                input: { skuId: `new-${n}`, code: `NEW-${n}`, name: "New", initialStock: 1 },
                options
              }
            default:
              return {
                method: "registerLocation",
                input: { locationId: `place-${n}`, name: "Place" },
                options
              }
          }
        })
        const ended = yield* atOnce(engines, () => calls)
        for (const [n] of calls.entries()) {
          const four = ended.map((list) => list[n])
          expect(four[0]).toHaveProperty("answer")
          expect(four).toEqual(four.map(() => four[0]))
        }
        const another = yield* atOnce(engines.slice(0, 1), () => [
          { ...reserve("another", ["a"]), options: { idempotencyKey: "key-0", caller: "shop" } }
        ])
        expect(refusalsOf(another.flat())).toEqual({ IdempotencyMismatch: 1 })
        const reads = yield* StockReads
        const [a] = yield* reads.stock([SkuId.make("a")])
        expect(a?.levels[0]?.level).toMatchObject({
          totalQuantity: 100_008,
          reservedQuantity: 16
        })
        yield* expectConsistent
      }).pipe(Effect.provide(engineAt(url)))
    })
  )

  it.live("make the first stock of a SKU at new places together, each place once", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        yield* register(["a"], 0)
        const engines = yield* scopedEngines(4, url)
        // Names on both sides of "default": a level that is new to one engine comes first for others.
        const places = upTo(16).map((n) => (n % 2 === 0 ? `aisle-${n}` : `yard-${n}`))
        const made = (yield* atOnce(engines, () =>
          places.map((locationId) => ({
            method: "registerLocation" as const,
            input: { locationId, name: locationId }
          }))
        )).flat()
        expect(answersOf(made).length).toBe(16)
        expect(refusalsOf(made)).toEqual({ IdTaken: 48 })
        const received = (yield* atOnce(engines, () =>
          places.map((locationId) => ({
            method: "receive" as const,
            input: { skuId: "a", locationId, quantity: 1 }
          }))
        )).flat()
        expect(refusalsOf(received)).toEqual({})
        const reads = yield* StockReads
        const [stock] = yield* reads.stock([SkuId.make("a")])
        const totals = (stock?.levels ?? []).map(({ level }) => [
          level.locationId,
          level.totalQuantity
        ])
        expect(Object.fromEntries(totals)).toEqual(
          Object.fromEntries([["default", 0], ...places.map((place) => [place, 4])])
        )
        yield* expectConsistent
      }).pipe(Effect.provide(engineAt(url)))
    })
  )
})
