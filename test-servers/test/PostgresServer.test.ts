import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { scopedDatabase, scopedPostgres } from "../src/index.ts"
import { describePostgres } from "../src/suites/describePostgres.ts"
import { silence } from "./silence.ts"

const values = (url: string, sql: string) =>
  Effect.scoped(
    Effect.flatMap(PgConnection.make({ url: Redacted.make(url) }), (session) =>
      session.queryValues(sql)
    )
  )

for (const version of [18, 15] as const) {
  describePostgres(version, `a PostgreSQL ${version} server`, () => {
    it.live("is the version that was asked for, in UTF-8 and without fsync", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        const [row] = yield* values(
          url,
          `select current_setting('server_version_num')::int / 10000,
            current_setting('server_encoding'), current_setting('fsync')`
        )
        assert.deepStrictEqual(row, [version, "UTF8", "off"])
      })
    )

    it.live("gives each test an empty database of its own, on the same server", () =>
      Effect.gen(function* () {
        const first = yield* scopedDatabase({ version })
        const second = yield* scopedDatabase({ version })
        yield* values(first, "create table mine ()")
        assert.deepStrictEqual(yield* values(second, "select to_regclass('mine')::text"), [[null]])
        assert.notStrictEqual(new URL(first).pathname, new URL(second).pathname)
        assert.strictEqual(new URL(first).port, new URL(second).port)
      })
    )

    it.live("keeps what was committed through a kill -9, on the same port", () =>
      Effect.gen(function* () {
        const server = yield* scopedPostgres({ version, fsync: true })
        yield* values(server.url(), "create table kept as select 42 as answer")
        yield* Effect.promise(server.kill9)
        const error = yield* Effect.flip(values(server.url(), "select 1"))
        assert.strictEqual(error.reason._tag, "ConnectionError")
        yield* Effect.promise(server.restart)
        assert.deepStrictEqual(yield* values(server.url(), "select answer from kept"), [[42]])
        assert.deepStrictEqual(yield* values(server.url(), "show fsync"), [["on"]])
      })
    )
  })
}

describePostgres(18, "a PostgreSQL server on a leash", () => {
  it.live("ends when the process that started it is killed", () =>
    Effect.gen(function* () {
      const script = fileURLToPath(new URL("holdPostgres.ts", import.meta.url))
      const holder = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] })
      yield* Effect.promise(async () => {
        const url = await new Promise<string>((resolve) => {
          holder.stdout.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()))
        })
        holder.kill("SIGKILL")
        await silence(Number(new URL(url).port))
      })
    })
  )
})
