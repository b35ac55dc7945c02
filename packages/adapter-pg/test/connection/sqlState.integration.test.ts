/**
 * What callers get when the database fails, by the errors of real servers: each class of
 * SQLSTATE has its reason, a failure that a repeat mends never reaches the caller, and what a
 * database rejects fails alone.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { describe, expect, it, vi } from "@effect/vitest"
import { Inventory, reconcile, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { fromDriver, toStoreError } from "../../src/connection/SqlFailure.ts"
import { layerPostgres, type PostgresOptions } from "../../src/effect.ts"
import { migrate } from "../../src/inventory/inventoryTables.ts"
import {
  connectedTo,
  databases,
  engineAt,
  engineOver,
  unmigrated,
  untilWaiting
} from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** Each SQLSTATE and the reason that callers are given. */
const reasons: ReadonlyArray<readonly [state: string, reason: string, isRetryable: boolean]> = [
  ["40001", "Busy", true],
  ["40P01", "Busy", true],
  ["55P03", "Busy", true],
  ["23505", "Busy", true],
  ["HF001", "Busy", true],
  ["57014", "TimedOut", true],
  ["08006", "Unavailable", true],
  ["57P01", "Unavailable", true],
  ["57P02", "Unavailable", true],
  ["57P03", "Unavailable", true],
  ["57P05", "Unavailable", true],
  ["25P03", "Unavailable", true],
  ["25P04", "Unavailable", true],
  ["53300", "Unavailable", true],
  ["53100", "Unavailable", true],
  ["58030", "Unavailable", true],
  ["XX001", "Unavailable", true],
  ["28P01", "Unavailable", true],
  ["28000", "Unavailable", true],
  ["3D000", "Unavailable", true],
  ["42501", "Unavailable", true],
  ["25006", "Unavailable", true],
  ["42P01", "Unavailable", true],
  ["42703", "Unavailable", true],
  ["3F000", "Unavailable", true],
  ["26000", "Unavailable", true],
  ["42P05", "Unavailable", true],
  ["22001", "Rejected", false],
  ["22003", "Rejected", false],
  ["22021", "Rejected", false],
  ["22P02", "Rejected", false],
  ["23502", "Rejected", false],
  ["23503", "Rejected", false],
  ["23514", "Rejected", false],
  ["42601", "Rejected", false],
  ["HF002", "Rejected", false]
]

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live("gives each class of SQLSTATE the reason that is promised", () =>
      Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        const found = yield* Effect.forEach(reasons, ([state]) =>
          pool
            .use((session) =>
              session.query(
                `do $$ begin raise exception 'seen' using errcode = '${state}'; end $$`,
                [],
                false
              )
            )
            .pipe(
              Effect.flip,
              Effect.map((error) => {
                const { isRetryable, reason } = toStoreError(fromDriver(error))
                return [state, reason, isRetryable] as const
              })
            )
        )
        expect(found).toEqual(reasons)
      }).pipe(Effect.provide(sessions))
    )

    it.live("fails the one poisoned command of 500 alone, and commits the others", () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const pool = yield* PgPool.PgPool
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 1_000 })
        yield* pool.use((session) =>
          session.query(
            `alter table inventory.reservations
               add constraint poison check (order_id <> 'order-77' and order_id <> 'order-400')`,
            [],
            false
          )
        )
        const exits = yield* Effect.forEach(
          Array.from({ length: 500 }, (_, n) => n),
          (n) =>
            Effect.exit(
              inventory.reserve({ orderId: `order-${n}`, lines: [{ skuId: "a", quantity: 1 }] })
            ),
          { concurrency: "unbounded" }
        )
        const failed = exits.flatMap((exit, n) => (Exit.isFailure(exit) ? [n] : []))
        expect(failed).toEqual([77, 400])
        const error = yield* Effect.flip(
          inventory.reserve({ orderId: "order-77", lines: [{ skuId: "a", quantity: 1 }] })
        )
        expect(error).toMatchObject({ _tag: "StoreError", reason: "Rejected" })
        const [stock] = yield* (yield* StockReads).stock([SkuId.make("a")])
        expect(stock?.levels[0]?.level.reservedQuantity).toBe(498)
        expect(yield* reconcile()).toMatchObject({ accuracy: 1 })
      }).pipe(Effect.provide(engineOver(sessions)))
    )
  })
}

/** An engine with settings of its own over a database with one SKU of five units, `a`, and `b`. */
const engineWith = Effect.fnUntraced(function* (settings: PostgresOptions["settings"] = {}) {
  const url = yield* scopedDatabase()
  const engine = engineAt(url, { postgres: { settings } })
  yield* Effect.provide(
    Effect.flatMap(Inventory, (inventory) =>
      Effect.forEach(["a", "b"], (skuId) =>
        inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 5 })
      )
    ),
    engine
  )
  return { url, engine, sql: yield* connectedTo(url), other: yield* connectedTo(url) }
})

