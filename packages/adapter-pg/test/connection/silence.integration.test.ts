/**
 * A database that falls silent without closing anything, as when a network drops every packet. An
 * engine must not wait for ever for an answer that will not come.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, OrderId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { connectedTo, engineAt, untilWaiting } from "../engines.ts"
import { scopedVanishingProxy } from "./vanishingProxy.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** An answer then counts as lost after three seconds. Even a busy machine answers sooner. */
const deadlineMillis = 1_000

const reserve = (orderId: string) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.reserve(
      { orderId, lines: [{ skuId: "a", quantity: 1 }] },
      { idempotencyKey: orderId }
    )
  )

describePostgres(18, "a database that falls silent", () => {
  it.live("is an error in good time to commands and reads, which then have a new connection", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedVanishingProxy(Number(new URL(url).port))
      const engine = engineAt(proxy.url(url), {
        postgres: { maxConnections: 2 },
        storage: { deadlineMillis }
      })
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 10 })
        proxy.silence()
        expect(yield* Effect.flip(reserve("o"))).toMatchObject({
          _tag: "StoreError",
          reason: "Unavailable"
        })
        expect((yield* reserve("o")).length).toBe(1)
        proxy.silence()
        const [read, ping] = yield* Effect.all(
          [Effect.flip(reads.reservationsOfOrder(OrderId.make("o"))), Effect.exit(reads.ping)],
          { concurrency: "unbounded" }
        )
        expect(read).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
        expect((yield* reads.reservationsOfOrder(OrderId.make("o"))).length).toBe(1)
        expect(ping._tag).toBe("Success")
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("while it commits, leaves the outcome unknown, and a repeat with the key knows it", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedVanishingProxy(Number(new URL(url).port))
      const sql = yield* connectedTo(url)
      const other = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 10 })
        // The receipt of the key is in the way: the engine waits for it with its COMMIT already sent.
        yield* other("begin")
        yield* other(`insert into inventory.receipts (caller, key, fingerprint, answer, created_at)
          values ('', 'o', 'f', '[]', now())`)
        const reserving = yield* Effect.forkChild(Effect.flip(reserve("o")))
        yield* untilWaiting(sql)
        proxy.silence()
        yield* other("rollback")
        expect(yield* Fiber.join(reserving)).toMatchObject({
          _tag: "StoreError",
          reason: "OutcomeUnknown"
        })
        const [hold] = yield* reserve("o")
        const stored = yield* sql("select id::text from inventory.reservations")
        expect(stored).toEqual([{ id: hold?.id }])
      }).pipe(Effect.provide(engineAt(proxy.url(url), { storage: { deadlineMillis } })))
    }).pipe(Effect.scoped)
  )
})
