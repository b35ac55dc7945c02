/** Indexes of big tables: built beside those who write, whole or not at all, and gone on with. */

import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { scopedDatabase, startPgbouncer } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { runQueries } from "../../src/connection/Session.ts"
import { toStoreError } from "../../src/connection/SqlFailure.ts"
import { layerPostgres } from "../../src/effect.ts"
import type { ContextTables } from "../../src/schema/ContextTables.ts"
import { buildIndexesOf, indexStandings } from "../../src/schema/indexes/buildIndexes.ts"
import { migrateTables } from "../../src/schema/migrate.ts"
import { connectedTo, freshPglite, until, untilWaiting } from "../engines.ts"
import { first, tablesOf } from "./worldOfUpdates.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const schema = "shop"
const ofThings = { name: "things_size", table: "things", on: "(size, thing_id)" }
const ofEvents = { name: "events_made", table: "events", on: '("timestamp")' }
const tables = tablesOf([first], [ofThings, ofEvents])

const standings = (of: ContextTables = tables) =>
  Effect.flatMap(PgPool.PgPool, (pool) => {
    const run = runQueries(pool)
    return indexStandings((queries) => Effect.mapError(run(queries), toStoreError), of, schema)
  })

const fillThings = `insert into shop.things select n, 'thing ' || n, n % 100 from generate_series(1, 5000) n`

describePostgres(18, "indexes of big tables", () => {
  it.live("are built once, on a table and on every partition, and those made later have them", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* migrateTables(tables, schema)
        yield* sql(fillThings)
        expect(yield* standings()).toEqual([
          { name: "things_size", isWhole: false, built: 0, parts: 1, share: null },
          // The four ranges that are made ahead, and the DEFAULT one.
          { name: "events_made", isWhole: false, built: 0, parts: 5, share: null }
        ])
        expect(yield* buildIndexesOf(tables, schema)).toEqual(["things_size", "events_made"])
        expect((yield* standings()).map(({ built, isWhole }) => [built, isWhole])).toEqual([
          [1, true],
          [5, true]
        ])
        expect(yield* buildIndexesOf(tables, schema)).toEqual([])
        yield* sql("select setval('shop.event_positions', 25000000)")
        expect((yield* migrateTables(tables, schema)).partitions.length).toBeGreaterThan(0)
        expect((yield* standings())[1]).toMatchObject({ isWhole: true })
        const plan = yield* sql(
          "explain select * from shop.things where size = 3 order by thing_id limit 1"
        )
        expect(JSON.stringify(plan)).toContain("things_size")
      }).pipe(Effect.provide(layerPostgres({ url })))
    })
  )

  it.live(
    "let others write meanwhile; one process builds, and one that was broken off is gone on with",
    () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const [sql, writer] = [yield* connectedTo(url), yield* connectedTo(url)]
        yield* Effect.gen(function* () {
          yield* migrateTables(tables, schema)
          yield* sql(fillThings)
          // A build waits for transactions that have written.
          yield* writer("begin")
          yield* writer("update shop.things set size = 7 where thing_id = 1")
          const building = yield* Effect.forkChild(Effect.exit(buildIndexesOf(tables, schema)))
          yield* untilWaiting(sql)
          expect(yield* buildIndexesOf(tables, schema)).toEqual([])
          yield* sql("update shop.things set size = 8 where thing_id = 2")
          // The process that builds is killed.
          yield* sql(
            `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and query like 'create index concurrently%'`
          )
          expect((yield* Fiber.join(building))._tag).toBe("Failure")
          yield* writer("commit")
          const broken = yield* sql(
            "select indisvalid as is_valid from pg_index where indexrelid = to_regclass('shop.things_size')"
          )
          expect(broken).toEqual([{ is_valid: false }])
          expect((yield* standings())[0]).toMatchObject({ isWhole: false, built: 0 })
          yield* until(Effect.map(buildIndexesOf(tables, schema), (built) => built.length === 2))
          expect((yield* standings()).every(({ isWhole }) => isWhole)).toBe(true)
          const [row] = yield* sql(
            "select count(*)::int4 as n from shop.things where size in (7, 8)"
          )
          expect(Number(row?.["n"])).toBeGreaterThan(1)
        }).pipe(Effect.provide(layerPostgres({ url })))
      })
  )
})

it.live("are built on an embedded database, where nobody else is", () =>
  Effect.gen(function* () {
    yield* migrateTables(tables, schema)
    expect(yield* buildIndexesOf(tables, schema)).toEqual(["things_size", "events_made"])
    expect((yield* standings()).every(({ isWhole }) => isWhole)).toBe(true)
    expect(yield* buildIndexesOf(tables, schema)).toEqual([])
  }).pipe(Effect.provide(freshPglite))
)

describeProgram("pgbouncer", "indexes behind a pooler", () => {
  it.live(
    "are built around it where there is a way, and left to a person where there is none",
    () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const pooler = yield* Effect.acquireRelease(
          Effect.promise(() => startPgbouncer(url)),
          (running) => Effect.promise(() => running[Symbol.asyncDispose]())
        )
        const pooled = { url: pooler.url(url), pooler: "transaction" } as const
        yield* Effect.gen(function* () {
          yield* migrateTables(tables, schema)
          expect(yield* buildIndexesOf(tables, schema)).toEqual([])
          expect((yield* standings()).some(({ isWhole }) => isWhole)).toBe(false)
        }).pipe(Effect.provide(layerPostgres(pooled)))
        const built = yield* Effect.provide(
          buildIndexesOf(tables, schema),
          layerPostgres({ ...pooled, directUrl: url })
        )
        expect(built).toEqual(["things_size", "events_made"])
      }).pipe(Effect.scoped)
  )
})
