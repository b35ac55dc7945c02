/**
 * The marks that the migration writes on holds of a time when they did not say how they ended: an
 * order is owed after it what it was owed before.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, ReservationId, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { layerPostgres } from "../../src/effect.ts"
import { migrate } from "../../src/inventory/inventoryTables.ts"
import { type Connected, connectedTo, engineAt } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** What the tables were before holds had how they ended. */
const beforeOrderMarks = [
  "alter table inventory.reservations drop column release_reason",
  "drop index inventory.reservations_history",
  "create index reservations_order on inventory.reservations (order_id)",
  "delete from inventory.migrations where id = 3"
]

const holdId = (n: number) =>
  ReservationId.make(`00000000-0000-7000-8000-00000000000${n.toString(16)}`)

/** A hold of one unit, made so many minutes ago; one that is over lived for ten. */
const insertHold = (
  sql: Connected,
  ...[n, orderId, status, age, replaces]: [number, string, string, number, number?]
) => {
  const minutes = (count: number) => `now() - interval '${count} minutes'`
  const isConfirmed = status === "CONFIRMED"
  return sql(`insert into inventory.reservations (id, sku_id, location_id, order_id, quantity,
    fulfilled_quantity, status, expires_at, created_at, resolved_at, replaces) values
    ('${holdId(n)}', 'a', 'default', '${orderId}', 1, ${status === "FULFILLED" ? 1 : 0},
      '${status}', ${isConfirmed ? "null" : minutes(age - 10)}, ${minutes(age)},
      ${isConfirmed ? "null" : minutes(age - 10)},
      ${replaces === undefined ? "null" : `'${holdId(replaces)}'`})`)
}

describePostgres(18, "marks on the holds of before", () => {
  it.live("B5 takes what had expired for lost, and what was released for given back", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.provide(migrate("inventory"), layerPostgres({ url }))
      const sql = yield* connectedTo(url)
      for (const statement of beforeOrderMarks) yield* sql(statement)
      yield* insertHold(sql, 1, "lapsed", "EXPIRED", 60)
      yield* insertHold(sql, 2, "taken again", "EXPIRED", 60)
      yield* insertHold(sql, 3, "taken again", "RELEASED", 30, 2)
      yield* insertHold(sql, 4, "given back", "RELEASED", 60)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A" })
        const confirming = (orderId: string) => Effect.flip(inventory.confirmOrder({ orderId }))
        expect(yield* confirming("lapsed")).toEqual({
          _tag: "ReservationExpired",
          reservationIds: [holdId(1)]
        })
        const conflict = { _tag: "ReservationConflict", status: "RELEASED" }
        expect(yield* confirming("taken again")).toMatchObject(conflict)
        expect(yield* confirming("given back")).toMatchObject(conflict)
      }).pipe(Effect.provide(engineAt(url)))
    })
  )

  it.live("B5 takes a lapse for answered where the order was held anew before the migration", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 9 })
      }).pipe(Effect.provide(engineAt(url)))
      for (const statement of beforeOrderMarks) yield* sql(statement)
      yield* insertHold(sql, 1, "paid", "EXPIRED", 60)
      yield* insertHold(sql, 2, "paid", "CONFIRMED", 50)
      yield* insertHold(sql, 3, "shipped", "EXPIRED", 60)
      yield* insertHold(sql, 4, "shipped", "FULFILLED", 40)
      yield* insertHold(sql, 5, "lapsed anew", "EXPIRED", 60)
      yield* insertHold(sql, 6, "lapsed anew", "EXPIRED", 40)
      // What stands in place of one lost hold answers for that alone.
      yield* insertHold(sql, 7, "one taken again", "EXPIRED", 60)
      yield* insertHold(sql, 8, "one taken again", "EXPIRED", 60)
      yield* insertHold(sql, 9, "one taken again", "CONFIRMED", 40, 7)
      yield* insertHold(sql, 10, "added before the lapse", "EXPIRED", 60)
      yield* insertHold(sql, 11, "added before the lapse", "CONFIRMED", 51)
      yield* sql("update inventory.inventory set reserved_quantity = 3")
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        for (const reacquire of [false, true]) {
          const paid = yield* inventory.confirmOrder({ orderId: "paid", reacquire })
          expect(paid.map(({ id }) => id)).toEqual([holdId(2)])
          const shipped = inventory.confirmOrder({ orderId: "shipped", reacquire })
          expect(yield* Effect.flip(shipped)).toMatchObject({
            _tag: "ReservationConflict",
            reservationId: holdId(4)
          })
        }
        for (const [orderId, lost] of [
          ["lapsed anew", 6],
          ["one taken again", 8],
          ["added before the lapse", 10]
        ] as const) {
          expect(yield* Effect.flip(inventory.confirmOrder({ orderId }))).toEqual({
            _tag: "ReservationExpired",
            reservationIds: [holdId(lost)]
          })
        }
        expect((yield* reads.reservations([holdId(1)]))[0]).toMatchObject({
          status: "RELEASED",
          releaseReason: "REPLACED"
        })
        expect((yield* reads.stock([SkuId.make("a")]))[0]?.levels[0]?.level.reservedQuantity).toBe(
          3
        )
      }).pipe(Effect.provide(engineAt(url)))
    })
  )
})
