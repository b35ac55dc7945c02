/** Contract: SKUs are archived and un-archived, and their codes have one owner throughout. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { SkuId } from "../../../kernel/Identifier.ts"
import { anotherEngine, atOnce, type ContractIt, freshSku, Stage } from "../Stage.ts"

/** An engine that gathers simultaneous commands into one batch, and its number of batches. */
const ofOneLane = Effect.gen(function* () {
  const store = yield* StockStore
  let batches = 0
  const engine = yield* anotherEngine(
    {},
    StockStore.of({
      ...store,
      lanes: 1,
      transact: (scope, decide) => {
        batches++
        return store.transact(scope, decide)
      }
    })
  )
  return { engine, batches: () => batches }
})

/** Archiving. */
export const archiving = (it: ContractIt): void => {
  it.effect("S11 lets the code of an archived SKU be given away, and finds the one in use", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const code = fresh("CODE")
      const old = yield* freshSku(0, { code })
      expect((yield* Effect.flip(inventory.unarchiveSku({ skuId: "nothing" })))._tag).toBe(
        "SkuNotFound"
      )
      const archived = yield* inventory.archiveSku({ skuId: old })
      expect(yield* reads.skuByCode(code)).toBeUndefined()
      expect(yield* reads.sku(old)).toEqual(archived)
      const back = yield* inventory.unarchiveSku({ skuId: old })
      expect(back).toEqual({ ...archived, archivedAt: null })
      expect(yield* inventory.unarchiveSku({ skuId: old })).toEqual(back)
      expect(yield* reads.skuByCode(code)).toEqual(back)
      yield* inventory.archiveSku({ skuId: old })
      const heir = yield* inventory.registerSku({ code, name: "Heir" })
      expect(yield* reads.skuByCode(code)).toEqual(heir)
      const taken = { _tag: "SkuCodeTaken", code }
      expect(yield* Effect.flip(inventory.unarchiveSku({ skuId: old }))).toEqual(taken)
      yield* inventory.updateSku({ skuId: heir.id, code: fresh("OTHER") })
      yield* inventory.unarchiveSku({ skuId: old })
      expect((yield* reads.skuByCode(code))?.id).toBe(old)
      expect(yield* Effect.flip(inventory.updateSku({ skuId: heir.id, code }))).toEqual(taken)
    })
  )

  it.effect("S11 lets the codes of archived SKUs change hands within one batch", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { batches, engine: inventory } = yield* ofOneLane
      const reads = yield* StockReads
      const code = fresh("CODE")
      const [first, second] = [yield* freshSku(0, { code }), fresh("sku")]
      const taken = { _tag: "SkuCodeTaken", code }
      const given = yield* atOnce([
        inventory.archiveSku({ skuId: first }),
        inventory.registerSku({ skuId: second, code, name: "Second" }),
        inventory.unarchiveSku({ skuId: first })
      ])
      expect(given.map(({ refusal }) => refusal)).toEqual([undefined, undefined, taken])
      expect((yield* reads.skuByCode(code))?.id).toBe(second)
      const backAgain = yield* atOnce([
        inventory.archiveSku({ skuId: second }),
        inventory.unarchiveSku({ skuId: first }),
        inventory.unarchiveSku({ skuId: second })
      ])
      expect(backAgain.map(({ refusal }) => refusal)).toEqual([undefined, undefined, taken])
      expect((yield* reads.skuByCode(code))?.id).toBe(first)
      expect((yield* reads.sku(SkuId.make(second)))?.archivedAt).not.toBeNull()
      expect(batches()).toBe(2)
    })
  )
}
