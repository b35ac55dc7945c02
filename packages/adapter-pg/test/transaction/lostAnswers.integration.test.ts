/**
 * The wire cut around COMMIT. Whatever is lost between the engine and the database, each command
 * has one effect or none, and each answer is the one that is stored. Only when the database stays
 * away does an engine say that it does not know, and then a repeat with the same key does.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, OrderId, reconcile, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase, scopedTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { scopedVanishingProxy } from "../connection/vanishingProxy.ts"
import { connectedTo, type EngineOptions, engineAt, untilWaiting } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** An engine whose connections go through a proxy, and a way past the proxy. */
const behindProxy = Effect.fnUntraced(function* (options: EngineOptions = {}) {
  const url = yield* scopedDatabase()
  const proxy = yield* scopedTcpProxy(Number(new URL(url).port))
  const sql = yield* connectedTo(url)
  return { proxy, sql, engine: engineAt(proxy.url(url), options) }
})

const skuIds = Array.from({ length: 16 }, (_, n) => `sku-${n}`)
const skuOf = (n: number) => `sku-${n % skuIds.length}`

const register = Effect.gen(function* () {
  const inventory = yield* Inventory
  yield* Effect.forEach(
    skuIds,
    (skuId) => inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 1_000_000 }),
    { concurrency: "unbounded" }
  )
})

/** One command by number, of three kinds; every second one with a key. */
const command = (n: number) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const options = n % 2 === 0 ? { idempotencyKey: `key-${n}` } : {}
    const skuId = skuOf(n)
    switch (n % 3) {
      case 0:
        return yield* inventory.receive({ skuId, quantity: 1, reference: `in-${n}` }, options)
      case 1:
        return yield* inventory.reserve(
          { orderId: `order-${n}`, lines: [{ skuId, quantity: 1 }] },
          options
        )
      default:
        return yield* inventory.reserve(
          {
            orderId: `order-${n}`,
            replace: true,
            lines: [
              { skuId, quantity: 1, lineId: "first" },
              { skuId: skuOf(n + 1), quantity: 1, lineId: "second" }
            ]
          },
          options
        )
    }
  })

/** Every effect of `count` commands is there once, and every answer is what is stored. */
const expectOneEffectEach = Effect.fnUntraced(function* (
  answers: ReadonlyArray<Effect.Success<ReturnType<typeof command>>>
) {
  const reads = yield* StockReads
  const numbers = Array.from(answers, (_, n) => n)
  yield* Effect.forEach(
    numbers.filter((n) => n % 3 !== 0),
    (n) =>
      Effect.map(reads.reservationsOfOrder(OrderId.make(`order-${n}`)), (stored) => {
        const byId = (holds: typeof stored) => [...holds].sort((a, b) => (a.id < b.id ? -1 : 1))
        expect(byId(stored)).toEqual(byId(answers[n] as typeof stored))
      }),
    { concurrency: 8 }
  )
  const stored = new Map<string, number>()
  for (const skuId of skuIds) {
    for (const row of yield* reads.movements({
      skuId: SkuId.make(skuId),
      before: null,
      limit: 10_000
    })) {
      if (row.reference !== null) stored.set(row.id, (stored.get(row.id) ?? 0) + 1)
    }
  }
  const answered = numbers
    .filter((n) => n % 3 === 0)
    .flatMap((n) => (answers[n] as { readonly movements: ReadonlyArray<{ id: string }> }).movements)
  expect([...stored.keys()].sort()).toEqual(answered.map(({ id }) => id).sort())
  expect([...stored.values()].every((count) => count === 1)).toBe(true)
  expect(yield* reconcile()).toMatchObject({ accuracy: 1, levels: skuIds.length })
  const repeated = yield* Effect.forEach(
    numbers.filter((n) => n % 2 === 0),
    (n) => Effect.map(command(n), (answer) => ({ n, answer })),
    { concurrency: 16 }
  )
  for (const { answer, n } of repeated) expect(answer).toEqual(answers[n])
})

