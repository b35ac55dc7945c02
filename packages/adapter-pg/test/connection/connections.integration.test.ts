/**
 * How an engine shares its connections, and how long it waits on one: a link that swallows answers,
 * an error followed by silence, and a storm of slow reads beside writers.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { Inventory, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase, scopedTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { query } from "../../src/connection/Query.ts"
import { withSession } from "../../src/connection/Session.ts"
import { toStoreError } from "../../src/connection/SqlFailure.ts"
import { layerPostgres } from "../../src/effect.ts"
import { connectedTo, engineAt, until, untilWaiting } from "../engines.ts"
import { scopedVanishingProxy } from "./vanishingProxy.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** How long an effect took, in milliseconds, by the clock of the process. */
const timed = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const startedAt = performance.now()
    return Effect.map(work, (answer) => ({ answer, millis: performance.now() - startedAt }))
  })

describePostgres(18, "a link that swallows every answer", () => {
  it.live("O5 answers within two seconds, holds one connection, and heals", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedTcpProxy(Number(new URL(url).port))
      yield* Effect.gen(function* () {
        const { ping } = yield* StockReads
        yield* ping
        const open = proxy.open()
        yield* Effect.promise(() => proxy.behave({ kind: "stall" }))
        const asked = yield* Effect.all(
          Array.from({ length: 20 }, () => timed(Effect.flip(ping))),
          { concurrency: "unbounded" }
        )
        for (const { answer, millis } of asked) {
          expect(answer).toMatchObject({ reason: "Unavailable" })
          expect(millis).toBeLessThan(2_500)
        }
        expect(proxy.open()).toBeLessThanOrEqual(open + 1)
        // A known failure is answered at once, while the question still runs.
        yield* Effect.flip(ping)
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        yield* until(Effect.isSuccess(ping))
      }).pipe(Effect.provide(engineAt(proxy.url(url))))
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "an error that is followed by silence", () => {
  it.live("B13 does not wait for the rollback beyond the time of an answer", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedVanishingProxy(Number(new URL(url).port))
      yield* Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        const failing = withSession(pool, { silenceMillisMax: 300 })((session) =>
          Effect.tapError(session.run([query("begin"), query("select 1 / 0")]), () =>
            Effect.sync(proxy.silence)
          )
        )
        const { answer, millis } = yield* timed(Effect.flip(failing))
        expect(answer.kind).toBe("Rejected")
        expect(millis).toBeLessThan(10_000)
        // The connection was dropped: the next borrower has another, without an open transaction.
        const [rows] = yield* withSession(pool, { silenceMillisMax: 10_000 })((session) =>
          session.run([query("select pg_current_xact_id_if_assigned()::text as id")])
        )
        expect(rows).toEqual([{ id: null }])
      }).pipe(
        Effect.provide(
          layerPostgres({
            url: proxy.url(url),
            maxConnections: 1,
            // Otherwise the server would end the wait, for another reason.
            settings: { idle_in_transaction_session_timeout: "0" }
          })
        )
      )
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "a COMMIT of a transaction that had failed", () => {
  it.live("fails, though the server answers it with success", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const committing = withSession(yield* PgPool.PgPool)((session) =>
          Effect.gen(function* () {
            yield* session.run([query("begin"), query("create table lost ()")])
            yield* Effect.ignore(session.run([query("select 1 / 0")]))
            return yield* session.run([query("commit")])
          })
        )
        const failure = yield* Effect.flip(committing)
        expect(toStoreError(failure)).toMatchObject({
          reason: "Unavailable",
          message: expect.stringContaining("loses prepared statements")
        })
      }).pipe(Effect.provide(layerPostgres({ url })))
      expect(yield* (yield* connectedTo(url))("select to_regclass('lost') as name")).toEqual([
        { name: null }
      ])
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "a storm of slow reads", () => {
  it.live(
    "B20 leaves writers their connections, and the question whether all is well another",
    () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const sql = yield* connectedTo(url)
        const slow = { lock_timeout: "0", statement_timeout: "0" }
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          const reads = yield* StockReads
          yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 10 })
          const [later] = yield* sql(`select max(relname)::text as name from pg_class
          where relname like 'stock_movements_2%' and relkind = 'r'`)
          // The ledger of all months cannot be read now, but that of this month can be written.
          yield* sql("begin")
          yield* sql(`lock table inventory.${String(later?.["name"])} in access exclusive mode`)
          const reading = yield* Effect.forEach(Array.from({ length: 40 }), () =>
            Effect.forkChild(reads.movements({ skuId: SkuId.make("a"), before: null, limit: 10 }))
          )
          yield* untilWaiting(yield* connectedTo(url))
          const lines = [{ skuId: "a", quantity: 1 }]
          const writing = Effect.forEach(["o1", "o2", "o3"], (orderId) =>
            inventory.reserve({ orderId, lines })
          )
          expect((yield* writing).flat()).toHaveLength(3)
          yield* reads.ping
          expect(reading.map((fiber) => fiber.pollUnsafe())).toEqual(reading.map(() => undefined))
          yield* sql("rollback")
          const pages = yield* Effect.forEach(reading, (fiber) => Fiber.join(fiber))
          expect(pages.every((page) => page.length === 1)).toBe(true)
        }).pipe(
          Effect.provide(
            engineAt(url, {
              postgres: { maxConnections: 4, settings: slow },
              storage: { lanes: 2 }
            })
          )
        )
      }).pipe(Effect.scoped)
  )
})
