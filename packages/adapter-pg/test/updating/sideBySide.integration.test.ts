/** Two releases on one database: what each may do while the other runs. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { layerPostgres } from "../../src/effect.ts"
import { migrateSteps, migrateTables } from "../../src/schema/migrate.ts"
import { layerPresenceOf } from "../../src/schema/presence/presence.ts"
import { makeSchemaGate } from "../../src/schema/schemaCheck.ts"
import { readServers } from "../../src/schema/statements/servers.ts"
import { connectedTo, until, untilWaiting } from "../engines.ts"
import { contracts, expands, first, tablesOf } from "./worldOfUpdates.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const schema = "shop"
const older = [first]
const newer = [first, expands]
const newest = [first, expands, contracts]

const presence = {
  serverId: "0199c0de-1111-7000-8000-00000000000a",
  name: "host-a:1",
  release: "0.1.0",
  lanes: 3,
  connections: 12,
  isPooled: false
}

/** Whether a release that knows these migrations serves. */
const serves = (migrations: typeof older) =>
  Effect.flatMap(PgPool.PgPool, (pool) =>
    Effect.match(makeSchemaGate(pool, schema, migrations, {})(Effect.succeed("served")), {
      onSuccess: (answer) => answer,
      onFailure: ({ message }) => message
    })
  )

describePostgres(18, "two releases on one database", () => {
  it.live("the earlier one starts and serves beside a step that only adds", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        yield* migrateTables(tablesOf(newer), schema)
        expect(yield* serves(older)).toBe("served")
        expect(yield* migrateSteps(older, schema)).toEqual([])
        expect(yield* serves(newer)).toBe("served")
        yield* migrateTables(tablesOf(newest), schema)
        expect(yield* serves(newer)).toBe("served")
        expect(yield* serves(older)).toBe(
          "schema shop has migration 3, this version knows up to 1: upgrade Holdfast"
        )
        expect(yield* Effect.flip(migrateSteps(older, schema))).toMatchObject({ reason: "Newer" })
      }).pipe(Effect.provide(layerPostgres({ url })))
    })
  )

  it.live("what a release of before this rule applied is for those alone who know it", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* migrateTables(tablesOf(newer), schema)
        yield* sql("alter table shop.migrations drop column works_from")
        expect(yield* serves(newer)).toBe("served")
        expect(yield* serves(older)).toContain("has migration 2, this version knows up to 1")
        yield* migrateTables(tablesOf(newest), schema)
        expect(
          yield* sql("select id::text, works_from::text from shop.migrations order by id")
        ).toEqual([
          { id: "1", works_from: null },
          { id: "2", works_from: null },
          { id: "3", works_from: "2" }
        ])
      }).pipe(Effect.provide(layerPostgres({ url })))
    })
  )

  it.live(
    "a step that would break a server that runs is refused by its name, until it has ended",
    () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const sessions = layerPostgres({ url })
        const sql = yield* connectedTo(url)
        const upTo = (migrations: typeof older) =>
          Effect.provide(migrateTables(tablesOf(migrations), schema), sessions)
        yield* upTo(older)
        const running = Layer.provide(layerPresenceOf(tablesOf(older), schema, presence), sessions)
        yield* Effect.gen(function* () {
          yield* Layer.build(running)
          expect((yield* upTo(newer)).migrations).toEqual([{ id: 2, name: "colours" }])
          const error = yield* Effect.flip(upTo(newest))
          expect(error).toMatchObject({
            _tag: "MigrationError",
            reason: "InUse",
            message:
              "migration 3 of schema shop needs servers that know migration 2, and host-a:1 of release 0.1.0 knows " +
              "them up to 1: bring all servers to a release between the two first, or stop them (one that was killed " +
              "counts for a minute)"
          })
          expect(yield* sql("select label from shop.things")).toEqual([])
        }).pipe(Effect.scoped)
        // It took its note with it.
        expect(yield* sql("select * from shop.servers")).toEqual([])
        expect((yield* upTo(newest)).migrations).toEqual([{ id: 3, name: "no_labels" }])
      })
  )

  it.live("a server that a migration overtakes as it starts is told, and takes no note", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const [sql, migrating] = [yield* connectedTo(url), yield* connectedTo(url)]
      yield* Effect.gen(function* () {
        yield* migrateTables(tablesOf(newer), schema)
        const starts = (migrations: typeof older) =>
          Effect.scoped(Layer.build(layerPresenceOf(tablesOf(migrations), schema, presence)))
        // It has found the tables fit, and has not noted itself yet.
        expect(yield* serves(older)).toBe("served")
        yield* migrating("begin")
        yield* migrating(
          `select pg_advisory_xact_lock(hashtextextended('${schema}/migrate', 0))::text`
        )
        expect(yield* Effect.flip(starts(older))).toMatchObject({
          _tag: "StoreError",
          message: "schema shop is being migrated; try again shortly"
        })
        yield* migrating("commit")
        yield* starts(older)
        yield* migrateTables(tablesOf(newest), schema)
        expect(yield* Effect.flip(starts(older))).toMatchObject({
          _tag: "MigrationError",
          reason: "Newer"
        })
        expect(yield* sql("select name from shop.servers")).toEqual([])
        yield* starts(newer)
      }).pipe(Effect.provide(layerPostgres({ url })))
    })
  )

  it.live("a server that was killed counts for a minute, and is forgotten after an hour", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* migrateTables(tablesOf(older), schema)
        for (const [name, age] of [
          ["fresh", "59 seconds"],
          ["stale", "61 seconds"],
          ["ancient", "61 minutes"]
        ]) {
          yield* sql(
            `insert into shop.servers values (gen_random_uuid(), '${name}', '0.1.0', 1, 3, 12, false, now(), now() - interval '${age}')`
          )
        }
        const counted = yield* sql(readServers(schema).sql)
        expect(counted.map((row) => row["name"])).toEqual(["fresh"])
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Layer.build(layerPresenceOf(tablesOf(older), schema, presence))
            const left = yield* sql("select name::text as name from shop.servers order by name")
            expect(left.map(({ name }) => name)).toEqual(["fresh", "host-a:1", "stale"])
          })
        )
      }).pipe(Effect.provide(layerPostgres({ url })))
    })
  )
})

describePostgres(18, "a migration and a table that somebody else holds", () => {
  it.live("waits for it shortly and again, so that nobody waits long behind it", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sessions = layerPostgres({ url })
      yield* Effect.provide(migrateTables(tablesOf(older), schema), sessions)
      const [sql, holder, reader] = [
        yield* connectedTo(url),
        yield* connectedTo(url),
        yield* connectedTo(url)
      ]
      yield* holder("begin")
      yield* holder("select * from shop.things")
      const migrating = yield* Effect.forkChild(
        Effect.provide(migrateTables(tablesOf(newer), schema), sessions)
      )
      yield* untilWaiting(sql)
      // Whoever comes behind it waits for the rest of its half second, and no longer.
      const begunAt = performance.now()
      expect(yield* reader("select * from shop.things")).toEqual([])
      const waited = performance.now() - begunAt
      // It has given up, and is not in the way.
      yield* until(
        Effect.map(
          sql(
            `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
          ),
          (rows) => rows.length === 0
        )
      )
      expect(waited).toBeLessThan(10_000)
      yield* untilWaiting(sql)
      yield* holder("commit")
      expect((yield* Fiber.join(migrating)).migrations).toEqual([{ id: 2, name: "colours" }])
    })
  )
})
