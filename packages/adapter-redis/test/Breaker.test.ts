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

  it("says once that Redis is missing from the start", () => {
    const breaker = new Breaker(100)
    expect(breaker.failed(late, 0)).toBe(undefined)
    expect(breaker.missing("refuses")).toBe("opened")
    expect(breaker.missing("refuses")).toBe(undefined)
    expect(breaker.probed()).toBe("closed")
  })
})
