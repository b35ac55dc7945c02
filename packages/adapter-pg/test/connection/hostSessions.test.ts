import * as PgPool from "@effect/sql-pg/PgPool"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { HostPool, HostPoolClient } from "../../src/connection/HostPool.ts"
import { layerHostPool } from "../../src/connection/hostSessions.ts"

/** A pool that lends when the test says so, and what became of its connection. */
const heldPool = () => {
  const lent = Promise.withResolvers<HostPoolClient>()
  const asked = Promise.withResolvers<void>()
  const returned: Array<boolean | undefined> = []
  const sent: Array<unknown> = []
  const client: HostPoolClient = {
    query: (query) => {
      sent.push([query.text, query.values])
      return Promise.resolve({ rows: [] })
    },
    release: (destroy) => void returned.push(destroy),
    on: () => undefined,
    off: () => undefined
  }
  const pool: HostPool = {
    connect: () => {
      asked.resolve()
      return lent.promise
    }
  }
  return { pool, asked: asked.promise, lend: () => lent.resolve(client), returned, sent }
}

describe("sessions on a host's pool", () => {
  it.live("send nothing after a statement that the server did not answer, not even COMMIT", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const returned: Array<boolean | undefined> = []
      const pool: HostPool = {
        connect: () =>
          Promise.resolve({
            query: ({ text }) => {
              sent.push(text)
              return text.startsWith("insert")
                ? Promise.reject(new Error("Query read timeout"))
                : Promise.resolve({ rows: [] })
            },
            release: (destroy) => void returned.push(destroy),
            on: () => undefined,
            off: () => undefined
          })
      }
      const ends = yield* Effect.gen(function* () {
        const sessions = yield* PgPool.PgPool
        return yield* sessions.use((session) =>
          Effect.forEach(
            ["begin", "insert into a", "insert into b", "commit"],
            (text) => Effect.exit(session.query(text)),
            { concurrency: "unbounded" }
          )
        )
      }).pipe(Effect.provide(layerHostPool(pool)))
      assert.deepStrictEqual(
        ends.map((end) => end._tag),
        ["Success", "Failure", "Failure", "Failure"]
      )
      assert.deepStrictEqual(sent, ["begin", "insert into a"])
      assert.deepStrictEqual(returned, [true])
    })
  )

  it.live("give a connection straight back that comes when nobody waits for it any more", () =>
    Effect.gen(function* () {
      const { asked, lend, pool, returned } = heldPool()
      yield* Effect.gen(function* () {
        const sessions = yield* PgPool.PgPool
        const waiting = yield* Effect.forkChild(sessions.use(() => Effect.void))
        yield* Effect.promise(() => asked)
        yield* Fiber.interrupt(waiting)
        assert.deepStrictEqual(returned, [])
        lend()
        while (returned.length === 0) yield* Effect.yieldNow
        assert.deepStrictEqual(returned, [undefined])
      }).pipe(Effect.provide(layerHostPool(pool)))
    })
  )

  it.live("close a connection that cannot be trusted, and keep one that can", () =>
    Effect.gen(function* () {
      const { lend, pool, returned, sent } = heldPool()
      lend()
      yield* Effect.gen(function* () {
        const sessions = yield* PgPool.PgPool
        yield* sessions.use((session) => session.query("select $1", [new Date(0)]))
        yield* sessions.use((session) => sessions.invalidate(session))
        assert.deepStrictEqual(returned, [false, true])
        assert.deepStrictEqual(sent, [["select $1", ["1970-01-01T00:00:00.000Z"]]])
      }).pipe(Effect.provide(layerHostPool(pool)))
    })
  )
})
