/**
 * Events of an order, of a type or of a SKU, read while others write. Such a page does not show the
 * gaps of the log, and still must not pass a position at which an event may become visible.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { EventsFilter, Inventory, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { runQueries } from "../../src/connection/Session.ts"
import { layerPostgres } from "../../src/effect.ts"
import { migrate } from "../../src/inventory/inventoryTables.ts"
import { eventLogOver } from "../../src/inventory/stockEventLog.ts"
import { type Connected, connectedTo, engineAt, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const units = { totalQuantity: 1, reservedQuantity: 1, availableQuantity: 0 }
const confirmed = JSON.stringify({
  reservationId: "r",
  orderId: "o",
  skuId: "raw",
  locationId: "default",
  quantity: 1,
  level: units,
  sku: units
})

const eventWith = (sql: Connected, eventType: string, aggregateId: string, payload: string) =>
  Effect.map(
    sql(`insert into inventory.events (position, event_id, event_type,
        aggregate_id, version, "timestamp", command_id, payload)
      values (nextval('inventory.event_positions'), gen_random_uuid(), '${eventType}',
        '${aggregateId}', 1, now(), gen_random_uuid(), '${payload}')
      returning position::float8`),
    ([row]) => Number(row?.["position"])
  )

/** Draws a position and writes an event of order `o`, in a transaction that stays open. */
const drawing = (sql: Connected) =>
  Effect.andThen(sql("begin"), eventWith(sql, "inventory.stock.confirmed", "raw", confirmed))

/** Writes a location and its event, in a transaction that stays open. */
const placing = (sql: Connected, id: string) =>
  Effect.gen(function* () {
    const flags = { isDefault: false, sellable: true, active: true }
    const location = JSON.stringify({ id, name: "L", priority: 1, ...flags, version: 1 })
    yield* sql("begin")
    yield* sql(`insert into inventory.locations
        (id, name, priority, is_default, sellable, active, version)
      values ('${id}', 'L', 1, false, true, true, 1)`)
    return yield* eventWith(sql, "inventory.location.created", id, `{"location":${location}}`)
  })

const positionsOf = (filter: typeof EventsFilter.Encoded, after = 0, limit = 1_000) =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.map(reads.events(after, limit, Schema.decodeSync(EventsFilter)(filter)), (events) =>
      events.map((one) => one.position)
    )
  )

/** An engine on a database with SKUs `s-0` to `s-3`, and a hold of order `o` on each. */
const shop = Effect.fnUntraced(function* (version: 15 | 18) {
  const url = yield* scopedDatabase({ version })
  const engine = engineAt(url, { storage: { lanes: 4 }, inventory: { batchMax: 4 } })
  const held = Effect.flatMap(Inventory, (inventory) =>
    Effect.forEach([0, 1, 2, 3], (n) =>
      Effect.gen(function* () {
        const skuId = `s-${n}`
        yield* inventory.registerSku({ skuId, code: skuId, name: "S", initialStock: 100_000 })
        const [hold] = yield* inventory.reserve({ orderId: "o", lines: [{ skuId, quantity: 1 }] })
        return hold?.id ?? ""
      })
    )
  )
  return { url, engine, held }
})

describePostgres(18, "the events of an order of a SKU with the id of a location", () => {
  it.live("S10 have its reservation, whatever the instants of the location's events", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      let millis = 1_800_000_000_000
      const now = Effect.sync(() => DateTime.makeUnsafe(millis))
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const skuId = "default"
        yield* inventory.registerSku({ skuId, code: "d", name: "D", initialStock: 100 })
        const orders = Array.from({ length: 12 }, (_, n) => `o${n}`)
        for (const orderId of orders) {
          millis += 100_000
          yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }] })
          // As of a batch that was decided before the reservation and drew its position after.
          millis -= 10
          yield* inventory.updateLocation({ locationId: "default", name: orderId })
        }
        for (const orderId of orders) expect(yield* positionsOf({ orderId })).toHaveLength(1)
      }).pipe(Effect.provide(engineAt(url, { storage: { lanes: 1, now } })))
    }).pipe(Effect.scoped)
  )
})

