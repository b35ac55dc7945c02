/**
 * Old months of the ledger are dropped, and what they add up to goes on: the ledger still sums to
 * the totals, and says from when on it knows.
 */
import { describe, expect, it, vi } from "@effect/vitest"
import { Inventory, InventoryQueries, reconcile, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { prune } from "../../src/effect.ts"
import { connectedTo, databases, engineAt, engineOver, untilWaiting } from "../engines.ts"
import { run } from "./run.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** Noon on a day of the month that lies so many months from this one. */
const monthsAway = (months: number, day = 10) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, day, 12))
}

const firstOf = (months: number) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
}

const nameOf = (months: number) =>
  `stock_movements_${monthsAway(months).toISOString().slice(0, 7).replace("-", "_")}`

/** An engine whose clock the test sets, and the dropping of months by that clock. */
const shop = () => {
  const clock = { at: monthsAway(0) }
  const now = Effect.sync(() => DateTime.makeUnsafe(clock.at))
  return {
    clock,
    options: { storage: { now } },
    drop: (movementsMonths: number, isDryRun = false) =>
      Effect.map(
        prune("inventory", { movementsMonths }, { now, isDryRun }),
        ({ events, months }) => {
          expect(events).toBe(null)
          return months[0]
        }
      )
  }
}

/** Three months of a SKU at two places and of one that was sold out, and a month more. */
const months = (clock: { at: Date }) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.registerLocation({ locationId: "yard", name: "Yard" })
    yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 7 })
    yield* inventory.registerSku({ skuId: "out", code: "OUT", name: "Out", initialStock: 5 })
    yield* inventory.registerSku({ skuId: "never", code: "NEVER", name: "Never" })
    yield* inventory.transfer({
      skuId: "a",
      fromLocationId: "default",
      toLocationId: "yard",
      quantity: 2
    })
    clock.at = monthsAway(1)
    yield* inventory.ship({ skuId: "out", quantity: 5 })
    yield* inventory.receive({ skuId: "a", quantity: 10 })
    clock.at = monthsAway(2)
    yield* inventory.receive({ skuId: "a", quantity: 100 })
    yield* inventory.receive({ skuId: "out", quantity: 1 })
    clock.at = monthsAway(3)
  })

const totalsAt = (skuId: string, at: Date) =>
  Effect.gen(function* () {
    const queries = InventoryQueries.over(yield* StockReads)
    const asOf = queries.stockAsOf({ skuId, at: at.toISOString() })
    const told = yield* Effect.catchTag(asOf, "BeforeLedger", ({ horizon }) =>
      Effect.succeed(horizon.epochMilliseconds)
    )
    return typeof told === "number"
      ? new Date(told)
      : told.locations?.map(({ totalQuantity }) => totalQuantity)
  })

