/**
 * Bringing a schema up to date: once, whoever comes first; never over what somebody changed; with
 * partitions made before they are due and without stopping those who write meanwhile.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { Inventory, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import {
  diagnose,
  ensurePartitions,
  layerMigrations,
  layerPostgres,
  layerStorage
} from "../../src/effect.ts"
import { migrate } from "../../src/inventory/inventoryTables.ts"
import { migrations } from "../../src/inventory/migrations/migrations.ts"
import { connectedTo, engineAt, until, untilWaiting } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const ids = migrations.map(({ id }) => id)

for (const version of [18, 15] as const) {
  describePostgres(version, `migrations on PostgreSQL ${version}`, () => {
    it.live("applies each migration once when five start on an empty database together", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        const came = yield* Effect.forEach(
          [1, 2, 3, 4, 5],
          () =>
            // A pool of its own each, as five processes have.
            Effect.provide(migrate("inventory"), layerPostgres({ url, maxConnections: 1 })),
          { concurrency: "unbounded" }
        )
        const applied = came.map((one) => one.migrations.map(({ id }) => id))
        expect(applied.filter((list) => list.length > 0)).toEqual([ids])
        const made = came.flatMap((one) => one.partitions)
        expect(new Set(made).size).toBe(made.length)
      })
    )
  })
}

describePostgres(18, "migrations", () => {
  it.live("refuses a schema whose migration is not the one that was applied", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sessions = layerPostgres({ url })
      yield* Effect.provide(migrate("inventory"), sessions)
      const sql = yield* connectedTo(url)
      yield* sql("update inventory.migrations set checksum = 'another' where id = 1")
      const error = yield* Effect.flip(Effect.provide(migrate("inventory"), sessions))
      expect(error).toMatchObject({
        _tag: "MigrationError",
        reason: "Changed",
        message:
          "migration 1 of schema inventory is not the one that was applied: the schema belongs to " +
          "another context, so give this one a schema of its own; or if you changed the migration, restore its text"
      })
    })
  )

  it.live("refuses a schema that a newer version made", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sessions = layerPostgres({ url })
      yield* Effect.provide(migrate("inventory"), sessions)
      const sql = yield* connectedTo(url)
      yield* sql("insert into inventory.migrations (id, name, checksum) values (999, 'next', 'x')")
      const error = yield* Effect.flip(Effect.provide(migrate("inventory"), sessions))
      expect(error).toMatchObject({
        _tag: "MigrationError",
        reason: "Newer",
        message: `schema inventory has migration 999, this version knows up to ${ids.at(-1)}: upgrade Holdfast`
      })
    })
  )

  it.live("waits for a migration beside it for longer than for any row", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      const other = yield* connectedTo(url)
      yield* other("begin")
      yield* other("select pg_advisory_xact_lock(hashtextextended('inventory/migrate', 0))")
      const settings = { lock_timeout: "20ms" }
      const migrating = yield* Effect.forkChild(
        Effect.provide(migrate("inventory"), layerPostgres({ url, settings }))
      )
      yield* until(
        Effect.map(
          sql(`select 1 from pg_stat_activity where datname = current_database()
            and wait_event_type = 'Lock' and clock_timestamp() > query_start + interval '100 ms'`),
          (rows) => rows.length === 1
        )
      )
      yield* other("commit")
      expect((yield* Fiber.join(migrating)).migrations.map(({ id }) => id)).toEqual(ids)
    })
  )

  it.live("brings the promise limits of an older schema to the shortfalls", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sessions = layerPostgres({ url })
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const sku = { code: "A", name: "a", initialStock: 3, backorderLimit: 5 }
        yield* inventory.registerSku({ skuId: "a", ...sku })
        yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 5 }] })
        yield* inventory.registerSku({ skuId: "b", ...sku, code: "B" })
      }).pipe(Effect.provide(engineAt(url)))
      yield* sql("update inventory.inventory set promise_limit = 5")
      yield* sql("delete from inventory.migrations where id = 2")
      const { migrations: applied } = yield* Effect.provide(migrate("inventory"), sessions)
      expect(applied).toEqual([{ id: 2, name: "promise_limits" }])
      const limits = yield* sql(
        "select sku_id::text, promise_limit::float8 from inventory.inventory order by sku_id"
      )
      expect(limits).toEqual([
        { sku_id: "a", promise_limit: 2 },
        { sku_id: "b", promise_limit: 0 }
      ])
    })
  )

  it.live("leaves nothing behind when a migration fails", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* sql("create schema inventory")
      yield* sql("create table inventory.receipts (of text)")
      const error = yield* Effect.flip(Effect.provide(migrate("inventory"), layerPostgres({ url })))
      expect(error).toMatchObject({ _tag: "MigrationError", reason: "Failed" })
      expect(error.message).toContain("is unchanged")
      const tables = yield* sql(
        "select tablename::text as name from pg_tables where schemaname = 'inventory'"
      )
      expect(tables).toEqual([{ name: "receipts" }])
    })
  )

  it.live("keeps two schemas of one database apart, and refuses a name that is none", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      for (const schema of ["north", "south"]) {
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          const reads = yield* StockReads
          yield* inventory.registerSku({ skuId: "a", code: "A", name: schema, initialStock: 1 })
          expect((yield* reads.sku(SkuId.make("a")))?.name).toBe(schema)
          expect((yield* reads.events(0, 10)).map(({ position }) => position)).toEqual([1, 2, 3])
        }).pipe(Effect.provide(engineAt(url, { storage: { schema } })))
      }
      for (const schema of ["", "Upper", "a b", "x; drop table skus", "1st", "a".repeat(52)]) {
        const error = yield* Effect.flip(
          Effect.scoped(
            Layer.build(
              Layer.provide(
                Layer.merge(layerMigrations({ schema }), layerStorage({ schema })),
                layerPostgres({ url })
              )
            )
          )
        )
        expect(error).toMatchObject({ _tag: "MigrationError", reason: "InvalidSchemaName" })
      }
    })
  )

  it.live("serves a role that may not create anything", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.provide(migrate("inventory"), layerPostgres({ url }))
      const sql = yield* connectedTo(url)
      const role = `clerk_of_${new URL(url).pathname.slice(1)}`
      yield* Effect.acquireRelease(sql(`create role ${role} login`), () =>
        Effect.orDie(Effect.andThen(sql(`drop owned by ${role}`), sql(`drop role ${role}`)))
      )
      yield* sql(`grant usage on schema inventory to ${role}`)
      yield* sql(`grant select, insert, update on all tables in schema inventory to ${role}`)
      yield* sql(`grant usage on all sequences in schema inventory to ${role}`)
      const asRole = new URL(url)
      asRole.username = role
      const sessions = layerPostgres({ url: asRole.href })
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 2 })
        const [hold] = yield* inventory.reserve(
          { orderId: "o", lines: [{ skuId: "a", quantity: 1 }], replace: true },
          { idempotencyKey: "once" }
        )
        yield* inventory.confirm({ reservationId: hold?.id ?? "" })
        yield* inventory.fulfil({ reservationId: hold?.id ?? "" })
        const reads = yield* StockReads
        expect((yield* reads.stock([SkuId.make("a")]))[0]?.levels[0]?.level.totalQuantity).toBe(1)
        expect((yield* reads.events(0, 100)).length).toBeGreaterThan(4)
        const pool = yield* PgPool.PgPool
        const error = yield* Effect.flip(
          pool.use((session) => session.query("create table inventory.mine (id int)"))
        )
        expect(error.reason._tag).toBe("AuthorizationError")
      }).pipe(
        Effect.provide(
          Inventory.layer().pipe(Layer.provideMerge(layerStorage()), Layer.provideMerge(sessions))
        )
      )
    }).pipe(Effect.scoped)
  )
})

/** Takes the newest month of the ledger away, and lets the log stand in its third range. */
const partitionsAreDue = [
  `do $$ declare newest text; begin
     select max(c.relname) into newest from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'inventory.stock_movements'::regclass and c.relname ~ '[0-9]$';
     execute 'drop table inventory.' || newest;
   end $$`,
  "select setval('inventory.event_positions', 25000000)"
]

