/**
 * Reads over years of rows: the ledger paged and asked across its partitions, levels that somebody
 * corrupted behind the engine's back, and the largest numbers that there are.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { describe, expect, it, vi } from "@effect/vitest"
import {
  Inventory,
  LocationId,
  reconcile,
  SkuId,
  type StockMovement,
  StockReads
} from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { databases, engineOver } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** A clock that the test sets. */
const handSet = () => {
  const clock = { at: new Date() }
  return { clock, now: Effect.sync(() => DateTime.makeUnsafe(clock.at)) }
}

/** Noon on a day of the month that lies so many months from this one. */
const monthsAway = (months: number, day = 10) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, day, 12))
}

const run = (sql: string, params: ReadonlyArray<unknown> = []) =>
  Effect.flatMap(PgPool.PgPool, (pool) =>
    Effect.map(
      pool.use((session) => session.query(sql, params, false)),
      ({ rows }) => rows
    )
  )

/** The whole ledger of a SKU, newest first, by pages of a size. */
const paged = Effect.fnUntraced(function* (sku: string, limit: number, place?: string) {
  const reads = yield* StockReads
  const skuId = SkuId.make(sku)
  const locationId = place === undefined ? undefined : LocationId.make(place)
  const all: Array<StockMovement.StockMovement> = []
  for (;;) {
    const before = all.at(-1) ?? null
    const page = yield* reads.movements({ skuId, before, limit, locationId })
    all.push(...page)
    if (page.length < limit) return all
  }
})

