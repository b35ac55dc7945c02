/**
 * Contract: how large an order may be. Its lines are bounded. Its history, however long, is read by
 * pages, and no decision reads it.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { expireLapsed } from "../../../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import type { LoadedStock } from "../../../inventory/state/StockBook.ts"
import { OrderId } from "../../../kernel/Identifier.ts"
import { anotherEngine, atOnce, type ContractIt, freshSku, Stage, upTo } from "../Stage.ts"

/** An engine over the store under test, and what it loads for each of its batches. */
const watchedEngine = Effect.gen(function* () {
  const store = yield* StockStore
  const books: Array<LoadedStock> = []
  const watched = StockStore.of({
    ...store,
    transact: (scope, decide) =>
      store.transact(scope, (loaded) => {
        books.push(loaded)
        return decide(loaded)
      })
  })
  return { engine: yield* anotherEngine({}, watched), books }
})

/** Large orders. */
export const largeOrders = (it: ContractIt): void => {
  it.effect("B12 loads only the lines of a till with a long history", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { books, engine } = yield* watchedEngine
      const [skuId, other] = [yield* freshSku(2_000), yield* freshSku(1)]
      const orderId = fresh("till")
      const sale = (lines: number) => ({
        orderId,
        lines: upTo(lines).map(() => ({ skuId, quantity: 1 }))
      })
      yield* engine.reserve(sale(600))
      yield* engine.confirmOrder({ orderId })
      yield* engine.fulfilOrder({ orderId })
      yield* engine.reserve({ orderId, lines: [{ skuId: other, quantity: 1 }] })
      yield* engine.releaseOrder({ orderId })
      yield* engine.reserve(sale(2))
      books.length = 0
      expect(yield* engine.confirmOrder({ orderId })).toHaveLength(2)
      const refusal = yield* Effect.flip(engine.reserve({ ...sale(1), replace: true }))
      expect(refusal).toEqual({ _tag: "OrderAlreadyConfirmed", orderId })
      expect(yield* engine.fulfilOrder({ orderId })).toHaveLength(2)
      expect(yield* Effect.flip(engine.confirmOrder({ orderId }))).toMatchObject({
        _tag: "ReservationConflict",
        status: "FULFILLED"
      })
      const loaded = books.map(({ reservations }) => new Set(reservations.map(({ id }) => id)).size)
      // The lines, the newest fulfilled hold and the newest released hold.
      expect(loaded).toEqual([4, 4, 4, 2])
      expect(books.map(({ skus }) => skus.map(({ id }) => id))).toEqual([
        [skuId],
        [skuId],
        [skuId],
        []
      ])
    })
  )

  it.effect("B12 reads an order page by page, oldest first, without a hold twice or lost", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(40)
      const orderId = OrderId.make(fresh("order"))
      const held: Array<string> = []
      for (const n of upTo(5)) {
        const lines = upTo(5).map(() => ({ skuId, quantity: 1 }))
        const holds = yield* inventory.reserve({ orderId, lines, ttl: n === 4 ? 1 : 900 })
        held.push(...holds.map(({ id }) => id).sort())
        const [released, confirmed, fulfilled] = holds.map(({ id }) => ({ reservationId: id }))
        if (released === undefined || confirmed === undefined || fulfilled === undefined) continue
        yield* inventory.release(released)
        yield* inventory.confirm(confirmed)
        yield* inventory.confirm(fulfilled)
        yield* inventory.fulfil(fulfilled)
        yield* advance("1 second")
      }
      yield* expireLapsed
      const read: Array<Reservation> = []
      while (true) {
        const after = read.at(-1) ?? null
        const page = yield* reads.reservationsOfOrder(orderId, { after, limit: 4 })
        read.push(...page)
        if (page.length < 4) break
      }
      expect(read.map(({ id }) => id)).toEqual(held)
      expect(new Set(read.map(({ status }) => status)).size).toBe(5)
      expect(yield* reads.reservationsOfOrder(orderId)).toEqual(read)
      const lines = yield* reads.linesOfOrder(orderId)
      const isDecided = ({ releaseReason, status }: Reservation) =>
        status === "FULFILLED" || releaseReason === "RELEASED"
      expect(new Set(lines.filter((hold) => !isDecided(hold)).map(({ id }) => id))).toEqual(
        new Set(read.filter((hold) => !isDecided(hold)).map(({ id }) => id))
      )
      expect(lines.filter(({ status }) => status === "FULFILLED")).toEqual([
        read.findLast(({ status }) => status === "FULFILLED")
      ])
    })
  )

  it.effect("B12 takes no more lines once an order has 2,000, and decides on all of them", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(3_000)
      const orderId = fresh("order")
      const lines = (count: number) => upTo(count).map(() => ({ skuId, quantity: 1 }))
      yield* inventory.reserve({ orderId, lines: lines(1_990) })
      const refusal = (count: number) => ({
        _tag: "OrderTooLarge",
        orderId,
        lines: count,
        orderLinesMax: 2_000
      })
      expect(yield* Effect.flip(inventory.reserve({ orderId, lines: lines(11) }))).toEqual(
        refusal(2_001)
      )
      const ended = yield* atOnce(
        upTo(12).map(() => inventory.reserve({ orderId, lines: lines(1) }))
      )
      expect(ended.flatMap((one) => one.refusal ?? [])).toEqual([refusal(2_001), refusal(2_001)])
      // An engine that has not added to this order does not count its lines until it has added 64.
      const another = yield* anotherEngine()
      yield* another.reserve({ orderId, lines: lines(64) })
      expect(yield* Effect.flip(another.reserve({ orderId, lines: lines(1) }))).toEqual(
        refusal(2_001)
      )
      expect(yield* inventory.confirmOrder({ orderId })).toHaveLength(2_064)
      expect(yield* inventory.releaseOrder({ orderId, confirmed: true })).toHaveLength(2_064)
      expect(yield* inventory.reserve({ orderId, lines: lines(1) })).toHaveLength(1)
    })
  )
}
