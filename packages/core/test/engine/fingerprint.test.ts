import { describe, expect, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { CatalogCommand } from "../../src/catalog/messages/CatalogCommand.ts"
import { fingerprintOf } from "../../src/engine/fingerprint.ts"
import type { CommandOf, InventoryCommand } from "../../src/inventory/messages/InventoryCommand.ts"
import { ProductId } from "../../src/kernel/Identifier.ts"
import { line, receive, reserve, written } from "../inventory/decide/words.ts"

const fingerprint = (command: InventoryCommand | CatalogCommand) =>
  Effect.flatMap(Digest.Digest, (digest) => fingerprintOf(digest, command)).pipe(
    Effect.provide(Digest.layerWebCrypto)
  )

describe("a fingerprint", () => {
  it.effect("is the SHA-256 of the command, whatever the order of its fields", () =>
    Effect.gen(function* () {
      const one = written<CommandOf<"ReserveStock">>({
        _tag: "ReserveStock",
        orderId: "o",
        lines: [{ skuId: "tea", quantity: 1, lineId: "l" }],
        ttl: 60
      })
      const other = written<CommandOf<"ReserveStock">>({
        ttl: 60,
        lines: [{ lineId: "l", quantity: 1, skuId: "tea" }],
        orderId: "o",
        _tag: "ReserveStock"
      })
      expect(yield* fingerprint(one)).toMatch(/^[0-9a-f]{64}$/)
      expect(yield* fingerprint(one)).toBe(yield* fingerprint(other))
    })
  )

  it.effect("tells lists and objects apart in data of the host", () =>
    Effect.gen(function* () {
      const values: ReadonlyArray<Schema.Json> = [
        {},
        [],
        { a: 1 },
        [["a", 1]],
        [{ a: 1 }],
        [[["a", 1]]],
        { a: { b: 1 } },
        { a: [["b", 1]] },
        { list: [["a", 1]] },
        [[], []],
        [{}, {}]
      ]
      const prints = yield* Effect.forEach(values, (value) =>
        fingerprint({
          _tag: "UpdateProduct",
          productId: ProductId.make("00000000-0000-7000-8000-000000000001"),
          metadata: { value }
        })
      )
      expect(new Set(prints).size).toBe(values.length)
    })
  )

  it.effect("differs for every difference that matters", () =>
    Effect.gen(function* () {
      const occurredAt = DateTime.makeUnsafe("2026-03-01T09:00:00.000Z")
      const commands: ReadonlyArray<InventoryCommand> = [
        receive("tea", 1),
        receive("tea", 2),
        receive("cup", 1),
        receive("tea", 1, "default"),
        { ...receive("tea", 1), _tag: "ReturnStock" },
        { ...receive("tea", 1), reason: null },
        { ...receive("tea", 1), reason: "null" },
        { ...receive("tea", 1), occurredAt },
        { ...receive("tea", 1), occurredAt: DateTime.add(occurredAt, { milliseconds: 1 }) },
        reserve("o", line("tea", 1), line("cup", 1)),
        reserve("o", line("cup", 1), line("tea", 1)),
        { ...reserve("o", line("tea", 1)), replace: true },
        { ...reserve("o", line("tea", 1)), replace: false },
        reserve("o", line("tea", 1))
      ]
      const prints = yield* Effect.forEach(commands, fingerprint)
      expect(new Set(prints).size).toBe(commands.length)
    })
  )
})
