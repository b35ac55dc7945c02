import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as PgPool from "@effect/sql-pg/PgPool"
import { assert, describe, it, layer } from "@effect/vitest"
import { keepOnLeash } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { sessionSettings } from "../../src/connection/sessionSettings.ts"
import { layerPglite } from "../../src/pglite/Pglite.ts"
import { upkeepOnce } from "../../src/pglite/pgliteUpkeep.ts"

const sqlState = (error: SqlError): unknown => (error.reason.cause as { code?: unknown }).code

layer(layerPglite({ memory: true }), { timeout: "30 seconds" })("PGlite in memory", (it) => {
  it.effect("decodes what the stores write and read", () =>
    Effect.gen(function* () {
      const pool = yield* PgPool.PgPool
      const instant = new Date("2026-02-03T04:05:06.789Z")
      const rows = yield* pool.use((session) =>
        session.query(
          "select * from unnest($1::text[], $2::int8[], $3::timestamptz[]) as row (id, quantity, at)",
          [
            ["a'\"\\,{}", "é🙂"],
            [1n, 9_007_199_254_740_991n],
            [instant, null]
          ]
        )
      )
      assert.deepStrictEqual(rows.rows, [
        { id: "a'\"\\,{}", quantity: 1n, at: instant },
        { id: "é🙂", quantity: 9_007_199_254_740_991n, at: null }
      ])
    })
  )

  it.effect("takes and gives a value of three megabytes", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const text = "x".repeat(3_000_000)
      const [row] = yield* sql<{ text: string }>`select ${text}::text as text`
      assert.strictEqual(row?.text, text)
    })
  )

  it.effect("has the session settings of a real server", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      for (const [name, value] of Object.entries(sessionSettings)) {
        const [row] = yield* sql.unsafe(`show ${name}`).values
        assert.strictEqual(row?.[0], value, name)
      }
    })
  )

  it.effect("rolls a transaction back when its effect fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table rolled_back (id int8 primary key)`
      const exit = yield* Effect.exit(
        sql.withTransaction(
          Effect.andThen(sql`insert into rolled_back values (1)`, Effect.fail("no"))
        )
      )
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(yield* sql`select * from rolled_back`, [])
    })
  )

  it.effect("names the constraint that a row breaks, and goes on", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create table checked (total int8 check (total >= 0))`
      const error = yield* Effect.flip(sql`insert into checked values (-1)`)
      assert.strictEqual(error.reason._tag, "ConstraintError")
      assert.strictEqual(sqlState(error), "23514")
      assert.deepStrictEqual(yield* sql`select 1 as one`, [{ one: 1 }])
    })
  )

  it.effect(
    "answers statements that arrive together in order, and a failed one poisons its transaction",
    () =>
      Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        const answers = yield* Effect.scoped(
          Effect.flatMap(pool.get, (session) =>
            Effect.all(
              [
                session.query("BEGIN"),
                session.query("select 1 as one"),
                session.query("select 1 / 0"),
                session.query("select 2"),
                session.query("COMMIT"),
                session.query("select 3 as three")
              ].map((answer) =>
                Effect.match(answer, { onFailure: sqlState, onSuccess: (it) => it.command })
              ),
              { concurrency: "unbounded" }
            )
          )
        )
        assert.deepStrictEqual(answers, ["BEGIN", "SELECT", "22012", "25P02", "ROLLBACK", "SELECT"])
      })
  )

  it.effect("ends the transaction that a broken session left open", () =>
    Effect.gen(function* () {
      const pool = yield* PgPool.PgPool
      yield* pool.use((session) => session.query("create table left_open (id int8)"))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const session = yield* pool.get
          yield* session.query("BEGIN")
          yield* session.query("insert into left_open values (1)")
          yield* pool.invalidate(session)
        })
      )
      const rows = yield* pool.use((session) => session.queryValues("select * from left_open"))
      assert.deepStrictEqual(rows, [])
    })
  )

  it.effect("vacuums the tables that were written", () =>
    Effect.gen(function* () {
      const pool = yield* PgPool.PgPool
      const query = (text: string) => pool.use((session) => session.query(text))
      yield* query(`create table worn (id int8 primary key, quantity int8)`)
      yield* query("insert into worn select id, 0 from generate_series(1, 5000) as id")
      yield* query("update worn set quantity = 1")
      yield* query("select pg_stat_force_next_flush()")
      yield* query("select 1")
      yield* upkeepOnce(pool)
      const { rows } = yield* query(
        "select vacuum_count from pg_stat_user_tables where relname = 'worn'"
      )
      assert.deepStrictEqual(rows, [{ vacuum_count: 1n }])
    })
  )
})

const newFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "holdfast-test-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A process on that folder, and the first line that it prints. */
const holder = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ process: ChildProcess; line: string }>((resolve) => {
          const script = fileURLToPath(new URL("holdFolder.ts", import.meta.url))
          const child = keepOnLeash(
            spawn(process.execPath, ["--conditions=@holdfast/source", script, folder], {
              stdio: ["ignore", "pipe", "inherit"]
            })
          )
          child.stdout.setEncoding("utf8").once("data", (line: string) => {
            resolve({ process: child, line: line.trim() })
          })
        })
    ),
    (it) => killed(it.process)
  )

const killed = (child: ChildProcess) =>
  Effect.promise(
    () =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once("exit", () => resolve())
        child.kill("SIGKILL")
      })
  )

const kept = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`select id from kept order by id`
})

describe("PGlite in a folder", () => {
  it.live("keeps its rows from one opening to the next", () =>
    Effect.gen(function* () {
      const folder = join(yield* newFolder, "made", "when missing")
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table kept (id int8 primary key)`
        yield* sql`insert into kept values (7)`
      }).pipe(Effect.provide(layerPglite({ folder })))
      const rows = yield* Effect.provide(kept, layerPglite({ folder }))
      assert.deepStrictEqual(rows, [{ id: 7n }])
    })
  )

  it.live("refuses a folder that this process has open already", () =>
    Effect.gen(function* () {
      const folder = yield* newFolder
      const error = yield* Effect.flip(
        Effect.provide(
          Effect.provide(SqlClient.SqlClient, layerPglite({ folder }), { local: true }),
          layerPglite({ folder }),
          { local: true }
        )
      )
      assert.strictEqual(error.reason, "FolderInUse")
    })
  )

  it.live(
    "refuses a folder that another process has open, says so, and opens it when that process was killed",
    () =>
      Effect.gen(function* () {
        const folder = yield* newFolder
        const first = yield* holder(folder)
        assert.strictEqual(first.line, "holding")

        const second = yield* holder(folder)
        assert.strictEqual(
          second.line,
          `refused: FolderInUse: the folder ${folder} is already open, in this process or in another one; ` +
            "close it there, or choose another folder"
        )
        yield* killed(first.process)
        const rows = yield* Effect.provide(kept, layerPglite({ folder }))
        assert.deepStrictEqual(rows, [{ id: 1n }, { id: 2n }, { id: 3n }])
      }),
    60_000
  )

  it.live("starts anew after a process died while it made the database", () =>
    Effect.gen(function* () {
      const folder = yield* newFolder
      mkdirSync(join(folder, "pgdata.new"))
      writeFileSync(join(folder, "pgdata.new", "PG_VERSION"), "18\n")
      const rows = yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select 1 as one`).pipe(
        Effect.provide(layerPglite({ folder }))
      )
      assert.deepStrictEqual(rows, [{ one: 1 }])
    })
  )

  it.live("says which folder cannot be used, and why", () =>
    Effect.gen(function* () {
      const file = join(yield* newFolder, "a-file")
      writeFileSync(file, "")
      const error = yield* Effect.flip(
        Effect.provide(SqlClient.SqlClient, layerPglite({ folder: file }))
      )
      assert.strictEqual(error.reason, "FolderUnusable")
      assert.include(error.message, file)
    })
  )
})