describePostgres(18, "when the wire is cut", () => {
  for (const kind of ["cut-commit-answer", "cut-commit-request"] as const) {
    const [what, cutsWanted] =
      kind === "cut-commit-answer"
        ? ["between COMMIT and its answer 1,000 times", 1_000]
        : ["before COMMIT reaches the server 100 times", 100]
    it.live(`${what}, every command has one effect and its own answer`, () =>
      Effect.gen(function* () {
        const { engine, proxy } = yield* behindProxy({
          storage: { lanes: 8 },
          inventory: { batchMax: 2 }
        })
        yield* Effect.gen(function* () {
          yield* register
          yield* Effect.promise(() => proxy.behave({ kind, when: (commit) => commit % 2 === 0 }))
          const answers: Array<Effect.Success<ReturnType<typeof command>>> = []
          while (proxy.cuts() < cutsWanted) {
            const from = answers.length
            const numbers = Array.from({ length: 200 }, (_, n) => from + n)
            answers.push(...(yield* Effect.forEach(numbers, command, { concurrency: 32 })))
          }
          yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
          expect(answers.length).toBeGreaterThan(cutsWanted)
          yield* expectOneEffectEach(answers)
        }).pipe(Effect.provide(engine))
      }).pipe(Effect.scoped)
    )
  }

  it.live("and stays cut, the outcome is unknown, and a repeat with the same key knows it", () =>
    Effect.gen(function* () {
      const { engine, proxy, sql } = yield* behindProxy({ storage: { deadlineMillis: 300 } })
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* register
        const cutOnce = proxy.behave({
          kind: "cut-commit-answer",
          when: () => {
            void proxy.behave({ kind: "refuse" })
            return true
          }
        })
        yield* Effect.promise(() => cutOnce)
        const reserve = inventory.reserve(
          { orderId: "o", lines: [{ skuId: "sku-1", quantity: 3 }] },
          { idempotencyKey: "k" }
        )
        const error = yield* Effect.flip(reserve)
        expect(error).toMatchObject({ _tag: "StoreError", reason: "OutcomeUnknown" })
        expect((error as { isRetryable?: boolean }).isRetryable).toBe(false)
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        const answer = yield* reserve
        const stored = yield* sql("select id::text from inventory.reservations")
        expect(stored).toEqual([{ id: answer[0]?.id }])
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("before anything was written, the caller may simply try again", () =>
    Effect.gen(function* () {
      const { engine, proxy, sql } = yield* behindProxy({ storage: { deadlineMillis: 300 } })
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* register
        yield* Effect.promise(() => proxy.behave({ kind: "refuse" }))
        const reserve = inventory.reserve({
          orderId: "o",
          lines: [{ skuId: "sku-1", quantity: 3 }]
        })
        const error = yield* Effect.flip(reserve)
        expect(error).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
        expect((error as { isRetryable?: boolean }).isRetryable).toBe(true)
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        const answer = yield* reserve
        const stored = yield* sql("select id::text from inventory.reservations")
        expect(stored).toEqual([{ id: answer[0]?.id }])
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("while the server still works on a registration, its answer is the registration's", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const proxy = yield* scopedVanishingProxy(Number(new URL(url).port))
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const other = yield* connectedTo(url)
        yield* other("begin")
        yield* other(`insert into inventory.skus (id, code, name, created_at)
          values ('other', 'SLOW', 'Other', now())`)
        const registering = yield* Effect.forkChild(
          Effect.exit(
            inventory.registerSku({ skuId: "slow", code: "SLOW", name: "Slow", initialStock: 5 })
          )
        )
        // It waits alone for the code that the other one holds. Its caller has left.
        yield* untilWaiting(sql, 1, 100)
        proxy.vanish()
        // The second try waits for the first.
        yield* untilWaiting(sql, 2)
        yield* other("rollback")
        const exit = yield* Fiber.join(registering)
        expect(Exit.isSuccess(exit) ? exit.value.id : exit.cause).toBe("slow")
        expect(yield* reconcile()).toMatchObject({ accuracy: 1, levels: 1 })
      }).pipe(Effect.provide(engineAt(proxy.url(url))))
    }).pipe(Effect.scoped)
  )
})
