/**
 * Contract: a placed order is decided once. It is held or rejected, and a repeat gets the same
 * answer, whatever stock there is by then; its events count from 1.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { OrderState } from "../../../inventory/messages/InventoryAnswer.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { OrderId } from "../../../kernel/Identifier.ts"
import { holdsOf, unitsOf } from "../reads/looking.ts"
import { atOnce, type ContractIt, freshSku, Stage, severalEngines, upTo } from "../Stage.ts"

/** The events of an order of its own aggregate: the last word of each type, and its version. */
const stepsOf = (orderId: string) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const page = yield* reads.events(0, 1_000, { orderId: OrderId.make(orderId) })
    return page.flatMap(({ event }) =>
      event.aggregateType === "ORDER"
        ? [[event.eventType.replace("ordering.order.", ""), event.version]]
        : []
    )
  })

const one = (skuId: string, quantity = 1) => [{ skuId, quantity }]

/** Placing, alone and in a race. */
const placing = (it: ContractIt): void => {
  it.effect("S9 holds a placed order, and answers the same however often it is placed", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(5)
      const orderId = fresh("placed")
      const state = yield* inventory.placeOrder({ orderId, lines: one(skuId, 3), ownerId: "ann" })
      expect(state).toMatchObject({ _tag: "Reserved", version: 1 })
      expect(yield* inventory.placeOrder({ orderId, lines: one(skuId, 1) })).toEqual(state)
      expect(yield* unitsOf(skuId)).toMatchObject({ reserved: 3, available: 2 })
      expect(yield* stepsOf(orderId)).toEqual([["reserved", 1]])
    })
  )

  it.effect("S9 rejects an order that is short, keeps the answer, and leaves no hold", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const [few, many] = [yield* freshSku(1), yield* freshSku(9)]
      const orderId = fresh("placed")
      const key = { idempotencyKey: orderId }
      const lines = [...one(many, 9), ...one(few, 2)]
      const rejected = yield* inventory.placeOrder({ orderId, lines }, key)
      expect(rejected).toEqual({
        _tag: "Rejected",
        orderId,
        version: 1,
        short: [{ line: 1, lineId: null, skuId: few, locationId: null, requested: 2, available: 1 }]
      })
      yield* inventory.receive({ skuId: few, quantity: 9 })
      expect(yield* inventory.placeOrder({ orderId, lines }, key)).toEqual(rejected)
      expect(yield* inventory.placeOrder({ orderId, lines })).toEqual(rejected)
      expect(yield* holdsOf(orderId)).toEqual([])
      expect(yield* unitsOf(many)).toMatchObject({ reserved: 0 })
      expect(yield* stepsOf(orderId)).toEqual([["rejected", 1]])
    })
  )

  it.effect("S9 expires every lapsed hold in the way before it rejects an order", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(1_200)
      yield* Effect.forEach(
        upTo(12),
        () =>
          inventory.reserve({
            orderId: fresh("order"),
            lines: upTo(100).map(() => ({ skuId, quantity: 1 })),
            ttl: 1
          }),
        { discard: true }
      )
      yield* advance("1 second")
      const orderId = fresh("placed")
      const state = yield* inventory.placeOrder({ orderId, lines: one(skuId, 1_200) })
      expect(state._tag).toBe("Reserved")
      const other = fresh("placed")
      const rejected = yield* inventory.placeOrder({ orderId: other, lines: one(skuId) })
      expect(rejected._tag).toBe("Rejected")
      expect(yield* stepsOf(other)).toEqual([["rejected", 1]])
    })
  )

  it.effect("S9 gives the last unit to one of many orders, and rejects the others for good", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalEngines
      const skuId = yield* freshSku(1)
      const orderIds = upTo(callers).map(() => fresh("placed"))
      const placeAll = atOnce(
        orderIds.flatMap((orderId) =>
          engines.map((engine) => engine.placeOrder({ orderId, lines: one(skuId) }))
        )
      )
      const first = yield* placeAll
      const tags = (answers: typeof first) => answers.map(({ answer }) => answer?._tag)
      expect(tags(first).filter((tag) => tag === "Reserved")).toHaveLength(engines.length)
      expect(tags(first).filter((tag) => tag === "Rejected")).toHaveLength(
        engines.length * (callers - 1)
      )
      expect(tags(yield* placeAll)).toEqual(tags(first))
      expect(yield* unitsOf(skuId)).toMatchObject({ total: 1, reserved: 1, available: 0 })
    })
  )
}

