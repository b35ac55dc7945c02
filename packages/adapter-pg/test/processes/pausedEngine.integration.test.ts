/**
 * An engine that is paused in the middle of a transaction, by a signal, a swap or a debugger. It holds
 * the SKUs that it has locked; the server must take them from it, and others must not fail meanwhile.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, reconcile } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { sessionSettings } from "../../src/connection/sessionSettings.ts"
import { connectedTo, engineAt, until, untilWaiting } from "../engines.ts"
import { answersOf, refusalsOf, scopedEngines } from "./engineProcesses.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const register = (skuIds: ReadonlyArray<string>, initialStock: number) =>
  Effect.flatMap(Inventory, (inventory) =>
    Effect.forEach(skuIds, (skuId) =>
      inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock })
    )
  )

const reserve = (orderId: string, skuIds: ReadonlyArray<string>, quantity = 1) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.reserve({ orderId, lines: skuIds.map((skuId) => ({ skuId, quantity })) })
  )

describePostgres(18, "an engine that is stopped in the middle of a transaction", () => {
  for (const [units, what] of [
    [10, "decides again on what is left"],
    [1, "finds enough left"]
  ] as const) {
    it.live(`keeps a SKU only until the server ends its session, and ${what} when it wakes`, () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const sql = yield* connectedTo(url)
        yield* Effect.gen(function* () {
          yield* register(["a", "b"], 10)
          const [stopped] = yield* scopedEngines(1, url, {
            idle_in_transaction_session_timeout: "700ms"
          })
          if (stopped === undefined) return yield* Effect.die("no process")
          const other = yield* connectedTo(url)
          yield* other("begin")
          yield* other("select 1 from inventory.inventory where sku_id = 'b' for update")
          const lines = ["a", "b"].map((skuId) => ({ skuId, quantity: 1 }))
          const asleep = yield* Effect.forkChild(
            stopped.make([{ method: "reserve", input: { orderId: "sleeper", lines } }])
          )
          // It has locked a and waits for b. Now it stops; then it is given b, and holds both.
          yield* untilWaiting(sql)
          stopped.signal("SIGSTOP")
          yield* other("rollback")
          yield* until(
            Effect.map(
              sql(`select 1 from pg_stat_activity where datname = current_database()
                and state = 'idle in transaction'`),
              (rows) => rows.length === 1
            )
          )
          expect((yield* reserve("awake", ["a"], units)).length).toBe(1)
          stopped.signal("SIGCONT")
          // Its transaction is gone, and with it all that it had read.
          const ended = yield* Fiber.join(asleep)
          expect(answersOf(ended).length).toBe(units === 1 ? 1 : 0)
          expect(refusalsOf(ended)).toEqual(units === 1 ? {} : { InsufficientStock: 1 })
          expect(yield* reconcile()).toMatchObject({ accuracy: 1 })
        }).pipe(Effect.provide(engineAt(url)))
      }).pipe(Effect.scoped)
    )
  }

  it.live("is waited for by a caller of another engine, who hears nothing of it", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        yield* register(["a"], 10)
        const paused = yield* connectedTo(url)
        const setting = "idle_in_transaction_session_timeout"
        yield* paused(`set ${setting} = '${sessionSettings[setting]}'`)
        yield* paused("begin")
        yield* paused("select 1 from inventory.inventory for no key update")
        // Two seconds is the wait for a lock, five the life of the paused transaction.
        expect((yield* reserve("o", ["a"])).length).toBe(1)
      }).pipe(Effect.provide(engineAt(url)))
    }).pipe(Effect.scoped)
  )
})
