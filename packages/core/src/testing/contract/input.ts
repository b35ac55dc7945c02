/** Contract: input that looks alike or cannot be read is refused, and accepted input is kept. */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import { Inventory } from "../../inventory/services/Inventory.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { ledgerOf } from "./reads/looking.ts"
import { type ContractIt, freshSku, Stage } from "./Stage.ts"

/** The paths of the issues for which a request is refused. */
const badPathsOf = <A, R>(asked: Effect.Effect<A, InventoryRefusal | StoreError, R>) =>
  Effect.map(Effect.flip(asked), (refusal) =>
    refusal._tag === "InvalidInput" ? refusal.issues.map(({ path }) => path) : [refusal._tag]
  )

/** Texts and instants of callers. */
export const input = (it: ContractIt): void => {
  it.effect("S4 has one SKU for a code, however the code is padded", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const code = fresh("CODE")
      yield* inventory.registerSku({ code, name: "A thing" })
      const padded = [
        `${code} `,
        ` ${code}`,
        `${code}\u00a0`,
        `\u3000${code}`,
        `\ufeff${code}`,
        `${code}\u200b`,
        `\u202e${code}`,
        `${code.slice(0, 2)}\u00ad${code.slice(2)}`,
        `${code}\u2060`,
        `${code}\ufe0f`,
        " ",
        "\u3164"
      ]
      for (const text of padded) {
        const asked = inventory.registerSku({ code: text, name: text })
        // A name may choose how an emoji looks; a code may have no invisible characters.
        const both = text.endsWith("\ufe0f") ? ["code"] : ["code", "name"]
        expect([text, yield* badPathsOf(asked)]).toEqual([text, both])
      }
      expect((yield* reads.skuByCode(code))?.code).toBe(code)
    })
  )

  it.effect("S6 keeps when something happened, and refuses an instant in the future", () =>
    Effect.gen(function* () {
      const { now } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(4)
      const at = DateTime.formatIso(DateTime.add(yield* now, { minutes: 4 }))
      const later = DateTime.formatIso(DateTime.add(yield* now, { minutes: 6 }))
      yield* inventory.receive({ skuId, quantity: 1, occurredAt: at })
      yield* inventory.count({ skuId, countedQuantity: 5, occurredAt: at, actor: "Ann" })
      const future = inventory.receive({ skuId, quantity: 1, occurredAt: later })
      expect(yield* badPathsOf(future)).toEqual(["occurredAt"])
      const [counted, received] = yield* ledgerOf(skuId)
      expect(counted).toMatchObject({ quantity: 0, balanceAfter: 5, actor: "Ann" })
      expect([counted, received].map((movement) => movement?.occurredAt)).toEqual([
        DateTime.makeUnsafe(at),
        DateTime.makeUnsafe(at)
      ])
    })
  )

  it.effect("S8 holds for as long as a bank transfer takes: 31 days, to the second", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(2)
      const lines = [{ skuId, quantity: 1 }]
      const [hold] = yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 2_678_400 })
      const days =
        ((hold?.expiresAt?.epochMilliseconds ?? 0) - (hold?.createdAt.epochMilliseconds ?? 0)) /
        86_400_000
      expect(days).toBe(31)
      const longer = inventory.reserve({ orderId: fresh("order"), lines, ttl: 2_678_401 })
      expect(yield* badPathsOf(longer)).toEqual(["ttl"])
      const [usual] = yield* inventory.reserve({ orderId: fresh("order"), lines })
      expect(
        (usual?.expiresAt?.epochMilliseconds ?? 0) - (usual?.createdAt.epochMilliseconds ?? 0)
      ).toBe(900_000)
    })
  )
}
