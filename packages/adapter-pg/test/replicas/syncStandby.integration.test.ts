/**
 * COMMITs that wait for a synchronous standby which does not answer: how long a caller waits, what
 * becomes of the lanes and the connections, and what an answer is worth.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it, vi } from "@effect/vitest"
import { Inventory, InventoryQueries, type StoreError } from "@holdfast/core/inventory"
import { type ReplicatedPostgres, scopedReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { layerPostgres, layerStorage } from "../../src/effect.ts"
import { confirmingOf } from "../../src/transaction/confirming.ts"
import { type Connected, connectedTo, until } from "../engines.ts"
import { withMug } from "./replicated.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** Answers may take 2 seconds longer than the deadline of a batch. */
const deadlineMillis = 1_000

const lanes = 2

const engine = (url: string) =>
  Layer.merge(Inventory.layer(), InventoryQueries.layer).pipe(
    Layer.provideMerge(layerStorage({ lanes, deadlineMillis })),
    Layer.provideMerge(layerPostgres({ url, maxConnections: 8 }))
  )

const receive = (key: string) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.receive({ skuId: "mug", quantity: 1 }, { idempotencyKey: key })
  )

const failing = (key: string) =>
  Effect.map(Effect.flip(receive(key)), (error) => error as StoreError)

const standing = Effect.map(PgPool.PgPool, (pool) => confirmingOf(pool).standing)

const waitingIn = (sql: Connected) =>
  Effect.map(
    sql("select count(*)::int4 as count from pg_stat_activity where wait_event = 'SyncRep'"),
    ([row]) => Number(row?.["count"])
  )

const untilWaiting = (sql: Connected, count: number) =>
  until(Effect.map(waitingIn(sql), (found) => found === count))

const totalIn = (sql: Connected) =>
  Effect.map(sql("select total_quantity::int4 as total from inventory.inventory"), ([row]) =>
    Number(row?.["total"])
  )

/** A primary whose COMMITs wait for standbys that are dead. */
const withDeadStandby = <A, E, R>(
  work: (replicated: ReplicatedPostgres, sql: Connected) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const replicated = yield* scopedReplicated({ synchronous: "FIRST 1 (a)" })
    yield* withMug(replicated.primary)
    const sql = yield* connectedTo(replicated.primary.url())
    yield* sql("set synchronous_commit = local")
    yield* Effect.promise(async () => {
      for (const standby of replicated.standbys) await standby.kill9()
    })
    return yield* Effect.provide(work(replicated, sql), engine(replicated.primary.url()))
  }).pipe(Effect.scoped)

describePostgres(18, "a synchronous standby that is dead", () => {
  it.live("bounds the wait, and refuses others at once until a standby is back", () =>
    withDeadStandby(({ standbys }, sql) =>
      Effect.gen(function* () {
        const startedAt = performance.now()
        const unknown = yield* failing("k1")
        expect(unknown).toMatchObject({ reason: "OutcomeUnknown" })
        expect(performance.now() - startedAt).toBeLessThan(10_000)
        // Others neither wait nor leave connections behind, however many they are.
        const refusedAt = performance.now()
        const refusals = yield* Effect.all(
          Array.from({ length: 50 }, (_, n) => failing(`other-${n}`)),
          { concurrency: "unbounded" }
        )
        for (const refusal of refusals) {
          expect(refusal).toMatchObject({
            reason: "Unavailable",
            message: expect.stringMatching(/^commits wait for a synchronous standby/)
          })
        }
        expect(performance.now() - refusedAt).toBeLessThan(deadlineMillis + 2_000)
        expect(yield* waitingIn(sql)).toBeLessThanOrEqual(lanes)
        expect(yield* standing).toMatchObject({ isSuspected: true })
        // Questions are answered as always.
        const queries = yield* InventoryQueries
        expect(yield* queries.stock({ skuId: "mug" as never })).toMatchObject({
          totalQuantity: 100
        })
        yield* Effect.promise(async () => {
          for (const standby of standbys) await standby.restart()
        })
        yield* untilWaiting(sql, 0)
        // The batch took effect, once.
        const answer = yield* receive("k1")
        expect(answer.levels[0]?.totalQuantity).toBe(101)
        expect((yield* receive("k2")).levels[0]?.totalQuantity).toBe(102)
        expect(yield* standing).toMatchObject({ isSuspected: false })
        expect(yield* totalIn(sql)).toBe(102)
      })
    )
  )

  it.live("acknowledges nothing whose wait was cancelled, before a standby has it", () =>
    withDeadStandby(({ standbys }, sql) =>
      Effect.gen(function* () {
        const cancelled = yield* Effect.forkChild(Effect.exit(failing("k1")))
        yield* untilWaiting(sql, 1)
        // Two marks later the engine gives up; each cancel makes a COMMIT succeed with a warning.
        const cancelling = yield* Effect.forkChild(
          Effect.forever(
            Effect.andThen(
              sql(
                `select pg_cancel_backend(pid) from pg_stat_activity
                 where wait_event = 'SyncRep' and clock_timestamp() - query_start > interval '1.1 s'`
              ),
              Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
            )
          )
        )
        const exit = yield* Fiber.join(cancelled)
        expect(exit).toMatchObject({ value: { reason: "OutcomeUnknown" } })
        // It is there, and no standby has it.
        expect(yield* totalIn(sql)).toBe(101)
        expect((yield* standing).isSuspected).toBe(true)
        // A repeat is not acknowledged by what only the primary has.
        expect(yield* failing("k1")).toMatchObject({ reason: "Unavailable" })
        yield* Fiber.interrupt(cancelling)
        yield* Effect.promise(async () => {
          for (const standby of standbys) await standby.restart()
        })
        yield* untilWaiting(sql, 0)
        expect((yield* receive("k1")).levels[0]?.totalQuantity).toBe(101)
        const standbySql = yield* connectedTo(standbys[0]?.url() ?? "")
        yield* until(Effect.map(totalIn(standbySql), (total) => total === 101))
      })
    )
  )

  it.live("goes on when the administrator decides to go on without it", () =>
    withDeadStandby(({ synchronize }, sql) =>
      Effect.gen(function* () {
        expect(yield* failing("k1")).toMatchObject({ reason: "OutcomeUnknown" })
        yield* Effect.promise(() => synchronize(""))
        yield* untilWaiting(sql, 0)
        expect((yield* receive("k1")).levels[0]?.totalQuantity).toBe(101)
        expect((yield* receive("k2")).levels[0]?.totalQuantity).toBe(102)
      })
    )
  )
})

describePostgres(18, "one of two synchronous standbys that is dead", () => {
  it.live("delays nothing when any one of them is enough", () =>
    Effect.gen(function* () {
      const { primary, standbys } = yield* scopedReplicated({
        standbys: ["a", "b"],
        synchronous: "ANY 1 (a, b)"
      })
      yield* withMug(primary)
      yield* Effect.promise(standbys[0]?.kill9 ?? (async () => undefined))
      yield* Effect.gen(function* () {
        for (let n = 1; n <= 20; n++) {
          expect((yield* receive(`k${n}`)).levels[0]?.totalQuantity).toBe(100 + n)
        }
        expect(yield* standing).toMatchObject({ isSuspected: false, unanswered: 0, refused: 0 })
      }).pipe(Effect.provide(engine(primary.url())))
    }).pipe(Effect.scoped)
  )
})
