/**
 * A real PgBouncer that lends a session of the server for one transaction at a time. With `pooler:
 * transaction`, an engine works as without a pooler. Without the option, it names the pooler and
 * the remedy.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, reconcile, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase, startPgbouncer } from "@holdfast/test-servers"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { sessionSettings } from "../../src/connection/sessionSettings.ts"
import { diagnose } from "../../src/effect.ts"
import { connectedTo, engineAt } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const openPooler = (settings: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const url = yield* scopedDatabase()
    const pooler = yield* Effect.acquireRelease(
      Effect.promise(() => startPgbouncer(url, settings)),
      (running) => Effect.promise(() => running[Symbol.asyncDispose]())
    )
    return { url, pooled: pooler.url(url) }
  })

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

const register = Effect.flatMap(Inventory, (inventory) =>
  Effect.forEach(skuIds, (skuId) =>
    inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 30 })
  )
)

/** Five hundred buyers of 600 units, with reads between them, all at once. */
const storm = Effect.gen(function* () {
  const inventory = yield* Inventory
  const reads = yield* StockReads
  return yield* Effect.forEach(
    Array.from({ length: 500 }, (_, n) => n),
    (n) => {
      const skuId = SkuId.make(skuIds[n % skuIds.length] ?? "")
      const lines = [{ skuId, quantity: 1 }]
      const buying = Effect.andThen(
        inventory.reserve({ orderId: `o-${n}`, lines }),
        reads.sku(skuId)
      )
      return Effect.exit(n % 3 === 0 ? Effect.asVoid(reads.stock([skuId])) : Effect.asVoid(buying))
    },
    { concurrency: 64 }
  )
})

const failuresIn = (exits: ReadonlyArray<Exit.Exit<unknown, unknown>>) =>
  exits.filter(Exit.isFailure).flatMap(({ cause }) => cause.reasons)

describeProgram("pgbouncer", "an engine behind PgBouncer in transaction mode", () => {
  it.live("O8 works with the option, with its settings in force in every transaction", () =>
    Effect.gen(function* () {
      const { pooled, url } = yield* openPooler()
      const engine = engineAt(pooled, { postgres: { pooler: "transaction", maxConnections: 12 } })
      yield* Effect.gen(function* () {
        yield* register
        expect(failuresIn(yield* storm)).toEqual([])
        expect(yield* reconcile()).toMatchObject({ accuracy: 1 })
        const { settings } = yield* diagnose()
        const seen = Object.fromEntries(settings.map(({ name, value }) => [name, value]))
        expect(seen).toMatchObject({ ...sessionSettings })
      }).pipe(Effect.provide(engine))
      // No setting stays on the sessions of the server, which others use too.
      const sql = yield* connectedTo(url)
      const [row] = yield* sql("select count(*)::int4 as n from inventory.reservations")
      expect(row).toEqual({ n: 333 })
    }).pipe(Effect.scoped)
  )

  it.live("O8 names the pooler and the remedy when its settings are refused", () =>
    Effect.gen(function* () {
      const { pooled } = yield* openPooler()
      const error = yield* Effect.flip(Effect.provide(register, engineAt(pooled)))
      expect(error).toMatchObject({
        _tag: "StoreError",
        reason: "Unavailable",
        message: expect.stringMatching(/pooler .* refuses .* \(--pooler transaction/)
      })
    }).pipe(Effect.scoped)
  )

  it.live(
    "O8 is never a bug of ours when its statements get lost: what fails may be repeated",
    () =>
      Effect.gen(function* () {
        const { pooled, url } = yield* openPooler({
          ignore_startup_parameters: Object.keys(sessionSettings).join(",")
        })
        yield* Effect.provide(register, engineAt(url))
        const exits = yield* Effect.provide(
          storm,
          engineAt(pooled, { postgres: { maxConnections: 12 } })
        )
        const failures = failuresIn(exits)
        // Eight sessions are too many for four connections: some statement is always lost.
        expect(failures.length).toBeGreaterThan(0)
        for (const failure of failures) {
          expect(failure).toMatchObject({
            error: { _tag: "StoreError", reason: expect.stringMatching(/^(Unavailable|Busy)$/) }
          })
        }
        expect(JSON.stringify(failures.map((failure) => Object(failure).error.message))).toMatch(
          /loses prepared statements.*--pooler transaction/
        )
        expect(yield* Effect.provide(reconcile(), engineAt(url))).toMatchObject({ accuracy: 1 })
      }).pipe(Effect.scoped)
  )
})