for (const version of [18, 15] as const) {
  describePostgres(version, `filtered events on PostgreSQL ${version}`, () => {
    for (const end of ["commit", "rollback"] as const) {
      it.live(`S10 pass over no event that becomes visible later, before a ${end}`, () =>
        Effect.gen(function* () {
          const { engine, held, url } = yield* shop(version)
          const writer = yield* connectedTo(url)
          yield* Effect.gen(function* () {
            const inventory = yield* Inventory
            const [first = "", second = ""] = yield* held
            yield* inventory.confirm({ reservationId: first })
            const filters = [
              { orderId: "o" },
              { types: ["inventory.stock.confirmed"] },
              { types: ["inventory.stock.confirmed", "inventory.stock.released"] },
              { aggregateIds: ["raw", "s-1"], types: ["inventory.stock.confirmed"] }
            ] as const
            const before = yield* Effect.forEach(filters, (filter) => positionsOf(filter))
            expect(before.map((positions) => positions.length)).toEqual([5, 1, 1, 0])
            const drawn = yield* drawing(writer)
            yield* inventory.confirm({ reservationId: second })
            for (const [n, filter] of filters.entries()) {
              expect(yield* positionsOf(filter)).toEqual(before[n])
              expect(yield* positionsOf(filter, drawn - 1)).toEqual([])
            }
            // The SKU is locked while its position is drawn, so nothing can appear before the
            // visible events.
            expect((yield* positionsOf({ aggregateIds: ["s-1"] })).at(-1)).toBe(drawn + 1)
            yield* writer(end)
            const rest = end === "commit" ? [drawn, drawn + 1] : [drawn + 1]
            for (const [n, filter] of filters.entries()) {
              expect(yield* positionsOf(filter)).toEqual([...(before[n] ?? []), ...rest])
            }
          }).pipe(Effect.provide(engine))
        }).pipe(Effect.scoped)
      )
    }

    it.live("S10 of a SKU pass over no event of a location that gets its id", () =>
      Effect.gen(function* () {
        const { engine, held, url } = yield* shop(version)
        const writer = yield* connectedTo(url)
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* held
          const positions = positionsOf({ aggregateIds: ["s-1"] })
          const before = yield* positions
          const drawn = yield* placing(writer, "s-1")
          yield* inventory.receive({ skuId: "s-1", quantity: 1 })
          expect(yield* positions).toEqual(before)
          yield* writer("commit")
          expect(yield* positions).toEqual([...before, drawn, drawn + 1])
        }).pipe(Effect.provide(engine))
      }).pipe(Effect.scoped)
    )

    it.live("S10 of a SKU are found though few of them are in an index", () =>
      Effect.gen(function* () {
        const { held, url } = yield* shop(version)
        const sql = yield* connectedTo(url)
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* held
          yield* Effect.forEach(
            Array.from({ length: 2_000 }, (_, n) => n),
            (n) =>
              inventory.reserve({
                orderId: `order-${n}`,
                lines: [{ skuId: n % 20 === 0 ? "s-1" : "s-0", quantity: 1 }]
              }),
            { concurrency: 200 }
          )
          const [count] = yield* sql(`select count(*) filter (where opens_run)::float8 as opening
            from inventory.events where event_type = 'inventory.stock.reserved'`)
          expect(count?.["opening"]).toBeLessThan(200)
          const types = ["inventory.stock.reserved"] as const
          for (const filter of [
            { aggregateIds: ["s-0"] },
            { aggregateIds: ["s-1"] },
            { aggregateIds: ["s-2"] },
            { aggregateIds: ["s-2", "s-1", "s-0"] },
            { aggregateIds: ["s-2", "s-1", "s-0"], types }
          ]) {
            const found: Array<number> = []
            while (true) {
              const page = yield* positionsOf(filter, found.at(-1) ?? 0, 300)
              found.push(...page)
              if (page.length < 300) break
            }
            const all = yield* sql(`select position::float8 from inventory.events
              where aggregate_id in ('${filter.aggregateIds.join("','")}')
                ${"types" in filter ? `and event_type = '${types[0]}'` : ""} order by position`)
            expect(found).toEqual(all.map((row) => Number(row["position"])))
          }
          const ofOrder = yield* positionsOf({ orderId: "order-777" })
          const [made] = yield* sql(`select position::float8 from inventory.events
            where payload ->> 'orderId' = 'order-777'`)
          expect(ofOrder).toEqual([Number(made?.["position"])])
        }).pipe(Effect.provide(engineAt(url)))
      }).pipe(Effect.scoped)
    )

    it.live("S10 are followed to the end and lose nothing while engines and others write", () =>
      Effect.gen(function* () {
        const { engine, held, url } = yield* shop(version)
        const sql = yield* connectedTo(url)
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* held
          const writing = yield* Effect.forkChild(
            Effect.forEach(
              Array.from({ length: 600 }, (_, n) => n),
              (n) =>
                Effect.gen(function* () {
                  const lines = [{ skuId: `s-${n % 4}`, quantity: 1 }]
                  const orderId = n % 3 === 0 ? "o" : `order-${n}`
                  const [hold] = yield* inventory.reserve({ orderId, lines })
                  yield* inventory.confirm({ reservationId: hold?.id ?? "" })
                }),
              { concurrency: 24 }
            )
          )
          const slow = yield* Effect.forkChild(
            Effect.gen(function* () {
              const writer = yield* connectedTo(url)
              for (let n = 0; n < 40; n++) {
                yield* drawing(writer)
                for (let turn = 0; turn < 10; turn++) yield* writer("select 1")
                yield* writer(n % 3 === 0 ? "rollback" : "commit")
              }
            })
          )
          const followers = [
            { filter: { orderId: "o" }, where: "payload ->> 'orderId' = 'o'" },
            {
              filter: { types: ["inventory.stock.confirmed"] },
              where: "event_type = 'inventory.stock.confirmed'"
            },
            {
              filter: { types: ["inventory.stock.reserved"] },
              where: "event_type = 'inventory.stock.reserved'"
            },
            {
              filter: { types: ["inventory.stock.reserved", "inventory.stock.confirmed"] },
              where: "event_type in ('inventory.stock.reserved', 'inventory.stock.confirmed')"
            },
            { filter: { aggregateIds: ["s-2"] }, where: "aggregate_id = 's-2'" },
            {
              filter: { aggregateIds: ["raw", "s-1", "s-2"] },
              where: "aggregate_id in ('raw', 's-1', 's-2')"
            },
            {
              filter: { orderId: "o", aggregateIds: ["raw", "s-3"] },
              where: "payload ->> 'orderId' = 'o' and aggregate_id in ('raw', 's-3')"
            }
          ] as const
          const followed: ReadonlyArray<Array<number>> = followers.map(() => [])
          const follow = Effect.forEach(followers, ({ filter }, n) =>
            Effect.map(positionsOf(filter, followed[n]?.at(-1) ?? 0, 40), (page) =>
              followed[n]?.push(...page)
            )
          )
          while (writing.pollUnsafe() === undefined) yield* follow
          while (slow.pollUnsafe() === undefined) yield* follow
          yield* Fiber.join(writing)
          for (const [n, { where }] of followers.entries()) {
            const committed = (yield* sql(
              `select position::float8 from inventory.events where ${where} order by position`
            )).map((row) => Number(row["position"]))
            expect(committed.length).toBeGreaterThan(100)
            yield* until(
              Effect.map(follow, () => (followed[n]?.at(-1) ?? 0) >= (committed.at(-1) ?? 0))
            )
            expect(followed[n]).toEqual(committed)
          }
        }).pipe(Effect.provide(engine))
      }).pipe(Effect.scoped)
    )
  })
}

