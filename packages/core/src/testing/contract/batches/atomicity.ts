/** Contract: a command takes effect whole or not at all, and fails alone. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { ValidCommandOf } from "../../../inventory/messages/InventoryCommand.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { readCommand } from "../../../inventory/services/readCommand.ts"
import { OrderId } from "../../../kernel/Identifier.ts"
import { endOfLog, eventsAfter, everythingOf, holdsOf, unitsOf } from "../reads/looking.ts"
import { type ContractIt, freshSku, Stage, upTo } from "../Stage.ts"

/** A command that was valid, and throws when it is decided. */
const poison = (skuId: string): ValidCommandOf<"AdjustStock"> => {
  const command = { _tag: "AdjustStock", skuId, reason: "poison", quantity: 1 } as const
  return Object.defineProperty(Result.getOrThrow(readCommand(command)), "quantity", {
    get: () => {
      throw new Error("poison")
    }
  })
}

/** All or nothing, for one command and within one batch. */
export const atomicity = (it: ContractIt): void => {
  it.effect("sums the lines of one SKU before it promises", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(10)
      const orderId = fresh("order")
      const line = (quantity: number) => ({ skuId, quantity })
      const refusal = yield* Effect.flip(inventory.reserve({ orderId, lines: [line(6), line(5)] }))
      expect(refusal).toMatchObject({
        _tag: "InsufficientStock",
        lines: [{ line: 1, requested: 5, available: 4 }]
      })
      yield* inventory.reserve({ orderId, lines: [line(6), line(4)] })
      expect(yield* unitsOf(skuId)).toEqual({ total: 10, reserved: 10, available: 0 })
      expect((yield* holdsOf(orderId)).map((hold) => hold.quantity)).toEqual([6, 4])
    })
  )

  it.effect("leaves nothing of a command that was refused", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(3)
      const orderId = fresh("order")
      const before = yield* everythingOf(skuId)
      const end = yield* endOfLog
      yield* Effect.flip(inventory.reserve({ orderId, lines: [{ skuId, quantity: 4 }] }))
      yield* Effect.flip(inventory.ship({ skuId, quantity: 4 }))
      yield* Effect.flip(inventory.adjust({ skuId, quantity: -4, reason: "lost" }))
      yield* Effect.flip(inventory.count({ skuId, countedQuantity: 9, expectedQuantity: 4 }))
      yield* Effect.flip(inventory.archiveSku({ skuId }))
      yield* Effect.flip(inventory.receive({ skuId, locationId: "nowhere", quantity: 1 }))
      expect(yield* everythingOf(skuId)).toBe(before)
      expect(yield* reads.reservationsOfOrder(OrderId.make(orderId))).toEqual([])
      expect(yield* eventsAfter(end)).toEqual([])
    })
  )

  it.effect("holds all lines of an order over several SKUs, or none", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const [plenty, scarce, none] = [yield* freshSku(9), yield* freshSku(1), yield* freshSku(0)]
      const orderId = fresh("order")
      const lines = [plenty, scarce, none].map((skuId) => ({ skuId, quantity: 2 }))
      const refusal = yield* Effect.flip(inventory.reserve({ orderId, lines }))
      expect(refusal).toMatchObject({
        _tag: "InsufficientStock",
        lines: [
          { line: 1, skuId: scarce, requested: 2, available: 1 },
          { line: 2, skuId: none, requested: 2, available: 0 }
        ]
      })
      expect(yield* unitsOf(plenty)).toEqual({ total: 9, reserved: 0, available: 9 })
      expect(yield* holdsOf(orderId)).toEqual([])
    })
  )

  it.effect("fails a poisonous command alone among 500 that came with it", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(1_000)
      const exits = yield* Effect.forEach(
        upTo(500),
        (n) =>
          Effect.exit<unknown, unknown, never>(
            n === 250
              ? inventory.execute(poison(skuId))
              : inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 1 }] })
          ),
        { concurrency: "unbounded" }
      )
      const failed = exits.flatMap((exit, n) => (Exit.isFailure(exit) ? [n] : []))
      expect(failed).toEqual([250])
      expect(exits[250]?.toString()).toContain("poison")
      expect(yield* unitsOf(skuId)).toEqual({ total: 1_000, reserved: 499, available: 501 })
    })
  )

  it.effect("takes 2,000 lines in one command, and 500 commands at once", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuIds = yield* Effect.forEach(upTo(100), () => freshSku(100), {
        concurrency: "unbounded"
      })
      const lines = upTo(2_000).map((n) => ({
        skuId: skuIds[n % 100] ?? "",
        quantity: 1,
        lineId: `line-${n}`
      }))
      const orderId = fresh("order")
      const holds = yield* inventory.reserve({ orderId, lines })
      expect(holds.map((hold) => hold.lineId)).toEqual(lines.map((line) => line.lineId))
      expect(new Set(holds.map((hold) => hold.id)).size).toBe(2_000)
      yield* Effect.forEach(
        upTo(500),
        (n) =>
          inventory.reserve({
            orderId: fresh("order"),
            lines: [{ skuId: skuIds[n % 100] ?? "", quantity: 1 }]
          }),
        { concurrency: "unbounded", discard: true }
      )
      for (const skuId of skuIds) expect((yield* unitsOf(skuId)).reserved).toBe(25)
      yield* inventory.confirmOrder({ orderId })
      yield* inventory.fulfilOrder({ orderId })
      for (const skuId of skuIds) {
        expect(yield* unitsOf(skuId)).toEqual({ total: 80, reserved: 5, available: 75 })
      }
    })
  )
}
