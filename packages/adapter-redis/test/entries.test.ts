import { describe, expect, it } from "vitest"
import { readEntry } from "../src/caching/entries.ts"

const run = "0123456789abcdef"
const read = (text: string, now = 1_000) => readEntry(text, run, now)

describe("an entry of Redis", () => {
  it("is read with its age and what is left of its life, whatever its text", () => {
    const copy = { version: 12, ageMillis: 100, leftMillis: 500 }
    expect(read(`h1 12 ${run} 900 600 0 v {"a b": 1}`)).toEqual({ ...copy, value: '{"a b": 1}' })
    expect(read(`h1 12 ${run} 900 600 0 v `)).toEqual({ ...copy, value: "" })
    expect(read(`h1 12 ${run} 900 600 0 n `)).toEqual({ ...copy, value: null })
    expect(read(`h1 12 ${run} 300 600 200 v x`)).toMatchObject({ ageMillis: 700, leftMillis: 0 })
  })

  it.each([
    ["a tombstone", `h1 12 ${run} 900 0 0 t `],
    ["of another run", "h1 12 fedcba9876543210 900 600 0 v x"],
    ["of a run whose name ours begins with", "h1 12 0123456789abcde 900 600 0 v x"],
    ["over", `h1 12 ${run} 400 600 0 v x`],
    ["from the future", `h1 12 ${run} 1001 600 0 v x`]
  ])("is nothing when it is %s", (_what, text) => {
    expect(read(text)).toBe(undefined)
  })

  it.each([
    "",
    "h1",
    "h1 ",
    "h1  ",
    `h2 12 ${run} 900 600 0 v x`,
    `h1 -1 ${run} 900 600 0 v x`,
    `h1 1.5 ${run} 900 600 0 v x`,
    `h1 12345678901234567 ${run} 900 600 0 v x`,
    `h1 12 ${run} 9e2 600 0 v x`,
    `h1 12 ${run} 900  0 v x`,
    `h1 12 ${run} 900 600 0 q x`,
    `h1 12 ${run} 900 600 0 v`,
    `h1 12 ${run} 900 600 0 vx`,
    `h1 12 ${run}`,
    '{"session":"of another application"}'
  ])("is none of ours: %j", (text) => {
    expect(read(text)).toBe("undecodable")
  })
})
