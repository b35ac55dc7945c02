import { describe, expect, it } from "@effect/vitest"
import { makeOrderTally, uncountedMax } from "../../src/inventory/OrderTally.ts"

describe("B12 the tally of lines that an engine has added to an order", () => {
  it("asks for a count once more than a few dozen were added, in one command or in many", () => {
    const tally = makeOrderTally()
    expect(tally("many", uncountedMax + 1)).toBe(true)
    expect(tally("few", uncountedMax)).toBe(false)
    expect(tally("few", 1)).toBe(true)
    expect(tally("few", 1)).toBe(true)
    const asked = Array.from({ length: uncountedMax + 2 }, () => tally("singles", 1))
    expect(asked.indexOf(true)).toBe(uncountedMax)
  })

  it("remembers an order that is still added to, however many others come between", () => {
    const tally = makeOrderTally()
    tally("till", uncountedMax)
    for (let n = 0; n < 100_000; n++) {
      tally(`order-${n}`, 1)
      if (n % 9_000 === 0) expect(tally("till", 1)).toBe(true)
    }
  })

  it("forgets orders that are long past", () => {
    const tally = makeOrderTally()
    tally("past", uncountedMax)
    for (let n = 0; n < 30_000; n++) tally(`order-${n}`, 1)
    expect(tally("past", 1)).toBe(false)
  })
})
