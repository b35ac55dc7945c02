/** A way around a pooler of transactions, for the few connections that are kept. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { scopedDatabase, startPgbouncer } from "@holdfast/test-servers"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { layerPostgres } from "../../src/effect.ts"
import { listening, signalOf } from "../../src/events/LogSignal.ts"
import { connectedTo, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const schema = "inventory"

describeProgram("pgbouncer", "behind PgBouncer, followers of events", () => {
  it.live("are woken over a connection around it, and look by themselves where there is none", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const pooler = yield* Effect.acquireRelease(
        Effect.promise(() => startPgbouncer(url)),
        (running) => Effect.promise(() => running[Symbol.asyncDispose]())
      )
      const pooled = { url: pooler.url(url), pooler: "transaction" } as const
      const sql = yield* connectedTo(url)
      const listeners = sql(
        `select 1 from pg_stat_activity where datname = current_database() and query ilike 'listen %'`
      )
      yield* Effect.gen(function* () {
        // It ends at once: there is nothing to listen on.
        yield* listening(yield* PgPool.PgPool, schema)
        expect(yield* listeners).toEqual([])
      }).pipe(Effect.provide(layerPostgres(pooled)))
      yield* Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        const appended = yield* signalOf(pool, schema).watchers.watch
        const follower = yield* Effect.forkChild(listening(pool, schema))
        // Woken when it begins to listen, for what was committed before.
        yield* appended
        yield* until(Effect.map(listeners, ({ length }) => length === 1))
        const woken = yield* Effect.forkChild(appended)
        yield* sql("notify holdfast_inventory")
        yield* Fiber.join(woken)
        yield* Fiber.interrupt(follower)
      }).pipe(Effect.scoped, Effect.provide(layerPostgres({ ...pooled, directUrl: url })))
    }).pipe(Effect.scoped)
  )
})

it.effect(
  "a way around without a pooler to go around is refused, and so is a URL that cannot be read",
  () =>
    Effect.gen(function* () {
      const url = "postgres://user@127.0.0.1:1/shop"
      const refusal = (options: Parameters<typeof layerPostgres>[0]) =>
        Effect.flip(Effect.scoped(Layer.build(layerPostgres(options))))
      expect(yield* refusal({ url, directUrl: url })).toMatchObject({
        reason: "InvalidOptions",
        message: "a direct URL is for a server behind a pooler: name its mode, too"
      })
      expect(
        yield* refusal({ url, pooler: "transaction", directUrl: "mysql://a/b" })
      ).toMatchObject({
        reason: "InvalidOptions",
        message: "a PostgreSQL URL starts with postgres://, not with mysql://"
      })
    })
)
