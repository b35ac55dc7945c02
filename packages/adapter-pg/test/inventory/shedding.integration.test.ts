/**
 * A lock of another transaction delays only the commands that want it, and a batch sheds these.
 */
import { expect, it, vi } from "@effect/vitest"
import { OrderId, readCommand } from "@holdfast/core/inventory"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { encoded } from "../../src/connection/Query.ts"
import { lockOrders } from "../../src/inventory/statements/lock/lockOrders.ts"
import { bucketOf } from "../../src/inventory/statements/scope.ts"
import { untilWaiting } from "../engines.ts"
import { hasEnded, reservedOf, world } from "./sheddingWorld.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

describePostgres(18, "what another transaction holds locked", () => {
  it.live("B7 is waited for by the one of 500 that wants it; 499 are answered meanwhile", () =>
    Effect.gen(function* () {
      const skuIds = Array.from({ length: 500 }, (_, n) => `sku-${n}`)
      const engine = yield* world(skuIds)
      yield* engine.host.locks("sku-250")
      const fibers = yield* Effect.forEach(skuIds, (skuId) =>
        Effect.forkChild(engine.reserve(`order-${skuId}`, skuId), { startImmediately: true })
      )
      const others = fibers.filter((_, n) => n !== 250)
      yield* Fiber.joinAll(others)
      expect(fibers.filter((fiber) => !hasEnded(fiber))).toEqual([fibers[250]])
      // The lane goes on: neither a later command for the same SKU nor one for another SKU stops
      // it.
      const later = yield* Effect.forkChild(engine.reserve("later", "sku-250"), {
        startImmediately: true
      })
      yield* engine.reserve("other", "sku-251")
      expect([fibers[250], later].map((fiber) => fiber !== undefined && hasEnded(fiber))).toEqual([
        false,
        false
      ])
      yield* engine.host.letsGo
      yield* Fiber.joinAll([...fibers, later])
      expect(yield* reservedOf(engine)).toBe(502)
      expect(yield* engine.reconciled).toMatchObject({ accuracy: 1 })
    }).pipe(Effect.scoped)
  )

  it.live("is waited for by the bulk request that names it by its code, and by no other", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b", "c"])
      yield* engine.host.locks("b")
      const receive = (...codes: ReadonlyArray<string>) =>
        Effect.forkChild(
          engine.inventory.changeStock({
            lines: codes.map((code) => ({ type: "RECEIPT", code, quantity: 1 }))
          }),
          { startImmediately: true }
        )
      const waiting = yield* receive("a", "b")
      expect(yield* Fiber.join(yield* receive("a", "c"))).toMatchObject({ changed: 2 })
      expect(hasEnded(waiting)).toBe(false)
      yield* engine.host.letsGo
      expect(yield* Fiber.join(waiting)).toMatchObject({ changed: 2 })
      expect(yield* engine.reconciled).toMatchObject({ accuracy: 1 })
    }).pipe(Effect.scoped)
  )

  it.live("B7 is waited for apart from other obstacles, and holds up no free SKU", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b", "c", "d"])
      const second = yield* engine.openHost
      yield* engine.host.locks("b")
      yield* second.locks("d")
      const waiting = yield* Effect.forEach([["a", "b"], ["b"], ["d"], ["c", "d"]], (skuIds) =>
        Effect.forkChild(engine.reserve(skuIds.join("+"), ...skuIds), { startImmediately: true })
      )
      // Waiting commands hold nothing: a and c are free for commands that want only them.
      yield* untilWaiting(engine.look, 2, 100)
      yield* Effect.all([engine.reserve("free-a", "a"), engine.reserve("free-c", "c")], {
        concurrency: 2
      })
      expect(waiting.map(hasEnded)).toEqual([false, false, false, false])
      yield* engine.host.letsGo
      yield* Fiber.joinAll(waiting.slice(0, 2))
      expect(waiting.map(hasEnded)).toEqual([true, true, false, false])
      yield* second.letsGo
      yield* Fiber.joinAll(waiting)
      expect(yield* reservedOf(engine)).toBe(8)
      expect(yield* engine.reconciled).toMatchObject({ accuracy: 1 })
    }).pipe(Effect.scoped)
  )

  it.live("B7 is found by its reservations and by its order", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"])
      const [hold] = yield* engine.reserve("one", "a")
      yield* engine.reserve("two", "a")
      yield* engine.host.locks("a")
      const waiting = yield* Effect.forEach(
        [
          Effect.asVoid(engine.inventory.confirm({ reservationId: hold?.id ?? "" })),
          Effect.asVoid(engine.inventory.confirmOrder({ orderId: "two" }))
        ],
        (effect) => Effect.forkChild(effect, { startImmediately: true })
      )
      yield* engine.reserve("three", "b")
      expect(waiting.map(hasEnded)).toEqual([false, false])
      yield* engine.host.letsGo
      yield* Fiber.joinAll(waiting)
      expect(
        yield* engine.look("select status::text from inventory.reservations order by order_id")
      ).toEqual([{ status: "CONFIRMED" }, { status: "PENDING" }, { status: "CONFIRMED" }])
    }).pipe(Effect.scoped)
  )

  it.live("B7 may be an order as a whole, or the locations", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"])
      yield* engine.reserve("one", "a")
      yield* engine.host.sql("begin")
      yield* engine.host.sql(
        "select pg_advisory_xact_lock(hashtext('inventory/orders'), $1::int4)::text",
        [bucketOf(OrderId.make("one"))]
      )
      yield* engine.host.sql("select 1 from inventory.locations for no key update")
      const waiting = yield* Effect.forEach(
        [
          Effect.asVoid(engine.inventory.confirmOrder({ orderId: "one" })),
          Effect.asVoid(engine.inventory.registerLocation({ locationId: "east", name: "East" }))
        ],
        (effect) => Effect.forkChild(effect, { startImmediately: true })
      )
      yield* Effect.all([engine.reserve("two", "a"), engine.reserve("three", "b")])
      expect(waiting.map(hasEnded)).toEqual([false, false])
      yield* engine.host.letsGo
      yield* Fiber.joinAll(waiting)
    }).pipe(Effect.scoped)
  )

  it.live("B7 keeps twins of a key together: one takes effect, the other gets its answer", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"])
      yield* engine.host.locks("a")
      const reserving = yield* Effect.fromResult(
        readCommand({
          _tag: "ReserveStock",
          orderId: "o",
          lines: [{ skuId: "a", quantity: 1 }]
        })
      )
      const receiving = yield* Effect.fromResult(
        readCommand({ _tag: "ReceiveStock", skuId: "b", quantity: 1 })
      )
      const twin = Effect.forkChild(engine.inventory.execute(reserving, { idempotencyKey: "k" }), {
        startImmediately: true
      })
      const other = (idempotencyKey: string) =>
        engine.inventory.execute(receiving, { idempotencyKey })
      const first = yield* twin
      yield* other("another key")
      const second = yield* twin
      const mismatch = yield* Effect.forkChild(Effect.flip(other("k")), { startImmediately: true })
      yield* engine.reserve("p", "b")
      expect([hasEnded(first), hasEnded(second), hasEnded(mismatch)]).toEqual([false, false, false])
      yield* engine.host.letsGo
      const answers = yield* Fiber.joinAll([first, second])
      expect(answers.map(({ isReplayed }) => isReplayed)).toEqual([false, true])
      expect(answers[0]?.answer).toEqual(answers[1]?.answer)
      expect(yield* Fiber.join(mismatch)).toMatchObject({ _tag: "IdempotencyMismatch" })
      expect(yield* reservedOf(engine)).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live("B7 is still waited for by an engine that closes", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"])
      yield* engine.host.locks("a")
      const waiting = yield* Effect.forkChild(engine.reserve("o", "a"), { startImmediately: true })
      yield* engine.reserve("p", "b")
      yield* untilWaiting(engine.look, 1, 100)
      const closing = yield* Effect.forkChild(engine.close, { startImmediately: true })
      expect([hasEnded(waiting), hasEnded(closing)]).toEqual([false, false])
      yield* engine.host.letsGo
      expect(yield* Fiber.join(waiting)).toHaveLength(1)
      yield* Fiber.join(closing)
    }).pipe(Effect.scoped)
  )

  it.live("B7 ends as busy only for commands that want it, when it is never released", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"], {
        storage: { lanes: 1, deadlineMillis: 300 }
      })
      yield* engine.host.locks("a")
      const waiting = yield* Effect.forkChild(Effect.flip(engine.reserve("o", "a")), {
        startImmediately: true
      })
      expect(yield* engine.reserve("p", "b")).toHaveLength(1)
      expect(hasEnded(waiting)).toBe(false)
      expect(yield* Fiber.join(waiting)).toMatchObject({ reason: "Busy", isRetryable: true })
      yield* engine.host.letsGo
      expect(yield* engine.reserve("o", "a")).toHaveLength(1)
      expect(yield* reservedOf(engine)).toBe(2)
    }).pipe(Effect.scoped)
  )
})

