import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { reader } from "../../src/kernel/InvalidInput.ts"
import { labelPatterns, printablePatterns } from "../../src/kernel/schema/textPatterns.ts"
import { label, opaque, printable, text } from "../../src/kernel/Text.ts"

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

const messageFor = (schema: Schema.Codec<string>, value: string): string =>
  Result.match(reader(schema)(value), {
    onSuccess: () => "taken",
    onFailure: ({ issues }) => issues.map(({ message }) => message).join()
  })

describe("S4 text that looks alike", () => {
  const ends = [" ", "\u00a0", "\u3000", "\u2003", "\u202f", "\u1680"]
  const unseen = [
    ...["\ufeff", "\u200b", "\u202e", "\u00ad", "\u200d", "\u200c", "\u2060", "\u2066"],
    ...["\u061c", "\u180e", "\u{e0041}", "\u3164", "\uffa0", "\u115f", "\u034f", "\u17b4"]
  ]

  it("has no white space at its ends, nor is it that alone", () => {
    for (const schema of [printable(1, 9), label(1, 9), opaque(1, 9)]) {
      for (const end of ends) {
        for (const value of [`${end}SKU1`, `SKU1${end}`, end]) {
          expect([value, messageFor(schema, value)]).toEqual([
            value,
            "must not begin or end with white space"
          ])
        }
      }
      expect(messageFor(schema, "a b")).toBe("taken")
    }
  })

  it("has no format or other invisible characters, and the refusal names one", () => {
    for (const character of unseen) {
      for (const value of [`${character}SKU1`, `SKU${character}1`, `SKU1${character}`, character]) {
        for (const schema of [printable(1, 9), label(1, 9)]) {
          const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")
          expect(messageFor(schema, value)).toContain(`it holds U+${code}`)
        }
      }
    }
    expect(messageFor(opaque(1, 9), "k\u200b")).toContain("U+200B")
    expect(messageFor(printable(1, 9), "A\ufe0f")).toContain("variation selectors")
  })

  it("may be any language and any emoji that needs no joiner", () => {
    for (const value of ["日本語", "हिन्दी", "ไทย", "\u2764\ufe0f", "a\u00a0b", "Ünïcode"]) {
      expect([value, messageFor(label(1, 20), value)]).toEqual([value, "taken"])
    }
    for (const value of ["日本語", "हिन्दी", "ไทย", "№ 7"]) {
      expect([value, messageFor(printable(1, 20), value)]).toEqual([value, "taken"])
    }
    expect(messageFor(opaque(1, 9), "a\nb")).toBe("taken")
    expect(messageFor(text(1, 30), " prose\n\u200d ")).toBe("taken")
  })
})

describe("the patterns of text of one line", () => {
  const documented = (patterns: ReadonlyArray<{ readonly pattern: string }>) => {
    const all = patterns.map(({ pattern }) => new RegExp(pattern, "u"))
    return (value: string) => all.every((pattern) => pattern.test(value))
  }

  it.each([
    ["label", label(1, 9), labelPatterns, 0],
    // The schema takes marks and unassigned characters that the pattern does not describe.
    ["printable", printable(1, 9), printablePatterns, 970_000]
  ] as const)("is taken as %s, twice and between others", (_, schema, patterns, untold) => {
    const isDocumented = documented(patterns)
    const isTaken = Schema.is(schema)
    const refused: Array<string> = []
    let allowed = 0
    let silent = 0
    for (let code = 0x20; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      const value = `A${character}${character}e`
      // Ill-formed text cannot be written in UTF-8, so the pattern need not exclude it.
      if (!value.isWellFormed()) continue
      if (!isDocumented(value)) {
        if (isTaken(value)) silent++
        continue
      }
      allowed++
      if (!isTaken(value)) refused.push(code.toString(16))
    }
    expect(refused).toEqual([])
    expect(allowed).toBeGreaterThan(100_000)
    expect(silent).toBeLessThanOrEqual(untold)
    for (const value of [" a", "a ", " "]) expect(isDocumented(value)).toBe(false)
  })
})
