import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { printable, text } from "../../src/kernel/Text.ts"

const takes = (schema: Schema.Codec<string>, value: unknown): boolean =>
  Result.isSuccess(Schema.decodeUnknownResult(schema)(value))

describe("text", () => {
  const short = text(1, 3)

  it("is measured in code points, as PostgreSQL measures it", () => {
    expect(takes(short, "abc")).toBe(true)
    expect(takes(short, "abcd")).toBe(false)
    expect(takes(short, "🧦🧦🧦")).toBe(true)
    expect(takes(short, "🧦🧦🧦🧦")).toBe(false)
    expect(takes(short, "")).toBe(false)
    expect(takes(text(0, 3), "")).toBe(true)
  })

  it.each([
    ["NUL", "a\u0000b"],
    ["NUL alone", "\u0000"],
    ["a lone high surrogate", "a\ud83d"],
    ["a lone low surrogate", "\udde6a"],
    ["surrogates the wrong way round", "\udde6\ud83e"]
  ])("cannot hold %s, which no store could keep", (_, value) => {
    expect(takes(text(0, 100), value)).toBe(false)
    expect(takes(printable(0, 100), value)).toBe(false)
  })

  it("may hold new lines, tabs, quotes and any language", () => {
    for (const value of ["a\nb\tc", 'it\'s "so"; drop table', "日本語 עברית", "e\u0301"]) {
      expect(takes(text(0, 100), value)).toBe(true)
    }
  })

  it("is not a number, nothing or a list", () => {
    for (const value of [1, null, undefined, ["a"], { length: 1 }]) {
      expect(takes(short, value)).toBe(false)
    }
  })
})

describe("printable text", () => {
  it("has no control characters and no separators of lines", () => {
    for (const value of ["a\nb", "a\tb", "a\u007fb", "a\u0085b", "a\u2028b", "a\u2029b"]) {
      expect(takes(printable(1, 100), value)).toBe(false)
    }
    expect(takes(printable(1, 100), "№ 7 — “A/B” 🧦")).toBe(true)
  })

  it("is in normalization form C, so that equal codes are equal", () => {
    expect(takes(printable(1, 100), "é")).toBe(true)
    expect(takes(printable(1, 100), "e\u0301")).toBe(false)
  })
})