describePostgres(18, "two readers of some events", () => {
  it.live("S10 pass over nothing when the answer of the first comes after that of the second", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        yield* migrate("inventory")
        const run = runQueries(yield* PgPool.PgPool)
        const isRead = yield* Deferred.make<void>()
        const mayArrive = yield* Deferred.make<void>()
        let runs = 0
        const log = eventLogOver("inventory", (queries) =>
          Effect.tap(run(queries), () =>
            ++runs === 1
              ? Effect.andThen(Deferred.succeed(isRead, undefined), Deferred.await(mayArrive))
              : Effect.void
          )
        )
        const page = (after: number) =>
          Effect.map(log(after, 10, { types: ["inventory.stock.confirmed"] }), (events) =>
            events.map(({ position }) => position)
          )
        const [slow, quick] = [yield* connectedTo(url), yield* connectedTo(url)]
        yield* drawing(quick)
        yield* quick("commit")
        const first = yield* Effect.forkChild(page(0))
        yield* Deferred.await(isRead)
        yield* drawing(slow)
        yield* drawing(quick)
        yield* quick("commit")
        expect(yield* page(1)).toEqual([])
        yield* Deferred.succeed(mayArrive, undefined)
        expect(yield* Fiber.join(first)).toEqual([1])
        expect(yield* page(1)).toEqual([])
        yield* slow("commit")
        expect(yield* page(1)).toEqual([2, 3])
      }).pipe(Effect.provide(layerPostgres({ url })))
    }).pipe(Effect.scoped)
  )
})
