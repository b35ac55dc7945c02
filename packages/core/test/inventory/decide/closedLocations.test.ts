import { describe, expect, it } from "@effect/vitest"
import { adjust, change, count, place, receive, tea } from "./words.ts"

describe("an adjustment and a count", () => {
  it("B10 put no new stock into a closed location, and take some out of it", () => {
    const stock = tea(0).and(place("east"), receive("tea", 5, "east"))
    stock.and(change("east", { active: false }))
    const refusal = { _tag: "LocationUnavailable", locationId: "east", reason: "INACTIVE" }
    const east = { locationId: "east" }
    expect(stock.refuses(adjust("tea", 1, east))).toEqual(refusal)
    expect(stock.refuses(count("tea", 6, east))).toEqual(refusal)
    expect(stock.accepts(count("tea", 5, east)).movements).toEqual([])
    stock.and(adjust("tea", -1, east), count("tea", 2, east))
    expect(stock.level("tea", "east").totalQuantity).toBe(2)
    stock.and(change("east", { active: true }), adjust("tea", 1, east), count("tea", 9, east))
    expect(stock.level("tea", "east").totalQuantity).toBe(9)
  })
})
