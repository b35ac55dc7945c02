/** Contract: a code that changes hands within one batch belongs to its last owner. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { InventoryRefusal } from "../../../inventory/messages/InventoryError.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import type { Inventory } from "../../../inventory/services/Inventory.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import { unitsOf } from "../reads/looking.ts"
import { anotherEngine, type ContractIt, freshSku, Stage } from "../Stage.ts"
import { begun, gated } from "./gathering.ts"

type Command = (
  engine: Inventory["Service"]
) => Effect.Effect<unknown, InventoryRefusal | StoreError>

/** Runs commands as one batch, in this order. Any refusal is an error. */
const inOneBatch = (...commands: ReadonlyArray<Command>) =>
  Effect.gen(function* () {
    const { arrived, batches, open, store } = yield* gated
    const engine = yield* anotherEngine({}, store)
    const before = yield* freshSku(0)
    const fibers = [yield* begun(Effect.asVoid(engine.receive({ skuId: before, quantity: 1 })))]
    yield* arrived
    for (const command of commands) fibers.push(yield* begun(Effect.asVoid(command(engine))))
    yield* open
    yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
    expect(batches).toHaveLength(2)
  })

/** Codes. */
export const handover = (it: ContractIt): void => {
  it.effect("B2 lets codes change hands within a batch, also in a swap", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const reads = yield* StockReads
      const [P, Q, T] = [fresh("P"), fresh("Q"), fresh("T")]
      const [left, right, other] = [
        yield* freshSku(1, { code: P }),
        yield* freshSku(1, { code: Q }),
        yield* freshSku(5)
      ]
      yield* inOneBatch(
        (engine) => engine.receive({ skuId: other, quantity: 1 }),
        (engine) => engine.updateSku({ skuId: left, code: T }),
        (engine) => engine.updateSku({ skuId: right, code: P }),
        (engine) => engine.updateSku({ skuId: left, code: Q }),
        (engine) =>
          engine.reserve({ orderId: fresh("order"), lines: [{ skuId: other, quantity: 1 }] })
      )
      expect((yield* reads.skuByCode(P))?.id).toBe(right)
      expect((yield* reads.skuByCode(Q))?.id).toBe(left)
      expect(yield* reads.skuByCode(T)).toBeUndefined()
      expect(yield* unitsOf(other)).toEqual({ total: 6, reserved: 1, available: 5 })
    })
  )

  it.effect("B2 lets a new SKU have a code that was freed in its batch, and a chain of them", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const reads = yield* StockReads
      const [first, second, third] = [fresh("A"), fresh("B"), fresh("C")]
      const [left, right] = [
        yield* freshSku(1, { code: first }),
        yield* freshSku(1, { code: second })
      ]
      const added = fresh("sku")
      yield* inOneBatch(
        (engine) => engine.updateSku({ skuId: right, code: third }),
        (engine) => engine.updateSku({ skuId: left, code: second, name: "Renamed" }),
        (engine) => engine.registerSku({ skuId: added, code: first, name: "New" })
      )
      expect((yield* reads.skuByCode(first))?.id).toBe(added)
      expect(yield* reads.skuByCode(second)).toMatchObject({ id: left, name: "Renamed" })
      expect((yield* reads.skuByCode(third))?.id).toBe(right)
    })
  )
}
