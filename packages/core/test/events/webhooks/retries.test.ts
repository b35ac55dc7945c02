import * as DateTime from "effect/DateTime"
import { describe, expect, it } from "vitest"
import { afterFailure, dueAt } from "../../../src/events/webhooks/retries.ts"

const pausesOf = (areOthersTaken: boolean) => {
  const pauses: Array<number> = []
  for (let tries = 1; tries < 100; tries++) {
    const next = afterFailure({ tries, areOthersTaken, retryAfterMillis: null })
    if (typeof next === "string") return { pauses, end: next }
    pauses.push(next)
  }
  throw new Error("it never ends")
}

const hours = (pauses: ReadonlyArray<number>) =>
  pauses.reduce((sum, pause) => sum + pause, 0) / 3_600_000

describe("the retries of a webhook", () => {
  it("last a day while nothing is taken, and then pause the webhook", () => {
    const { end, pauses } = pausesOf(false)
    expect(end).toBe("PAUSE")
    expect(pauses[0]).toBe(5_000)
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(hours(pauses)).toBeGreaterThan(23.5)
    expect(hours(pauses)).toBeLessThan(25)
  })

  it("last an hour while other events are taken, and then leave this one out", () => {
    const { end, pauses } = pausesOf(true)
    expect(end).toBe("GIVE_UP")
    expect(hours(pauses)).toBeGreaterThan(1)
    expect(hours(pauses)).toBeLessThan(1.2)
  })

  it("come within an hour once others are taken, however long the pause was", () => {
    const hour = 3_600_000
    const waiting = (hours: number) => ({
      lastTriedAt: DateTime.makeUnsafe(hour),
      nextTryAt: DateTime.makeUnsafe((1 + hours) * hour)
    })
    expect(dueAt(waiting(8), hour)).toBe(9 * hour)
    expect(dueAt(waiting(8), hour + 1)).toBe(2 * hour)
    expect(dueAt(waiting(0.5), hour + 1)).toBe(1.5 * hour)
  })

  it("wait as long as the receiver asks, an hour at most", () => {
    const next = (retryAfterMillis: number) =>
      afterFailure({ tries: 1, areOthersTaken: false, retryAfterMillis })
    expect(next(1_000)).toBe(5_000)
    expect(next(60_000)).toBe(60_000)
    expect(next(86_400_000)).toBe(3_600_000)
  })
})