describePostgres(18, "partitions", () => {
  it.live("are made three ahead, once", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const { partitions } = yield* migrate("inventory")
        const month = (later: number) => {
          const now = new Date()
          const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later, 1))
          return `stock_movements_${start.toISOString().slice(0, 7).replace("-", "_")}`
        }
        const months = [0, 1, 2, 3].map(month)
        expect([...partitions].sort()).toEqual(
          ["events_000000", "events_000001", "events_000002", "events_000003", ...months].sort()
        )
        expect(yield* ensurePartitions("inventory")).toEqual([])
        const sql = yield* connectedTo(url)
        for (const statement of partitionsAreDue) yield* sql(statement)
        expect(yield* ensurePartitions("inventory")).toEqual([
          "events_000004",
          months[3],
          "events_000005"
        ])
        expect(yield* ensurePartitions("inventory")).toEqual([])
      }).pipe(Effect.provide(layerPostgres({ url })))
    })
  )

  it.live("are attached beside a transaction that has written, which then commits", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 5 })
        const sql = yield* connectedTo(url)
        for (const statement of partitionsAreDue) yield* sql(statement)
        const writer = yield* connectedTo(url)
        yield* writer("begin")
        yield* writer("update inventory.inventory set version = version")
        yield* writer(`insert into inventory.stock_movements (id, sku_id, location_id, sequence,
          type, quantity, balance_after, created_at)
          values (gen_random_uuid(), 'a', 'default', 2, 'RECEIPT', 0, 5, now())`)
        yield* writer(`insert into inventory.events (position, event_id, event_type, aggregate_id,
          version, "timestamp", command_id, payload)
          values (nextval('inventory.event_positions'), gen_random_uuid(), 'any', 'a', 9, now(),
            gen_random_uuid(), '{}')`)
        expect((yield* ensurePartitions("inventory")).length).toBe(3)
        yield* writer("commit")
      }).pipe(Effect.provide(engineAt(url)))
    })
  )

  it.live("let commands through while they wait to be attached", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 5 })
        const sql = yield* connectedTo(url)
        for (const statement of partitionsAreDue) yield* sql(statement)
        // A backup reads every table and keeps its locks to the end.
        const backup = yield* connectedTo(url)
        yield* backup("begin")
        yield* backup("select 1 from inventory.events_default")
        yield* backup("select 1 from inventory.stock_movements_default")
        const attaching = yield* Effect.forkChild(ensurePartitions("inventory"))
        yield* untilWaiting(sql)
        yield* inventory.receive({ skuId: "a", quantity: 1 })
        yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 6 }] })
        yield* backup("commit")
        expect((yield* Fiber.join(attaching)).length).toBe(3)
      }).pipe(Effect.provide(engineAt(url)))
    })
  )

  it.live("that come too late leave their rows to the DEFAULT one, and stop nothing", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        const sql = yield* connectedTo(url)
        const partitions = yield* sql(
          `select c.relname::text as name from pg_class c where c.relispartition
             and c.relnamespace = 'inventory'::regnamespace and c.relkind = 'r'
             and c.relname ~ '[0-9]$'`
        )
        for (const { name } of partitions) yield* sql(`drop table inventory.${String(name)}`)
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 5 })
        const inDefault = yield* sql(
          `select (select count(*)::int4 from inventory.stock_movements_default) as movements,
             (select count(*)::int4 from inventory.events_default) as events`
        )
        expect(inDefault).toEqual([{ movements: 1, events: 3 }])
        const found = yield* diagnose()
        expect(found.tables?.defaultRows).toEqual({ stockMovements: 1, events: 3 })
        const made = yield* ensurePartitions("inventory")
        expect(made.length).toBe(6)
        yield* inventory.receive({ skuId: "a", quantity: 1 })
        expect((yield* reads.events(0, 10)).length).toBe(4)
        const movements = yield* reads.movements({
          skuId: SkuId.make("a"),
          before: null,
          limit: 10
        })
        expect(movements.map((movement) => movement.balanceAfter)).toEqual([6, 5])
        expect(yield* ensurePartitions("inventory")).toEqual([])
      }).pipe(Effect.provide(engineAt(url)))
    })
  )
})