const totalsAsOf = (skuId: string, at: Date) =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.map(
      reads.stockAsOf(SkuId.make(skuId), DateTime.makeUnsafe(at)),
      ({ horizon, levels }) => ({
        totals: levels.map((level) => level.totalQuantity),
        horizon: horizon === null ? null : horizon.epochMilliseconds
      })
    )
  )

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live("pages through the ledger, and tells any day's stock, across all partitions", () => {
      const { clock, now } = handSet()
      return Effect.gen(function* () {
        const inventory = yield* Inventory
        // Two years back and six months on: before, in and beyond the partitions that exist.
        const months = Array.from({ length: 31 }, (_, n) => n - 24)
        clock.at = monthsAway(-25)
        yield* inventory.registerLocation({ locationId: "yard", name: "Yard" })
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 1 })
        for (const month of months) {
          clock.at = monthsAway(month)
          // Several at the same instant: the page may end between them.
          yield* Effect.all(
            [
              inventory.receive({ skuId: "a", quantity: 2 }),
              inventory.receive({ skuId: "a", quantity: 3 }),
              inventory.transfer({
                skuId: "a",
                fromLocationId: "default",
                toLocationId: "yard",
                quantity: 1
              })
            ],
            { concurrency: "unbounded" }
          )
        }
        const spread = yield* run(
          "select count(distinct tableoid)::int4 as partitions from inventory.stock_movements"
        )
        expect(spread).toEqual([{ partitions: 5 }])
        const all = yield* paged("a", 1_000)
        expect(all.length).toBe(1 + months.length * 4)
        const times = all.map(({ createdAt }) => createdAt.epochMilliseconds)
        expect(times).toEqual([...times].sort((a, b) => b - a))
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
        for (const size of [1, 3, 7]) expect(yield* paged("a", size)).toEqual(all)
        const there = all.filter(({ locationId }) => locationId === "yard")
        expect(yield* paged("a", 4, "yard")).toEqual(there)

        expect(yield* totalsAsOf("a", monthsAway(-26))).toEqual({ totals: [0, 0], horizon: null })
        expect(yield* totalsAsOf("a", monthsAway(-25))).toEqual({ totals: [1, 0], horizon: null })
        for (const [n, month] of months.entries()) {
          const justBefore = new Date(monthsAway(month).getTime() - 1)
          expect(yield* totalsAsOf("a", justBefore)).toMatchObject({ totals: [1 + n * 4, n] })
          expect(yield* totalsAsOf("a", monthsAway(month))).toMatchObject({
            totals: [1 + (n + 1) * 4, n + 1]
          })
        }
      }).pipe(Effect.provide(engineOver(sessions, { storage: { now } })))
    })

    it.live("says from when on the ledger knows, once an old month was dropped", () => {
      const { clock, now } = handSet()
      return Effect.gen(function* () {
        const inventory = yield* Inventory
        clock.at = monthsAway(0, 1)
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 7 })
        const opening = monthsAway(1, 1)
        yield* run(
          `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type,
             quantity, balance_after, created_at)
           select gen_random_uuid(), sku_id, location_id, movement_sequence + 1, 'OPENING',
             total_quantity, total_quantity, $1::timestamptz from inventory.inventory`,
          [opening]
        )
        yield* run("update inventory.inventory set movement_sequence = movement_sequence + 1")
        const month = monthsAway(0).toISOString().slice(0, 7).replace("-", "_")
        yield* run(`drop table inventory.stock_movements_${month}`)
        clock.at = monthsAway(1, 20)
        yield* inventory.receive({ skuId: "a", quantity: 1 })
        expect(yield* totalsAsOf("a", monthsAway(0, 15))).toEqual({
          totals: [0],
          horizon: opening.getTime()
        })
        expect(yield* totalsAsOf("a", opening)).toEqual({ totals: [7], horizon: null })
        expect(yield* totalsAsOf("a", monthsAway(1, 20))).toEqual({ totals: [8], horizon: null })
        expect(yield* reconcile()).toMatchObject({ accuracy: 1, levels: 1 })
      }).pipe(Effect.provide(engineOver(sessions, { storage: { now } })))
    })

    it.live("finds every level that was corrupted behind the engine's back", () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* Effect.forEach(
          Array.from({ length: 20 }, (_, n) => `sku-${n}`),
          (skuId) =>
            Effect.andThen(
              inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 10 }),
              inventory.reserve({ orderId: skuId, lines: [{ skuId, quantity: 4 }] })
            ),
          { concurrency: "unbounded" }
        )
        expect(yield* reconcile()).toMatchObject({ accuracy: 1, levels: 20, drifted: [] })
        const corrupt = (skuId: string, change: string) =>
          run(`update inventory.inventory set ${change} where sku_id = '${skuId}'`)
        yield* corrupt("sku-3", "total_quantity = total_quantity + 5")
        yield* corrupt("sku-7", "reserved_quantity = 0")
        yield* run("update inventory.reservations set quantity = 6 where order_id = 'sku-9'")
        yield* run(
          `update inventory.reservations set status = 'RELEASED', resolved_at = now()
           where order_id = 'sku-11'`
        )
        yield* run(
          `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type,
             quantity, balance_after, created_at)
           values (gen_random_uuid(), 'sku-13', 'default', 2, 'RECEIPT', 2, 12, now())`
        )
        const found = yield* reconcile()
        expect(found).toMatchObject({ levels: 20, agreeing: 15, accuracy: 0.75 })
        expect([found.totalDrift, found.reservedDrift]).toEqual([7, 10])
        const drifts = found.drifted.map(({ repair, reservedDrift, skuId, totalDrift }) => ({
          skuId,
          drift: [totalDrift, reservedDrift],
          repair: [repair.totalQuantity, repair.reservedQuantity]
        }))
        expect(drifts).toEqual([
          { skuId: "sku-11", drift: [0, 4], repair: [10, 0] },
          { skuId: "sku-13", drift: [-2, 0], repair: [12, 4] },
          { skuId: "sku-3", drift: [5, 0], repair: [10, 4] },
          { skuId: "sku-7", drift: [0, -4], repair: [10, 4] },
          { skuId: "sku-9", drift: [0, -2], repair: [10, 6] }
        ])
      }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("keeps 2^53 - 1 units to the last one, and refuses the one beyond", () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        const most = Number.MAX_SAFE_INTEGER
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 1 })
        // Nine million receipts of the largest size, in one stroke.
        yield* run(
          `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type,
             quantity, balance_after, created_at)
           values (gen_random_uuid(), 'a', 'default', 2, 'RECEIPT', ${most - 3}, ${most - 2},
             now())`
        )
        yield* run(`update inventory.inventory set total_quantity = ${most - 2},
          movement_sequence = 2, version = ${most - 100}`)
        const { levels, movements } = yield* inventory.receive({ skuId: "a", quantity: 2 })
        expect(levels[0]).toMatchObject({ totalQuantity: most, availableQuantity: most })
        expect(movements[0]).toMatchObject({ quantity: 2, balanceAfter: most, sequence: 3 })
        const [stored] = yield* reads.movements({ skuId: SkuId.make("a"), before: null, limit: 1 })
        expect(stored).toEqual(movements[0])
        const [event] = (yield* reads.events(3, 10)).map((logged) => logged.event)
        expect(event).toMatchObject({
          version: most - 99,
          payload: { previousQuantity: most - 2, currentQuantity: most }
        })
        const refusal = yield* Effect.flip(inventory.receive({ skuId: "a", quantity: 1 }))
        expect(refusal._tag).toBe("BalanceOutOfRange")
        yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 1 }] })
        const [stock] = yield* reads.stock([SkuId.make("a")])
        expect(stock?.levels[0]?.level).toMatchObject({ totalQuantity: most, reservedQuantity: 1 })
        expect(yield* reconcile()).toMatchObject({ accuracy: 1 })
      }).pipe(Effect.provide(engineOver(sessions)))
    )
  })
}
