import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  Balance,
  CountedQuantity,
  Measure,
  Quantity,
  SignedQuantity,
  TtlSeconds
} from "../../src/kernel/Quantity.ts"

const takes = (schema: Schema.Codec<number>) => (value: unknown) =>
  Result.isSuccess(Schema.decodeUnknownResult(schema)(value))

describe("numbers", () => {
  it.each([
    ["a quantity", Quantity, [1, 1_000_000_000], [0, -1, 1_000_000_001]],
    ["a counted quantity", CountedQuantity, [0, 1_000_000_000], [-1, 1_000_000_001]],
    ["a change", SignedQuantity, [-1_000_000_000, -1, 1, 1_000_000_000], [0, -1_000_000_001]],
    ["a balance", Balance, [0, 2 ** 53 - 1], [-1, 2 ** 53]],
    ["a time to live", TtlSeconds, [1, 2_678_400], [0, 2_678_401]]
  ])("of %s are whole and bounded", (_, schema, good, bad) => {
    expect(good.map(takes(schema))).toEqual(good.map(() => true))
    expect(bad.map(takes(schema))).toEqual(bad.map(() => false))
    for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", 1n, null, 1e21]) {
      expect(takes(schema)(value)).toBe(false)
    }
  })

  it("of a weight or volume have three decimals at most", () => {
    const good = [0, 0.001, 0.1, 12.345, 9_999_999.999]
    expect(good.map(takes(Measure))).toEqual(good.map(() => true))
    const bad = [-0.001, 0.0001, 1.2345, 10_000_000, Number.NaN, Number.POSITIVE_INFINITY, "1"]
    expect(bad.map(takes(Measure))).toEqual(bad.map(() => false))
  })
})