/** What happens to an order after it was placed. */
const ending = (it: ContractIt): void => {
  const placed = Effect.gen(function* () {
    const { fresh } = yield* Stage
    const inventory = yield* Inventory
    const skuId = yield* freshSku(2)
    const orderId = fresh("placed")
    yield* inventory.placeOrder({ orderId, lines: one(skuId, 2), ttl: 10 })
    return { inventory, orderId, skuId }
  })

  it.effect("S9 confirms and ships a placed order, each once", () =>
    Effect.gen(function* () {
      const { inventory, orderId, skuId } = yield* placed
      const paid: OrderState = yield* inventory.payOrder({ orderId })
      expect(paid).toMatchObject({ _tag: "Confirmed", version: 2 })
      expect(yield* inventory.payOrder({ orderId })).toEqual(paid)
      const left = yield* inventory.completeOrder({ orderId })
      expect(left).toEqual({ _tag: "Fulfilled", orderId, version: 3 })
      expect(yield* inventory.completeOrder({ orderId })).toEqual(left)
      expect(yield* Effect.flip(inventory.cancelOrder({ orderId }))).toEqual({
        _tag: "OrderConflict",
        orderId,
        status: "FULFILLED",
        action: "cancellation"
      })
      expect(yield* unitsOf(skuId)).toEqual({ total: 0, reserved: 0, available: 0 })
      expect(yield* stepsOf(orderId)).toEqual([
        ["reserved", 1],
        ["confirmed", 2],
        ["fulfilled", 3]
      ])
    })
  )

  it.effect("S9 takes a lapsed order again for a late payment, or says that it is too late", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const again = yield* placed
      const gone = yield* placed
      yield* advance("10 seconds")
      const { inventory } = gone
      yield* inventory.placeOrder({ orderId: fresh("placed"), lines: one(gone.skuId, 1) })
      const confirmed = yield* inventory.payOrder({ orderId: again.orderId })
      expect(confirmed).toMatchObject({ _tag: "Confirmed", version: 3 })
      expect(yield* stepsOf(again.orderId)).toEqual([
        ["reserved", 1],
        ["payment.late", 2],
        ["confirmed", 3]
      ])
      const late = yield* inventory.payOrder({ orderId: gone.orderId })
      expect(late).toMatchObject({ _tag: "PaidLate", short: [{ requested: 2, available: 1 }] })
      expect(yield* unitsOf(gone.skuId)).toMatchObject({ reserved: 1 })
      yield* inventory.receive({ skuId: gone.skuId, quantity: 9 })
      expect(yield* inventory.payOrder({ orderId: gone.orderId })).toEqual(late)
    })
  )

  it.effect(
    "S9 gives a cancelled order back, and lets one of a payment and a cancellation win",
    () =>
      Effect.gen(function* () {
        const engines = yield* severalEngines
        const { inventory, orderId, skuId } = yield* placed
        yield* atOnce(
          engines.flatMap((engine) => [
            engine.payOrder({ orderId }),
            engine.cancelOrder({ orderId })
          ])
        )
        expect(yield* inventory.cancelOrder({ orderId })).toMatchObject({ _tag: "Cancelled" })
        expect(yield* unitsOf(skuId)).toEqual({ total: 2, reserved: 0, available: 2 })
        const [first, ...rest] = yield* stepsOf(orderId)
        expect(first).toEqual(["reserved", 1])
        expect([
          [["cancelled", 2]],
          [
            ["confirmed", 2],
            ["cancelled", 3]
          ]
        ]).toContainEqual(rest)
      })
  )

  it.effect("S9 knows no order that has holds alone", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const orderId = fresh("order")
      yield* inventory.reserve({ orderId, lines: one(yield* freshSku(1)) })
      for (const step of [inventory.payOrder, inventory.cancelOrder, inventory.completeOrder]) {
        expect(yield* Effect.flip(step({ orderId }))).toEqual({ _tag: "OrderNotPlaced", orderId })
      }
    })
  )
}

/** What is read of an order: the parts that do not differ from run to run. */
const readOf = (orderId: string) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const [order] = yield* reads.placedOrders([OrderId.make(orderId)])
    if (order === undefined) return undefined
    const { ownerId, reservations, short, status, version } = order
    const holds = reservations.map((hold) => [hold.status, hold.quantity])
    expect(order.orderId).toBe(orderId)
    expect(order.changedAt.epochMilliseconds).toBeGreaterThanOrEqual(
      order.placedAt.epochMilliseconds
    )
    return { status, version, ownerId, short: short.length, holds }
  })

/** What a reader sees of an order from step to step. */
const reading = (it: ContractIt): void => {
  it.effect("S9 reads an order as it stands: held, paid, and when its goods have left", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const lines = [...one(yield* freshSku(5), 3), ...one(yield* freshSku(5), 2)]
      const orderId = fresh("placed")
      expect(yield* readOf(orderId)).toBe(undefined)
      yield* inventory.placeOrder({ orderId, lines, ownerId: "ann" })
      const held = { status: "RESERVED", version: 1, ownerId: "ann", short: 0 }
      const holds = (status: string) => [3, 2].map((quantity) => [status, quantity])
      expect(yield* readOf(orderId)).toEqual({ ...held, holds: holds("PENDING") })
      yield* inventory.payOrder({ orderId })
      const paid = { ...held, status: "CONFIRMED", version: 2 }
      expect(yield* readOf(orderId)).toEqual({ ...paid, holds: holds("CONFIRMED") })
      yield* inventory.completeOrder({ orderId })
      const left = { ...held, status: "FULFILLED", version: 3 }
      expect(yield* readOf(orderId)).toEqual({ ...left, holds: holds("FULFILLED") })
    })
  )

  it.effect("S9 reads an order that was rejected, cancelled, or has lost its holds", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(3)
      const [rejected, cancelled, lost] = [fresh("placed"), fresh("placed"), fresh("placed")]
      const of = (status: string, version: number) => ({ status, version, ownerId: null, short: 0 })
      yield* inventory.placeOrder({ orderId: rejected, lines: one(skuId, 4) })
      expect(yield* readOf(rejected)).toEqual({ ...of("REJECTED", 1), short: 1, holds: [] })
      yield* inventory.placeOrder({ orderId: cancelled, lines: one(skuId, 1) })
      yield* inventory.cancelOrder({ orderId: cancelled })
      expect(yield* readOf(cancelled)).toEqual({ ...of("CANCELLED", 2), holds: [] })
      yield* inventory.placeOrder({ orderId: lost, lines: one(skuId, 2), ttl: 1 })
      yield* advance("2 seconds")
      expect(yield* readOf(lost)).toEqual({ ...of("RESERVED", 1), holds: [["EXPIRED", 2]] })
    })
  )
}

/** Orders whose state is kept. */
export const placedOrders = (it: ContractIt): void => {
  placing(it)
  ending(it)
  reading(it)
}
