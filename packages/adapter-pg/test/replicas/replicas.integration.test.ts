/**
 * Questions on real standbys: who answers what, what is left out and comes back, and what a reader who
 * has seen a version gets.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { RequestIsCurrent, RequestMinVersions } from "@holdfast/core/caching"
import { mayLag } from "@holdfast/core/engine"
import { Inventory, InventoryQueries, StockReads } from "@holdfast/core/inventory"
import { type PostgresVersion, scopedReplicated, scopedTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { query } from "../../src/connection/Query.ts"
import { runReads } from "../../src/replicas/readRun.ts"
import { replicaStandings } from "../../src/replicas/standing.ts"
import { connectedTo, until } from "../engines.ts"
import {
  answeredByReplicas,
  asked,
  mug,
  readingFrom,
  receiveOne,
  states,
  untilStates,
  withMug
} from "./replicated.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** No replica is left out for its lag. */
const patient = { lagMillisMax: 600_000 }

const openedOn = Effect.fnUntraced(function* (version: PostgresVersion) {
  const { primary, standbys } = yield* scopedReplicated({ version })
  yield* withMug(primary)
  const [standby] = standbys
  if (standby === undefined) throw new Error("there is no standby")
  return { primary, standby }
})

const opened = openedOn(18)

const current = Effect.map(
  Effect.flatMap(StockReads, (reads) => reads.stock([mug])),
  ([stock]) => stock?.levels[0]?.level.totalQuantity
)

for (const version of [18, 15] as const) {
  describePostgres(version, `questions on a standby of PostgreSQL ${version}`, () => {
    it.live("answers a question from the standby, and decides on what the primary has", () =>
      Effect.gen(function* () {
        const { primary, standby } = yield* openedOn(version)
        yield* Effect.gen(function* () {
          yield* untilStates("IN")
          yield* until(Effect.map(asked, (total) => total === 100))
          yield* Effect.promise(standby.pauseReplay)
          yield* receiveOne(primary)
          const before = yield* answeredByReplicas
          expect(yield* asked).toBe(100)
          expect(yield* answeredByReplicas).toBe(before + 1)
          expect(yield* current).toBe(101)
          // Whoever wants to know what is there now asks for it.
          expect(yield* Effect.provideService(asked, RequestIsCurrent, true)).toBe(101)
          const queries = yield* InventoryQueries
          const lines = [{ skuId: mug, quantity: 101 }]
          expect(yield* queries.checkAvailability({ lines })).toMatchObject({ isAvailable: true })
          const inventory = yield* Inventory
          expect((yield* inventory.reserve({ orderId: "o1", lines })).length).toBe(1)
          expect(yield* answeredByReplicas).toBe(before + 1)
          // What this process wrote itself is seen here by its id, and by that of its order.
          const reserved = Effect.map(
            queries.stock({ skuId: mug }),
            (stock) => stock.reservedQuantity
          )
          expect(yield* reserved).toBe(101)
          expect((yield* queries.reservationsOfOrder({ orderId: "o1" })).items.length).toBe(1)
          expect((yield* queries.skus({})).items.length).toBe(1)
          expect(yield* answeredByReplicas).toBe(before + 2)
        }).pipe(Effect.provide(readingFrom(primary.url(), [standby], patient)))
      }).pipe(Effect.scoped)
    )
  })
}

