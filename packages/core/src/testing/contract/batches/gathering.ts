/** Contract: how an engine gathers callers over the store, and what each learns when it ends. */
import { expect } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Scope from "effect/Scope"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { SkuId } from "../../../kernel/Identifier.ts"
import { StoreError } from "../../../kernel/StoreError.ts"
import { holdsOf, unitsOf } from "../reads/looking.ts"
import { anotherEngine, type ContractIt, freshSku, Stage } from "../Stage.ts"

/** The store under test behind a gate: a batch waits in front of it until the gate opens. */
export const gated = Effect.gen(function* () {
  const store = yield* StockStore
  const gate = yield* Latch.make()
  const arrived = yield* Deferred.make<void>()
  const batches: Array<number> = []
  const behindGate = StockStore.of({
    ...store,
    lanes: 1,
    transact: (scope, decide, locking) =>
      Effect.gen(function* () {
        batches.push(scope.skuIds.length)
        yield* Deferred.succeed(arrived, undefined)
        yield* gate.await
        return yield* store.transact(scope, decide, locking)
      })
  })
  return { store: behindGate, open: gate.open, arrived: Deferred.await(arrived), batches }
})

/** Starts an effect and lets it run until it waits. */
export const begun = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.tap(Effect.forkChild(effect), () => Effect.yieldNow)

/** Group commit. */
export const gathering = (it: ContractIt): void => {
  it.effect("withdraws a caller who leaves before the batch is formed, and nobody else", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { arrived, open, store } = yield* gated
      const engine = yield* anotherEngine({}, store)
      const skuId = yield* freshSku(10)
      const orders = [fresh("order"), fresh("order"), fresh("order")]
      const reserve = (n: number) =>
        engine.reserve({ orderId: orders[n] ?? "", lines: [{ skuId, quantity: 1 }] })
      const taken = yield* begun(reserve(0))
      yield* arrived
      const leaver = yield* begun(reserve(1))
      const stayer = yield* begun(reserve(2))
      yield* Fiber.interrupt(taken)
      yield* Fiber.interrupt(leaver)
      yield* open
      yield* Fiber.join(stayer)
      expect((yield* unitsOf(skuId)).reserved).toBe(2)
      expect(yield* holdsOf(orders[0] ?? "")).toHaveLength(1)
      expect(yield* holdsOf(orders[1] ?? "")).toEqual([])
    })
  )

  it.effect(
    "answers Overloaded at once when the queue is full, and takes callers again after",
    () =>
      Effect.gen(function* () {
        const { arrived, open, store } = yield* gated
        const engine = yield* anotherEngine({ queueMax: 2 }, store)
        const skuId = yield* freshSku(0)
        const receive = engine.receive({ skuId, quantity: 1 })
        const first = yield* begun(receive)
        yield* arrived
        const waiting = [yield* begun(receive), yield* begun(receive)]
        const refusal = yield* Effect.flip(receive)
        expect(refusal).toBeInstanceOf(StoreError)
        expect(refusal).toMatchObject({ reason: "Overloaded", isRetryable: true })
        yield* open
        yield* Fiber.join(first)
        yield* Effect.forEach(waiting, (fiber) => Fiber.join(fiber))
        yield* receive
        expect((yield* unitsOf(skuId)).total).toBe(4)
      })
  )

  it.effect("gathers callers who wait into one batch, within its bounds", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { arrived, batches, open, store } = yield* gated
      const engine = yield* anotherEngine({ batchMax: 6, batchLinesMax: 4 }, store)
      const skuIds = [yield* freshSku(9), yield* freshSku(9), yield* freshSku(9)]
      const reserve = (lines: number) =>
        engine.reserve({
          orderId: fresh("order"),
          lines: skuIds.slice(0, lines).map((skuId) => ({ skuId, quantity: 1 }))
        })
      const fibers = [yield* begun(reserve(3))]
      yield* arrived
      for (const lines of [1, 2, 1, 3, 2, 2]) fibers.push(yield* begun(reserve(lines)))
      yield* open
      yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
      expect(batches).toEqual([3, 2, 3, 2])
      expect((yield* unitsOf(skuIds[0] ?? "")).reserved).toBe(7)
    })
  )

  it.effect("B5 keeps how a hold and a SKU ended that one batch made and ended", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { arrived, batches, open, store } = yield* gated
      const engine = yield* anotherEngine({}, store)
      const [lost, kept] = [yield* freshSku(5), yield* freshSku(1)]
      const orderId = fresh("order")
      const newSku = SkuId.make(fresh("sku"))
      const lines = [
        { skuId: lost, quantity: 5 },
        { skuId: kept, quantity: 1 }
      ]
      const fibers = [yield* begun(engine.receive({ skuId: kept, quantity: 1 }))]
      yield* arrived
      const together = [
        yield* begun(engine.reserve({ orderId, lines })),
        yield* begun(
          engine.count({ skuId: lost, countedQuantity: 0, onShortfall: "RELEASE_NEWEST" })
        ),
        yield* begun(engine.registerSku({ skuId: newSku, code: newSku, name: "New" })),
        yield* begun(engine.archiveSku({ skuId: newSku }))
      ]
      yield* open
      yield* Effect.forEach([...fibers, ...together], (fiber) =>
        Fiber.join<unknown, unknown>(fiber)
      )
      expect(batches).toEqual([1, 3])
      expect((yield* holdsOf(orderId)).map((hold) => [hold.skuId, hold.releaseReason])).toEqual(
        expect.arrayContaining([
          [lost, "SHORTFALL"],
          [kept, null]
        ])
      )
      expect(yield* Effect.flip(engine.confirmOrder({ orderId }))).toMatchObject({
        _tag: "ReservationExpired"
      })
      expect((yield* (yield* StockReads).sku(newSku))?.archivedAt).not.toBeNull()
    })
  )

  it.effect("answers what was taken when it closes, then takes no more", () =>
    Effect.gen(function* () {
      const { arrived, open, store } = yield* gated
      const scope = yield* Scope.make()
      const engine = yield* Scope.provide(anotherEngine({}, store), scope)
      const skuId = yield* freshSku(0)
      const receive = engine.receive({ skuId, quantity: 1 })
      const first = yield* begun(receive)
      yield* arrived
      const waiting = yield* begun(receive)
      const closing = yield* begun(Scope.close(scope, Exit.void))
      const late = yield* Effect.flip(receive)
      expect(late).toMatchObject({ _tag: "StoreError", reason: "Closed", isRetryable: false })
      yield* open
      yield* Fiber.join(closing)
      yield* Fiber.join(first)
      yield* Fiber.join(waiting)
      expect((yield* unitsOf(skuId)).total).toBe(2)
    })
  )

  it.effect("tells every caller of a batch when the store fails, and goes on with the next", () =>
    Effect.gen(function* () {
      const store = yield* StockStore
      let isDown = true
      const down = new StoreError({ reason: "Unavailable", message: "down" })
      const engine = yield* anotherEngine(
        {},
        StockStore.of({
          ...store,
          lanes: 1,
          transact: (scope, decide, locking) =>
            isDown ? Effect.fail(down) : store.transact(scope, decide, locking)
        })
      )
      const skuId = yield* freshSku(0)
      const receive = engine.receive({ skuId, quantity: 1 })
      const failures = yield* Effect.all([Effect.flip(receive), Effect.flip(receive)], {
        concurrency: 2
      })
      expect(failures).toEqual([down, down])
      isDown = false
      yield* receive
      expect((yield* unitsOf(skuId)).total).toBe(1)
    })
  )
}
