/**
 * PostgreSQL killed in the middle of load, with its data on disk. What was answered is there when
 * it comes back; what was not is there whole or not at all; the engine goes on by itself.
 */
import { expect, it, vi } from "@effect/vitest"
import {
  Inventory,
  OrderId,
  type Reservation,
  reconcile,
  SkuId,
  StockReads
} from "@holdfast/core/inventory"
import { scopedPostgres } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { engineAt, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

type Holds = ReadonlyArray<Reservation.Reservation>

const linesOf = (n: number) =>
  [0, 1, 2].map((line) => ({ skuId: `sku-${(n + line * 5) % 16}`, quantity: line + 1 }))

const byId = (holds: Holds): Holds => [...holds].sort((a, b) => (a.id < b.id ? -1 : 1))

describePostgres(18, "PostgreSQL killed under load", () => {
  it.live("keeps every answer, halves no command, and is used again when it is back", () =>
    Effect.gen(function* () {
      const server = yield* scopedPostgres({ fsync: true })
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        for (let n = 0; n < 16; n++) {
          yield* inventory.registerSku({
            skuId: `sku-${n}`,
            code: `SKU-${n}`,
            name: "SKU",
            initialStock: 10_000_000
          })
        }
        const answered = new Map<number, Holds>()
        const failed = new Map<number, unknown>()
        let isOver = false
        let next = 0
        const reserve = (n: number) =>
          inventory.reserve(
            { orderId: `order-${n}`, lines: linesOf(n), ttl: 86_400 },
            n % 2 === 0 ? { idempotencyKey: `key-${n}` } : {}
          )
        const caller = Effect.gen(function* () {
          while (!isOver) {
            const n = next++
            const exit = yield* Effect.exit(reserve(n))
            if (Exit.isSuccess(exit)) answered.set(n, exit.value)
            else failed.set(n, yield* Effect.flip(exit))
          }
        })
        const load = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 32 }), () => caller, {
            concurrency: "unbounded",
            discard: true
          })
        )
        const answeredSince = (count: number, since: number) =>
          until(Effect.sync(() => answered.size >= since + count))
        for (let round = 0; round < 3; round++) {
          yield* answeredSince(150, answered.size)
          yield* Effect.promise(server.kill9)
          yield* Effect.promise(server.restart)
        }
        yield* answeredSince(150, answered.size)
        isOver = true
        yield* Fiber.join(load)

        for (const [n, holds] of answered) {
          expect(byId(yield* reads.reservationsOfOrder(OrderId.make(`order-${n}`)))).toEqual(
            byId(holds)
          )
        }
        const whole = linesOf(0).length
        for (const [n, error] of failed) {
          expect(error).toMatchObject({ _tag: "StoreError" })
          const stored = yield* reads.reservationsOfOrder(OrderId.make(`order-${n}`))
          const { isRetryable } = error as { readonly isRetryable: boolean }
          expect(isRetryable ? [0] : [0, whole]).toContain(stored.length)
        }
        // A repeat with the key finds the first answer, or does now what was not done then.
        for (const [n, holds] of answered) {
          if (n % 20 === 0) expect(yield* reserve(n)).toEqual(holds)
        }
        expect(yield* reconcile()).toMatchObject({ accuracy: 1, levels: 16 })
        const stored = yield* reads.stock([SkuId.make("sku-3")])
        const events = yield* eventsOf("sku-3")
        expect(events.filter((type) => type === "inventory.stock.reserved").length).toBe(
          yield* holdsOf("sku-3", next)
        )
        expect(stored.length).toBe(1)
      }).pipe(Effect.provide(engineAt(server.url())))
    })
  )
})

/** The types of all events of one SKU, whose versions have no hole. */
const eventsOf = Effect.fnUntraced(function* (skuId: string) {
  const reads = yield* StockReads
  const types: Array<string> = []
  let after = 0
  for (;;) {
    const page = yield* reads.events(after, 1_000)
    for (const { event, position } of page) {
      after = position
      if (event.aggregateId !== skuId) continue
      types.push(event.eventType)
      expect(event.version).toBe(types.length)
    }
    if (page.length === 0) return types
  }
})

/** How many reservations of one SKU the first `count` orders have. */
const holdsOf = Effect.fnUntraced(function* (skuId: string, count: number) {
  const reads = yield* StockReads
  let holds = 0
  for (let n = 0; n < count; n++) {
    if (!linesOf(n).some((line) => line.skuId === skuId)) continue
    const stored = yield* reads.reservationsOfOrder(OrderId.make(`order-${n}`))
    holds += stored.filter((hold) => hold.skuId === skuId).length
  }
  return holds
})
