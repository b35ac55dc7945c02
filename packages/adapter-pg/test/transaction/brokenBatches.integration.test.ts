/**
 * A batch that one of its commands breaks goes on without it. A batch that was perhaps committed
 * keeps all its commands, and each takes effect once.
 */
import { expect, it, vi } from "@effect/vitest"
import { answerVersion, Inventory, reconcile } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { scopedVanishingProxy } from "../connection/vanishingProxy.ts"
import { connectedTo, engineAt, untilWaiting } from "../engines.ts"
import { hasEnded, reservedOf, world } from "../inventory/sheddingWorld.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

describePostgres(18, "a batch that one of its commands breaks", () => {
  it.live("B2 fails that command alone when its conflict keeps coming back", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a"])
      yield* engine.look(`create unique index twice on inventory.reservations (order_id)
        where order_id = 'twice'`)
      yield* engine.inventory.receive({ skuId: "a", quantity: 1_000 })
      const exits = yield* Effect.forEach(
        Array.from({ length: 200 }, (_, n) => n),
        (n) =>
          Effect.exit(
            n === 77 ? engine.reserve("twice", "a", "a") : engine.reserve(`order-${n}`, "a")
          ),
        { concurrency: "unbounded" }
      )
      expect(exits.flatMap((exit, n) => (Exit.isFailure(exit) ? [n] : []))).toEqual([77])
      const error = yield* Effect.flip(engine.reserve("twice", "a", "a"))
      expect(error).toMatchObject({ _tag: "StoreError", reason: "Busy" })
      expect(yield* reservedOf(engine)).toBe(199)
    }).pipe(Effect.scoped)
  )

  it.live(
    "B2 fails nobody when a host is about to take the same code, and does not wait long",
    () =>
      Effect.gen(function* () {
        const engine = yield* world(["a"])
        yield* engine.host.sql("begin")
        yield* engine.host.sql(`insert into inventory.skus (id, code, name, created_at)
        values ('host', 'CODE', 'Host', now())`)
        const skuId = "ours"
        const registering = yield* Effect.forkChild(
          Effect.exit(engine.inventory.registerSku({ skuId, code: "CODE", name: "Ours" })),
          { startImmediately: true }
        )
        const others = Effect.forEach(["o", "p", "q"], (orderId) => engine.reserve(orderId, "a"), {
          concurrency: "unbounded"
        })
        yield* others
        expect(hasEnded(registering)).toBe(false)
        yield* engine.host.letsGo
        expect(Exit.isSuccess(yield* Fiber.join(registering))).toBe(true)
      }).pipe(Effect.scoped)
  )

  it.live("B3 answers the others when a kept answer of an older release cannot be read", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a"])
      const receive = (idempotencyKey: string) =>
        engine.inventory.receive({ skuId: "a", quantity: 1 }, { idempotencyKey })
      yield* receive("readable")
      yield* receive("old")
      yield* engine.look(
        `update inventory.receipts set answer = '{"total":11}', answer_version = 0 where key = 'old'`
      )
      const [readable, old, fresh] = yield* Effect.all(
        [receive("readable"), receive("old"), receive("fresh")].map(Effect.exit),
        { concurrency: "unbounded" }
      )
      expect([readable, fresh].map((exit) => exit?._tag)).toEqual(["Success", "Success"])
      expect(String(old)).toContain("took effect")
      expect(yield* Effect.flip(receive("old"))).toMatchObject({
        _tag: "StoreError",
        reason: "AnswerUnreadable",
        isRetryable: false
      })
      expect(
        yield* engine.look(
          "select key::text, answer_version::int4 from inventory.receipts order by key"
        )
      ).toEqual([
        { key: "fresh", answer_version: answerVersion },
        { key: "old", answer_version: 0 },
        { key: "readable", answer_version: answerVersion }
      ])
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "a batch whose COMMIT was not answered", () => {
  it.live("B7 is frozen: its own first try looks like a lock of others, and nobody leaves", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedVanishingProxy(Number(new URL(url).port))
      const sql = yield* connectedTo(url)
      const host = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const skuIds = ["a", "b", "c"]
        for (const skuId of skuIds) {
          yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 9 })
        }
        // COMMIT waits for a lock of its own, regardless of time-outs.
        yield* sql(`create function inventory.wait_at_commit() returns trigger language plpgsql
          set lock_timeout = 0 as $$ begin perform pg_advisory_xact_lock(4711); return null; end $$`)
        yield* sql(`create constraint trigger wait_at_commit after insert on inventory.batches
          deferrable initially deferred for each row execute function inventory.wait_at_commit()`)
        yield* host("select pg_advisory_lock(4711)::text")
        const fibers = yield* Effect.forEach(skuIds, (skuId) =>
          Effect.forkChild(inventory.reserve({ orderId: skuId, lines: [{ skuId, quantity: 1 }] }), {
            startImmediately: true
          })
        )
        yield* untilWaiting(sql)
        proxy.vanish()
        // The second try waits for the SKUs that the first one still holds.
        yield* untilWaiting(sql, 2, 100)
        expect(fibers.map(hasEnded)).toEqual([false, false, false])
        yield* host("select pg_advisory_unlock(4711)::text")
        const answers = yield* Fiber.joinAll(fibers)
        const ids = answers.flatMap((holds) => holds.map((hold) => hold.id)).sort()
        const stored = yield* sql("select id::text from inventory.reservations order by id")
        expect(stored).toEqual(ids.map((id) => ({ id })))
        expect(yield* reconcile()).toMatchObject({ accuracy: 1 })
      }).pipe(Effect.provide(engineAt(proxy.url(url), { storage: { lanes: 1 } })))
    }).pipe(Effect.scoped)
  )
})