describePostgres(18, "questions on a standby", () => {
  it.live("leaves a standby out that lags, and reads it again when it has caught up", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* opened
      yield* Effect.gen(function* () {
        yield* untilStates("IN")
        yield* Effect.promise(standby.pauseReplay)
        // An idle primary: a standby that has all of it does not lag, however long ago that was.
        const [idle] = yield* replicaStandings
        yield* until(
          Effect.map(
            replicaStandings,
            ([now]) => (now?.answered ?? 0) >= (idle?.answered ?? 0) + 20
          ).pipe(Effect.tap(asked))
        )
        expect(yield* states).toEqual(["IN"])
        yield* receiveOne(primary)
        yield* untilStates("LAGGING")
        const [lagging] = yield* replicaStandings
        expect(lagging?.lagBytes).toBeGreaterThan(0)
        expect(yield* asked).toBe(101)
        yield* Effect.promise(standby.resumeReplay)
        yield* untilStates("IN")
        const before = yield* answeredByReplicas
        expect(yield* asked).toBe(101)
        expect(yield* answeredByReplicas).toBe(before + 1)
      }).pipe(Effect.provide(readingFrom(primary.url(), [standby], { lagMillisMax: 400 })))
    }).pipe(Effect.scoped)
  )

  it.live("gives a reader who has seen a version nothing older", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* opened
      yield* Effect.gen(function* () {
        yield* untilStates("IN")
        yield* until(Effect.map(asked, (total) => total === 100))
        const since = (version: number) =>
          Effect.provideService(asked, RequestMinVersions, new Map([[`sku:${mug}`, version]]))
        yield* Effect.promise(standby.pauseReplay)
        const version = yield* receiveOne(primary)
        const before = yield* answeredByReplicas
        expect(yield* since(version)).toBe(101)
        expect(yield* answeredByReplicas).toBe(before)
        // What the standby has is asked of it, whatever the version of other things.
        expect(yield* since(version - 1)).toBe(100)
        expect(
          yield* Effect.provideService(asked, RequestMinVersions, new Map([["product:p", 7]]))
        ).toBe(100)
        expect(yield* answeredByReplicas).toBe(before + 2)
        yield* Effect.promise(standby.resumeReplay)
        yield* until(
          Effect.gen(function* () {
            const answered = yield* answeredByReplicas
            expect(yield* since(version)).toBe(101)
            return (yield* answeredByReplicas) === answered + 1
          })
        )
      }).pipe(Effect.provide(readingFrom(primary.url(), [standby], patient)))
    }).pipe(Effect.scoped)
  )

  it.live("asks the primary when the standby is killed, and the standby when it is back", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* opened
      yield* Effect.gen(function* () {
        yield* untilStates("IN")
        yield* Effect.promise(standby.kill9)
        for (let n = 0; n < 20; n++) expect(yield* asked).toBe(100)
        yield* untilStates("AWAY")
        const [away] = yield* replicaStandings
        expect(away).toMatchObject({ why: "cannot be reached", lagMillis: null })
        expect(yield* receiveOne(primary)).toBeGreaterThan(0)
        yield* Effect.promise(standby.restart)
        yield* untilStates("IN")
        yield* until(
          Effect.gen(function* () {
            const before = yield* answeredByReplicas
            return (yield* asked) === 101 && (yield* answeredByReplicas) === before + 1
          })
        )
      }).pipe(Effect.provide(readingFrom(primary.url(), [standby])))
    }).pipe(Effect.scoped)
  )

  it.live(
    "gives up a standby that falls silent, and what waits for it is answered by the primary",
    () =>
      Effect.gen(function* () {
        const { primary, standby } = yield* opened
        const proxy = yield* scopedTcpProxy(standby.port)
        const url = () => `postgres://postgres@127.0.0.1:${proxy.port}/postgres`
        yield* Effect.gen(function* () {
          yield* untilStates("IN")
          yield* until(Effect.map(answeredByReplicas, (count) => count > 0).pipe(Effect.tap(asked)))
          yield* Effect.promise(() => proxy.behave({ kind: "stall" }))
          const startedAt = performance.now()
          expect(yield* asked).toBe(100)
          // Answers may take 12 seconds; the probe waits for 1.5.
          expect(performance.now() - startedAt).toBeLessThan(11_000)
          yield* untilStates("AWAY")
          yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
          yield* untilStates("IN")
        }).pipe(Effect.provide(readingFrom(primary.url(), [{ url }], patient)))
      }).pipe(Effect.scoped)
  )

  it.live("asks the primary when a read loses its session, or is in the way of the replay", () =>
    Effect.gen(function* () {
      const { primary, standby } = yield* opened
      const standbySql = yield* connectedTo(standby.url())
      yield* standbySql("alter system set max_standby_streaming_delay = 0")
      yield* standbySql("select pg_reload_conf()")
      yield* Effect.gen(function* () {
        yield* untilStates("IN")
        const pool = yield* PgPool.PgPool
        const slow = query(`
          select count(*)::float8 as skus, pg_is_in_recovery() as is_replica,
            pg_sleep(case when pg_is_in_recovery() then 30 else 0 end)::text
          from inventory.skus`)
        const readSlowly = Effect.forkChild(mayLag(runReads(pool)([slow])))
        const isReading = until(
          Effect.map(
            standbySql("select 1 from pg_stat_activity where wait_event = 'PgSleep'"),
            (rows) => rows.length === 1
          )
        )
        const onPrimary = [[{ skus: 1, is_replica: false, pg_sleep: "" }]]
        const cut = yield* readSlowly
        yield* isReading
        yield* standbySql(
          "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'"
        )
        expect(yield* Fiber.join(cut)).toEqual(onPrimary)
        yield* untilStates("IN")
        const conflicting = yield* readSlowly
        yield* isReading
        const primarySql = yield* connectedTo(primary.url())
        // The replay of its lock ends whatever reads the table.
        yield* primarySql("alter table inventory.skus add column looked_at boolean")
        expect(yield* Fiber.join(conflicting)).toEqual(onPrimary)
        const [standing] = yield* replicaStandings
        expect(standing?.passedOn).toBe(2)
      }).pipe(Effect.provide(readingFrom(primary.url(), [standby], patient)))
    }).pipe(Effect.scoped)
  )
})
