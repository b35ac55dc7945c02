import { type AddressInfo, createServer, type Socket } from "node:net"
import * as PgPool from "@effect/sql-pg/PgPool"
import { assert, describe, it } from "@effect/vitest"
import { scopedDatabase, scopedPostgres, scopedTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { layerPostgres } from "../../src/connection/Postgres.ts"
import { fromDriver } from "../../src/connection/SqlFailure.ts"
import { sessionSettings } from "../../src/connection/sessionSettings.ts"

const one = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select 1 as one`)

/** A server that lets the client in and then never answers, and the first bytes that came after. */
const silentServer = Effect.acquireRelease(
  Effect.promise(async () => {
    const sockets = new Set<Socket>()
    let heard: (bytes: Buffer) => void = () => undefined
    const first = new Promise<Buffer>((resolve) => {
      heard = resolve
    })
    const authenticationOk = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])
    const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.once("data", () => {
        socket.once("data", heard)
        socket.write(Buffer.concat([authenticationOk, readyForQuery]))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    return { server, sockets, first, url: `postgres://somebody@127.0.0.1:${port}/any` }
  }),
  ({ server, sockets }) =>
    Effect.sync(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
)

describe("layerPostgres without a server", () => {
  it.live("sends statements that are submitted together without waiting for the first answer", () =>
    Effect.gen(function* () {
      const { first, url } = yield* silentServer
      yield* Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        const session = yield* pool.get
        yield* Effect.forkScoped(
          Effect.all(
            [session.query("BEGIN"), session.query("select 1"), session.query("select 2")],
            {
              concurrency: "unbounded"
            }
          )
        )
        const bytes = yield* Effect.promise(() => first)
        const statements = bytes.toString("latin1").match(/BEGIN|select \d/g)
        assert.deepStrictEqual(statements, ["BEGIN", "select 1", "select 2"])
      }).pipe(Effect.scoped, Effect.provide(layerPostgres({ url })))
    })
  )

  it.effect("opens without a server, and each statement says that it may be tried again", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(one)
      assert.strictEqual(error.reason._tag, "ConnectionError")
      assert.isTrue(error.isRetryable)
    }).pipe(Effect.provide(layerPostgres({ host: "127.0.0.1", port: 1, username: "any" })))
  )

  it.effect("refuses a URL that names no user, which no connection could be made with", () =>
    Effect.gen(function* () {
      const layer = layerPostgres({ url: "postgres://127.0.0.1:5432/shop" })
      const error = yield* Effect.flip(Effect.provide(SqlClient.SqlClient, layer))
      assert.strictEqual(error._tag, "StoreStartError")
      assert.include(error.message, "names no user; write postgres://user:password@host")
    })
  )

  it.effect("refuses a URL that it cannot use, and does not repeat its password", () =>
    Effect.gen(function* () {
      for (const url of ["mysql://me:secret@localhost/db", "me:secret@:not a url"]) {
        const error = yield* Effect.flip(
          Effect.provide(SqlClient.SqlClient, layerPostgres({ url }))
        )
        assert.strictEqual(error._tag, "StoreStartError")
        assert.notInclude(JSON.stringify(error), "secret")
      }
    })
  )
})

for (const version of [18, 15] as const) {
  describePostgres(version, `layerPostgres on PostgreSQL ${version}`, () => {
    it.live("has its settings in every session, and the caller's on top", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          for (const [name, value] of Object.entries({ ...sessionSettings, lock_timeout: "7s" })) {
            const [row] = yield* sql.unsafe(`show ${name}`).values
            assert.strictEqual(row?.[0], value, name)
          }
        }).pipe(Effect.provide(layerPostgres({ url, settings: { lock_timeout: "7s" } })))
      })
    )

    it.live("rolls a transaction back when its effect fails", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`create table rolled_back (id int8)`
          yield* Effect.exit(
            sql.withTransaction(
              Effect.andThen(sql`insert into rolled_back values (1)`, Effect.fail("no"))
            )
          )
          assert.deepStrictEqual(yield* sql`select * from rolled_back`, [])
        }).pipe(Effect.provide(layerPostgres({ url })))
      })
    )
  })
}

describePostgres(18, "layerPostgres when things break", () => {
  it.live("uses a server again that died and came back", () =>
    Effect.gen(function* () {
      const server = yield* scopedPostgres()
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* one, [{ one: 1 }])
        yield* Effect.promise(server.kill9)
        const error = yield* Effect.flip(one)
        assert.isTrue(error.isRetryable)
        yield* Effect.promise(server.restart)
        assert.deepStrictEqual(yield* one, [{ one: 1 }])
      }).pipe(Effect.provide(layerPostgres({ url: server.url() })))
    })
  )

  it.live("fails an attempt to connect that gets no answer in time", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedTcpProxy(Number(new URL(url).port))
      yield* Effect.promise(() => proxy.behave({ kind: "stall" }))
      const error = yield* Effect.flip(one).pipe(
        Effect.provide(layerPostgres({ url: proxy.url(url), connectTimeoutMillis: 100 }))
      )
      assert.strictEqual(error.reason._tag, "ConnectionError")
      assert.isTrue(error.isRetryable)
    })
  )

  it.live("frees the row of a client that went silent inside a transaction", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      // Long enough for the two statements below on a machine that is busy with other tests.
      const settings = { idle_in_transaction_session_timeout: "500ms" }
      yield* Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        yield* pool.use((session) => session.query("create table held as select 1 as id"))
        const silent = yield* pool.get
        yield* silent.query("BEGIN")
        yield* silent.query("select * from held for update")
        const rows = yield* pool.use((session) => session.query("select * from held for update"))
        assert.strictEqual(rows.rowCount, 1)
        const error = yield* Effect.flip(silent.query("select 1"))
        // 25P03, or no more than a closed connection when the client read that first.
        assert.strictEqual(fromDriver(error).kind, "Lost")
      }).pipe(Effect.scoped, Effect.provide(layerPostgres({ url, settings })))
    })
  )
})
