import { describe, expect, it } from "vitest"
import { Breaker } from "../src/guarding/Breaker.ts"
import type { Failure } from "../src/guarding/failures.ts"

const late: Failure = { kind: "late", problem: "late" }
const refused: Failure = { kind: "refused", problem: "refused" }

/** A breaker of a Redis that is there. */
const closed = () => {
  const breaker = new Breaker(100)
  expect(breaker.problem).toBe("it is not connected yet")
  expect(breaker.probed()).toBe(undefined)
  return breaker
}

describe("a breaker", () => {
  it("opens after three failures in a row that took more than a moment", () => {
    const breaker = closed()
    expect([0, 50, 99].map((now) => breaker.failed(late, now))).toEqual(Array(3).fill(undefined))
    expect(breaker.failed(late, 100)).toBe("opened")
    expect(breaker.problem).toBe("late")
    expect(breaker.failed(late, 101)).toBe(undefined)
  })

  it("stays closed when this process was busy for a moment: many are late at once", () => {
    const breaker = closed()
    for (let nth = 0; nth < 1_000; nth++) expect(breaker.failed(late, nth / 100)).toBe(undefined)
    breaker.answered()
    expect(breaker.failed(late, 200)).toBe(undefined)
    expect(breaker.failed(late, 500)).toBe(undefined)
    expect(breaker.failed(late, 501)).toBe("opened")
  })

  it("opens at once when Redis refuses, and closes when a probe finds it well", () => {
    const breaker = closed()
    expect(breaker.failed(refused, 0)).toBe("opened")
    expect(breaker.probed()).toBe("closed")
    expect(breaker.probed()).toBe(undefined)
    expect(breaker.problem).toBe(undefined)
    expect(breaker.openings).toBe(1)
  })

  it("is not kept closed by the other places when one of them fails", () => {
    const breaker = closed()
    for (let now = 0; now < 400; now += 100) {
      const change = breaker.failed(late, now, 7)
      breaker.answered(1)
      breaker.answered(2)
      expect(change).toBe(now === 200 ? "opened" : undefined)
    }
  })

  it("counts failures of several places of one node together, and forgets old ones", () => {
    const breaker = closed()
    expect(breaker.failed(late, 0, 1)).toBe(undefined)
    expect(breaker.failed(late, 20_000, 2)).toBe(undefined)
    expect(breaker.failed(late, 20_050, 3)).toBe(undefined)
    expect(breaker.suspect).toBe(2)
    breaker.answered(2)
    expect(breaker.failed(late, 20_100, 4)).toBe(undefined)
    expect(breaker.failed(late, 20_150, 5)).toBe("opened")
  })

  it("says once that Redis is missing from the start", () => {
    const breaker = new Breaker(100)
    expect(breaker.failed(late, 0)).toBe(undefined)
    expect(breaker.missing("refuses")).toBe("opened")
    expect(breaker.missing("refuses")).toBe(undefined)
    expect(breaker.probed()).toBe("closed")
  })
})
