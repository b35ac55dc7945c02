/** Contract: a repeat with the same key is answered, never done again. */

import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answerVersion } from "../../../inventory/messages/InventoryAnswer.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { readCommand } from "../../../inventory/services/readCommand.ts"
import type { Receipt } from "../../../kernel/Receipt.ts"

import { everythingOf, unitsOf } from "../reads/looking.ts"
import {
  anotherEngine,
  atOnce,
  type ContractIt,
  freshSku,
  Stage,
  severalEngines,
  upTo
} from "../Stage.ts"

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

  it.effect("gives twins in flight one effect and one answer, through whatever engine", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalEngines
      const skuId = yield* freshSku(0)
      const options = { idempotencyKey: fresh("key") }
      const ended = yield* atOnce(
        upTo(callers).map((n) => {
          const engine = engines[n % engines.length] ?? engines[0]
          if (engine === undefined) return Effect.die(new Error("no engine"))
          return Effect.flatMap(
            Effect.fromResult(readCommand({ _tag: "ReceiveStock", skuId, quantity: 7 })),
            (command) => engine.execute(command, options)
          )
        })
      )
      const answers = new Set(ended.map(({ answer }) => JSON.stringify(answer?.answer)))
      expect(answers.size).toBe(1)
      expect(ended.filter(({ answer }) => answer?.isReplayed === false)).toHaveLength(1)
      expect((yield* unitsOf(skuId)).total).toBe(7)
    })
  )

  it.effect("refuses a key that comes back with another command", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(0)
      const key = fresh("key")
      yield* inventory.receive({ skuId, quantity: 1 }, { idempotencyKey: key })
      const refusal = yield* Effect.flip(
        inventory.receive({ skuId, quantity: 2 }, { idempotencyKey: key })
      )
      expect(refusal).toEqual({ _tag: "IdempotencyMismatch", key })
      expect((yield* unitsOf(skuId)).total).toBe(1)
    })
  )

  it.effect("keeps one of two commands that bring one key at once", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const [left, right] = [yield* freshSku(0), yield* freshSku(0)]
      const options = { idempotencyKey: fresh("key") }
      const ended = yield* atOnce(
        engines.flatMap((engine) => [
          engine.receive({ skuId: left, quantity: 1 }, options),
          engine.receive({ skuId: right, quantity: 1 }, options)
        ])
      )
      const totals = [(yield* unitsOf(left)).total, (yield* unitsOf(right)).total]
      expect(totals.sort()).toEqual([0, 1])
      for (const { refusal } of ended) {
        if (refusal !== undefined) expect(refusal._tag).toBe("IdempotencyMismatch")
      }
      expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(engines.length)
    })
  )

  it.effect("keeps keys of different callers apart, whatever they are made of", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(0)
      const key = fresh("key")
      const receive = (quantity: number, caller: string, idempotencyKey: string) =>
        inventory.receive({ skuId, quantity }, { caller, idempotencyKey })
      yield* receive(1, "", key)
      yield* receive(2, "a", key)
      yield* receive(3, "b", key)
      yield* receive(4, "a\nb", `${key}\nc`)
      yield* receive(5, "a", `b\n${key}\nc`)
      yield* receive(6, `a\nb\n${key}`, "c")
      expect((yield* unitsOf(skuId)).total).toBe(21)
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

  it.effect("T3 keeps a key for 24 hours and no longer, to the instant", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(0)
      const options = { idempotencyKey: fresh("key") }
      const receive = yield* Effect.fromResult(
        readCommand({ _tag: "ReceiveStock", skuId, quantity: 1 })
      )
      const first = yield* inventory.execute(receive, options)
      const waits = ["2 seconds", "1 hour", "22 hours", "59 minutes", "57999 millis"] as const
      for (const wait of [...waits, "0 millis"] as const) {
        const again = yield* inventory.execute(receive, options)
        expect([wait, again.isReplayed, again.answer]).toEqual([wait, true, first.answer])
        yield* advance(wait)
      }
      const last = yield* inventory.execute(receive, options)
      expect(last.isReplayed).toBe(true)
      expect((yield* unitsOf(skuId)).total).toBe(1)
      yield* advance("1 millis")
      expect((yield* inventory.execute(receive, options)).isReplayed).toBe(false)
      expect((yield* unitsOf(skuId)).total).toBe(2)
      expect((yield* inventory.execute(receive, options)).isReplayed).toBe(true)
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