const reserve = (...skuIds: ReadonlyArray<string>) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.reserve({
      orderId: "o",
      lines: skuIds.map((skuId) => ({ skuId, quantity: 1 }))
    })
  )

const lockRow = (skuId: string) =>
  `select 1 from inventory.inventory where sku_id = '${skuId}' for update`

describePostgres(18, "when another transaction is in the way", () => {
  it.live("a lock that is not given up in time makes the store busy, and nothing is written", () =>
    Effect.gen(function* () {
      const { engine, other, sql } = yield* engineWith({ lock_timeout: "30ms" })
      yield* other("begin")
      yield* other(lockRow("a"))
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(reserve("a"))
        expect(error).toMatchObject({ _tag: "StoreError", reason: "Busy" })
        expect((error as { isRetryable?: boolean }).isRetryable).toBe(true)
        // A neighbour is not held up.
        expect((yield* reserve("b")).length).toBe(1)
        yield* other("rollback")
        expect((yield* reserve("a")).length).toBe(1)
      }).pipe(Effect.provide(engine))
      expect(yield* sql("select count(*)::int4 from inventory.reservations")).toEqual([
        { count: 2 }
      ])
    }).pipe(Effect.scoped)
  )

  it.live("a statement that takes too long ends, and says so", () =>
    Effect.gen(function* () {
      const { engine, other } = yield* engineWith({
        lock_timeout: "0",
        statement_timeout: "100ms"
      })
      yield* other("begin")
      yield* other(lockRow("a"))
      const error = yield* Effect.flip(Effect.provide(reserve("a"), engine))
      expect(error).toMatchObject({ _tag: "StoreError", reason: "TimedOut" })
    }).pipe(Effect.scoped)
  )

  it.live("a deadlock is resolved by running the batch again", () =>
    Effect.gen(function* () {
      const { engine, other, sql } = yield* engineWith({ deadlock_timeout: "1s" })
      // Only the engine looks for deadlocks in time, so that it is the one that gives way.
      yield* other("set deadlock_timeout = '30s'")
      yield* other("begin")
      yield* other(lockRow("b"))
      const reserving = yield* Effect.forkChild(Effect.provide(reserve("a", "b"), engine))
      yield* untilWaiting(sql)
      // The engine holds this one and waits for the other: it is granted because the engine gave way.
      yield* other(lockRow("a"))
      yield* other("commit")
      expect((yield* Fiber.join(reserving)).length).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live("a session that an administrator ends is replaced, and the command goes on", () =>
    Effect.gen(function* () {
      const { engine, other, sql } = yield* engineWith()
      yield* other("begin")
      yield* other(lockRow("a"))
      const reserving = yield* Effect.forkChild(Effect.provide(reserve("a"), engine))
      yield* untilWaiting(sql)
      const ended = yield* sql(
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`
      )
      expect(ended).toEqual([{ ended: true }])
      yield* other("rollback")
      expect((yield* Fiber.join(reserving)).length).toBe(1)
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "when the server does not let the engine in", () => {
  it.live("says that it is unavailable, whatever the server's reason", () =>
    Effect.gen(function* () {
      const { sql, url } = yield* engineWith()
      const role = `limited_in_${new URL(url).pathname.slice(1)}`
      yield* Effect.acquireRelease(sql(`create role ${role} login connection limit 0`), () =>
        Effect.orDie(sql(`drop role ${role}`))
      )
      const as = (change: (url: URL) => void) => {
        const changed = new URL(url)
        change(changed)
        return changed.href
      }
      const doors: ReadonlyArray<readonly [string, PostgresOptions]> = [
        ["53300 too many connections", { url: as((it) => (it.username = role)) }],
        ["28000 no such role", { url: as((it) => (it.username = "nobody_at_all")) }],
        ["3D000 no such database", { url: as((it) => (it.pathname = "/nowhere_at_all")) }],
        ["nobody listens", { url: as((it) => (it.port = "1")) }],
        ["25006 read-only", { url, settings: { default_transaction_read_only: "on" } }]
      ]
      for (const [what, door] of doors) {
        const error = yield* Effect.flip(Effect.provide(reserve("a"), unmigrated(door)))
        expect([what, error]).toMatchObject([what, { _tag: "StoreError", reason: "Unavailable" }])
        expect((error as { isRetryable?: boolean }).isRetryable).toBe(true)
      }
    }).pipe(Effect.scoped)
  )

  it.live("says so at a migration, too", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provide(
          migrate("inventory"),
          layerPostgres({ url: "postgres://postgres@127.0.0.1:1/any" })
        )
      )
      expect(error).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
    })
  )
})