/** Longer than any batch waits for what batches of engines hold. */
const longerThanPatience = 1_300

describePostgres(18, "what a host holds as a batch of an engine might", () => {
  const level = "select 1 from inventory.inventory where sku_id = 'a'"

  it.live.each([
    ["in a savepoint that was released", ["savepoint s", `${level} for update`, "release s"], []],
    ["together with another", [`${level} for share`], ["begin", `${level} for share`]],
    [
      "under the name of an engine, in one long statement",
      ["set application_name = 'holdfast'", `${level} for update`],
      []
    ]
  ] as const)("B7 is waited for beside the lane, also %s", ([name, ours, others]) =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"])
      const other = yield* engine.openHost
      yield* engine.host.sql("begin")
      for (const statement of ours) yield* engine.host.sql(statement)
      for (const statement of others) yield* other.sql(statement)
      const isBusy = name.includes("statement")
      if (isBusy) yield* engine.look("select pg_advisory_lock(4711)::text")
      const busy = yield* Effect.forkChild(
        isBusy ? engine.host.sql("select pg_advisory_lock(4711)::text") : Effect.void,
        { startImmediately: true }
      )
      const waiting = yield* Effect.forkChild(engine.reserve("o", "a"), { startImmediately: true })
      yield* untilWaiting(engine.look, isBusy ? 2 : 1, longerThanPatience)
      yield* engine.reserve("p", "b")
      expect(hasEnded(waiting)).toBe(false)
      if (isBusy) yield* engine.look("select pg_advisory_unlock(4711)::text")
      yield* Fiber.join(busy)
      yield* engine.host.letsGo
      yield* other.letsGo
      expect(yield* Fiber.join(waiting)).toHaveLength(1)
      expect(yield* reservedOf(engine)).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live("B7 is waited for no longer than a caller has time", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"], { inventory: { waitMillisMax: 500 } })
      yield* engine.host.locks("a")
      const startedAt = performance.now()
      expect(yield* Effect.flip(engine.reserve("o", "a"))).toMatchObject({
        reason: "TimedOut",
        isRetryable: true
      })
      // The store alone would wait for ten seconds; one lock time-out is two.
      expect(performance.now() - startedAt).toBeLessThan(9_000)
      yield* engine.host.letsGo
      expect(yield* engine.reserve("o", "a")).toHaveLength(1)
      expect(yield* reservedOf(engine)).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("B7 keeps the sweeper from no other SKU", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a", "b"], { inventory: { waitMillisMax: 500 } })
      yield* engine.reserve("one", "a")
      yield* engine.reserve("two", "b")
      yield* engine.look("update inventory.reservations set expires_at = now()")
      yield* engine.host.locks("a")
      expect(yield* Effect.flip(engine.swept)).toMatchObject({ reason: "TimedOut" })
      const statuses = engine.look(
        "select sku_id::text, status::text from inventory.reservations order by sku_id"
      )
      expect(yield* statuses).toEqual([
        { sku_id: "a", status: "PENDING" },
        { sku_id: "b", status: "EXPIRED" }
      ])
      yield* engine.host.letsGo
      expect(yield* engine.swept).toBe(1)
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "what a batch of another lane holds", () => {
  it.live("B7 delays no other command of a batch, and who wants it has it afterwards", () =>
    Effect.gen(function* () {
      // The lanes of these two SKUs differ.
      const engine = yield* world(["a", "b"], { storage: { lanes: 2 } })
      yield* engine.look(`create function inventory.wait_at_commit() returns trigger
        language plpgsql set lock_timeout = 0
        as $$ begin perform pg_advisory_xact_lock(4711); return null; end $$`)
      yield* engine.look(`create constraint trigger wait_at_commit
        after insert on inventory.reservations deferrable initially deferred
        for each row when (new.order_id = 'slow') execute function inventory.wait_at_commit()`)
      yield* engine.host.sql("select pg_advisory_lock(4711)::text")
      const slow = yield* Effect.forkChild(engine.reserve("slow", "a"), { startImmediately: true })
      yield* untilWaiting(engine.look)
      const [both, free] = yield* Effect.forEach([["b", "a"], ["b"]], (skuIds) =>
        Effect.forkChild(engine.reserve(skuIds.join("+"), ...skuIds), { startImmediately: true })
      )
      if (both === undefined || free === undefined) return yield* Effect.die("not begun")
      yield* Fiber.join(free)
      expect([slow, both].map(hasEnded)).toEqual([false, false])
      yield* engine.host.sql("select pg_advisory_unlock(4711)::text")
      yield* Fiber.joinAll([slow, both])
      expect(yield* reservedOf(engine)).toBe(4)
      expect(yield* engine.reconciled).toMatchObject({ accuracy: 1 })
    }).pipe(Effect.scoped)
  )
})

describePostgres(18, "orders that are decided on as a whole", () => {
  it.live("B14 share 4,096 locks, however many they are", () =>
    Effect.gen(function* () {
      const engine = yield* world(["a"])
      yield* engine.host.sql("begin")
      const orderIds = Array.from({ length: 20_000 }, (_, n) => OrderId.make(`order-${n}`))
      const { params, sql } = lockOrders("inventory")(orderIds, undefined)
      yield* engine.host.sql(sql, params.map(encoded))
      const [locks] = yield* engine.host.sql(`select count(*)::int4 from pg_locks
        where locktype = 'advisory' and pid = pg_backend_pid()`)
      expect(locks?.["count"]).toBeGreaterThan(4_000)
      expect(locks?.["count"]).toBeLessThanOrEqual(4_096)
      yield* engine.host.letsGo
    }).pipe(Effect.scoped)
  )
})
