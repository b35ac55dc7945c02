import { describe, expect, it } from "@effect/vitest"
import { makeOrderTally, uncountedMax } from "../../../src/inventory/services/OrderTally.ts"

/** A tally whose orders are named by plain texts. */
const tallying = makeOrderTally as () => (orderId: string, lines: number) => boolean

describe("B12 the tally of lines that an engine has added to an order", () => {
  it("asks for a count after a few dozen lines, in one command or in many", () => {
    const tally = tallying()
    expect(tally("many", uncountedMax + 1)).toBe(true)
    expect(tally("most", 2_000)).toBe(true)
    expect(tally("most", 1)).toBe(true)
    expect(tally("few", uncountedMax)).toBe(false)
    expect(tally("few", 1)).toBe(true)
    const asked = Array.from({ length: uncountedMax + 2 }, () => tally("singles", 1))
    expect(asked.indexOf(true)).toBe(uncountedMax)
  })

  it("never forgets an order that grows, and asks for no other, however many there are", () => {
    const tally = tallying()
    tally("till", uncountedMax)
    let asked = 0
    for (let n = 0; n < 3_000_000; n++) {
      if (tally(`order-${n}`, 1)) asked += 1
      if (n % 9_000 === 0) expect(tally("till", 1)).toBe(true)
    }
    // The orders that share the till's number.
    expect(asked).toBeLessThan(200)
  })

  it("forgets orders that are long past", () => {
    const tally = tallying()
    tally("past", uncountedMax)
    for (let n = 0; n < 3_000_000; n++) tally(`order-${n}`, 1)
    expect(tally("past", 1)).toBe(false)
  })
})