const ledgerOf = (skuId: string) =>
  Effect.gen(function* () {
    const queries = InventoryQueries.over(yield* StockReads)
    return (yield* queries.movements({ skuId })).items
  })

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live("drops old months, and carries each balance into the month that is kept", () => {
      const { clock, drop, options } = shop()
      return Effect.gen(function* () {
        yield* months(clock)
        const before = yield* ledgerOf("a")
        expect(yield* drop(3)).toMatchObject({ dropped: [], from: null, carried: 0 })
        expect(yield* drop(1, true)).toMatchObject({
          dropped: [nameOf(0), nameOf(1)],
          from: firstOf(2),
          carried: 0
        })
        expect(yield* ledgerOf("a")).toEqual(before)
        expect(yield* drop(1)).toEqual({
          table: "stock_movements",
          dropped: [nameOf(0), nameOf(1)],
          from: firstOf(2),
          carried: 3,
          kept: null
        })
        const after = yield* ledgerOf("a")
        expect(after.slice(0, 1)).toEqual(before.slice(0, 1))
        expect(after.slice(1).map((row) => [row.locationId, row.quantity])).toEqual(
          expect.arrayContaining([
            ["default", 15],
            ["yard", 2]
          ])
        )
        for (const row of after.slice(1)) {
          expect(row).toMatchObject({ type: "OPENING", balanceAfter: row.quantity })
          expect(row.createdAt.epochMilliseconds).toBe(firstOf(2).getTime())
        }
        // Each stands where the last movement before it stood, so the numbers go on.
        const sequences = after.filter(({ locationId }) => locationId === "default")
        expect(sequences.map(({ sequence }) => sequence)).toEqual([4, 3])
        expect(yield* reconcile()).toMatchObject({ levels: 4, agreeing: 4, accuracy: 1 })
      }).pipe(Effect.provide(engineOver(sessions, options)))
    })

    it.live("tells the stock of the months that are kept, and refuses to guess before them", () => {
      const { clock, drop, options } = shop()
      return Effect.gen(function* () {
        yield* months(clock)
        yield* drop(1)
        for (const skuId of ["a", "out"]) {
          expect(yield* totalsAt(skuId, monthsAway(0, 11))).toEqual(firstOf(2))
          expect(yield* totalsAt(skuId, new Date(firstOf(2).getTime() - 1))).toEqual(firstOf(2))
        }
        expect(yield* totalsAt("a", firstOf(2))).toEqual([15, 2])
        expect(yield* totalsAt("out", firstOf(2))).toEqual([0])
        expect(yield* totalsAt("a", monthsAway(2))).toEqual([115, 2])
        expect(yield* totalsAt("out", monthsAway(3))).toEqual([1])
        expect(yield* totalsAt("never", monthsAway(0))).toEqual([0])
      }).pipe(Effect.provide(engineOver(sessions, options)))
    })

    it.live("drops month after month, and keeps the stock moving", () => {
      const { clock, drop, options } = shop()
      return Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* months(clock)
        yield* drop(2)
        yield* inventory.receive({ skuId: "a", quantity: 1_000 })
        yield* drop(1)
        yield* drop(1)
        yield* inventory.ship({ skuId: "a", quantity: 1 })
        expect((yield* ledgerOf("a")).filter(({ type }) => type === "OPENING")).toHaveLength(2)
        expect(yield* totalsAt("a", monthsAway(3))).toEqual([1_114, 2])
        expect(yield* reconcile()).toMatchObject({ levels: 4, agreeing: 4 })
      }).pipe(Effect.provide(engineOver(sessions, options)))
    })

    it.live("keeps all months while rows of before are in the DEFAULT partition", () => {
      const { clock, drop, options } = shop()
      return Effect.gen(function* () {
        clock.at = monthsAway(-2)
        yield* months(clock)
        clock.at = monthsAway(2)
        expect(yield* drop(1)).toMatchObject({
          dropped: [],
          kept: `rows of before ${firstOf(1).toISOString()} are in stock_movements_default`
        })
        expect(yield* reconcile()).toMatchObject({ levels: 4, agreeing: 4 })
      }).pipe(Effect.provide(engineOver(sessions, options)))
    })
  })
}

for (const version of [18, 15] as const) {
  describePostgres(version, `dropping months beside others on PostgreSQL ${version}`, () => {
    it.live("lets writers pass while a transaction keeps the ledger locked", () => {
      const { clock, drop, options } = shop()
      return Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        const [holder, watcher] = [yield* connectedTo(url), yield* connectedTo(url)]
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* months(clock)
          yield* holder("begin")
          yield* holder("lock table only inventory.stock_movements in row exclusive mode")
          const dropping = yield* Effect.forkChild(drop(1))
          yield* untilWaiting(watcher)
          for (const quantity of [1, 2, 3]) yield* inventory.receive({ skuId: "a", quantity })
          expect(dropping.pollUnsafe()).toBe(undefined)
          yield* holder("commit")
          expect(yield* Fiber.join(dropping)).toMatchObject({
            dropped: [nameOf(0), nameOf(1)],
            carried: 3
          })
          expect(yield* reconcile()).toMatchObject({ levels: 4, agreeing: 4 })
        }).pipe(Effect.provide(engineAt(url, options)))
      }).pipe(Effect.scoped)
    })

    it.live("drops once when several ask together", () => {
      const { clock, drop, options } = shop()
      return Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        yield* Effect.gen(function* () {
          yield* months(clock)
          const came = yield* Effect.all([drop(1), drop(1), drop(1)], { concurrency: "unbounded" })
          expect(came.map((one) => one?.dropped.length).sort()).toEqual([0, 0, 2])
          expect(yield* reconcile()).toMatchObject({ levels: 4, agreeing: 4 })
          const rows = yield* run(
            "select count(*)::int4 as openings from inventory.stock_movements where type = 'OPENING'"
          )
          expect(rows).toEqual([{ openings: 3 }])
        }).pipe(Effect.provide(engineAt(url, options)))
      }).pipe(Effect.scoped)
    })
  })
}
