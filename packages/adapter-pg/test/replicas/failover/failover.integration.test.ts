/**
 * A standby that takes over under load: with a synchronous one nothing that was acknowledged is lost;
 * with an asynchronous one, what it had not received is. `pnpm drill failover` does it for longer.
 */
import { expect, it, vi } from "@effect/vitest"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { type FailoverOptions, isKept, lineOf, loseThePrimary } from "./failover.ts"

// Bounds for a machine that is busy with other tests; alone each takes 6 seconds.
vi.setConfig({ testTimeout: 120_000 })

const load = { writesPerSecond: 100, beforeMillis: 1_000, afterMillis: 1_000 }

const run = async (options: FailoverOptions) => {
  const report = await loseThePrimary(options)
  expect(report.acknowledgedBefore).toBeGreaterThan(20)
  expect(report.acknowledged - report.acknowledgedBefore).toBeGreaterThan(20)
  expect(isKept(options, report), lineOf(options, report)).toBe(true)
  return report
}

describePostgres(18, "a standby that takes over under load", () => {
  it("has everything that was acknowledged, when COMMIT waited for it", async () => {
    expect((await run({ ...load, isSynchronous: true, loss: "KILLED" })).lost).toBe(0)
  })

  it("has everything that was acknowledged, when its primary was made read-only first", async () => {
    const report = await run({ ...load, isSynchronous: false, loss: "READ_ONLY" })
    expect(report.lost).toBe(0)
    // Callers were refused, and repeated what they wanted.
    expect([...report.failures.keys()]).toEqual(["Unavailable"])
  })

  it("lacks what it had not received, when COMMIT did not wait for it; and the count is right", async () => {
    const report = await run({ ...load, isSynchronous: false, loss: "BEHIND" })
    expect(report.lost).toBeGreaterThan(0)
    expect(report.lost).toBeLessThan(report.acknowledgedBefore)
    expect(report.twice).toBe(0)
  })
})
