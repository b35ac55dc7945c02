/** Contract: a repeat with the same key is answered, never done again. */

import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answerVersion } from "../../../inventory/messages/InventoryAnswer.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { readCommand } from "../../../inventory/services/readCommand.ts"
import type { Receipt } from "../../../kernel/Receipt.ts"

import { everythingOf, unitsOf } from "../reads/looking.ts"
import { anotherEngine, type ContractIt, freshSku, Stage } from "../Stage.ts"

/** Idempotency keys. */
export const idempotency = (it: ContractIt): void => {
  it.effect("answers a repeated key with the first answer, byte for byte, and does nothing", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(10)
      const options = { idempotencyKey: fresh("key"), caller: "shop" }
      const command = yield* Effect.fromResult(
        readCommand({
          _tag: "ReserveStock",
          orderId: fresh("order"),
          lines: [{ skuId, quantity: 3, lineId: "ligne é 🧶" }]
        })
      )
      const first = yield* inventory.execute(command, options)
      yield* advance("1 second")
      const before = yield* everythingOf(skuId)
      const again = yield* inventory.execute({ ...command }, options)
      expect([first.isReplayed, again.isReplayed]).toEqual([false, true])
      expect(JSON.stringify(again.answer)).toBe(JSON.stringify(first.answer))
      expect(again.answer).toEqual(first.answer)
      expect(yield* everythingOf(skuId)).toBe(before)
    })
  )

  it.effect("keeps a key only with an effect: a refused command's key can be used again", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(0)
      const options = { idempotencyKey: fresh("key") }
      const command = { orderId: fresh("order"), lines: [{ skuId, quantity: 1 }] }
      const refusal = yield* Effect.flip(inventory.reserve(command, options))
      expect(refusal._tag).toBe("InsufficientStock")
      yield* inventory.receive({ skuId, quantity: 1 })
      const holds = yield* inventory.reserve(command, options)
      expect(holds).toHaveLength(1)
      const other = { orderId: fresh("order"), lines: [{ skuId, quantity: 2 }] }
      const mismatch = yield* Effect.flip(inventory.reserve(other, options))
      expect(mismatch._tag).toBe("IdempotencyMismatch")
    })
  )

  it.effect("B3 keeps the form of an answer, and refuses a repeat when it cannot be read", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const store = yield* StockStore
      const inventory = yield* Inventory
      const skuId = yield* freshSku(0)
      const key = fresh("key")
      yield* inventory.receive({ skuId, quantity: 1 }, { idempotencyKey: key })
      const kept: Array<Receipt> = []
      // A later release, whose answers have another form.
      const later = StockStore.of({
        ...store,
        transact: (scope, decide, locking) =>
          store.transact(
            scope,
            (loaded) => {
              kept.push(...loaded.receipts)
              const receipts = loaded.receipts.map((receipt) => ({ ...receipt, answer: "{}" }))
              return decide({ ...loaded, receipts })
            },
            locking
          )
      })
      const engine = yield* anotherEngine({}, later)
      const receive = (idempotencyKey: string) =>
        Effect.exit(engine.receive({ skuId, quantity: 1 }, { idempotencyKey }))
      const [again, other] = yield* Effect.all([receive(key), receive(fresh("key"))], {
        concurrency: 2
      })
      expect(yield* Effect.flip(again)).toMatchObject({
        _tag: "StoreError",
        reason: "AnswerUnreadable",
        isRetryable: false
      })
      expect(other._tag).toBe("Success")
      expect(kept).toMatchObject([{ key, answerVersion }])
      expect((yield* unitsOf(skuId)).total).toBe(2)
    })
  )

  it.effect("B3 answers from a receipt of form 1, in which a hold does not say how it ended", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const store = yield* StockStore
      const inventory = yield* Inventory
      const skuId = yield* freshSku(1)
      const reserve = { orderId: fresh("order"), lines: [{ skuId, quantity: 1 }] }
      const taking = { skuId, countedQuantity: 0, onShortfall: "RELEASE_NEWEST" } as const
      const [once, twice] = [{ idempotencyKey: fresh("key") }, { idempotencyKey: fresh("key") }]
      const held = yield* inventory.reserve(reserve, once)
      const taken = yield* inventory.count(taking, twice)
      // As the first version kept them.
      const earlier = (receipt: Receipt): Receipt => ({
        ...receipt,
        answer: receipt.answer.replaceAll(/"releaseReason":(?:null|"\w+"),/gu, ""),
        answerVersion: 1
      })
      const upgraded = StockStore.of({
        ...store,
        transact: (scope, decide, locking) =>
          store.transact(
            scope,
            (loaded) => decide({ ...loaded, receipts: loaded.receipts.map(earlier) }),
            locking
          )
      })
      const engine = yield* anotherEngine({}, upgraded)
      expect(yield* engine.reserve(reserve, once)).toEqual(held)
      expect(yield* engine.count(taking, twice)).toEqual(taken)
    })
  )

  it.effect("keeps the key of a command that changed nothing, and forgets keys after a day", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(4)
      const options = { idempotencyKey: fresh("key") }
      const count = { skuId, countedQuantity: 4 }
      yield* inventory.count(count, options)
      yield* inventory.receive({ skuId, quantity: 1 })
      yield* inventory.count(count, options)
      expect((yield* unitsOf(skuId)).total).toBe(5)
      yield* advance("25 hours")
      yield* inventory.count(count, options)
      expect((yield* unitsOf(skuId)).total).toBe(4)
    })
  )
}
