/**
 * The data of a server is destroyed under load, and restored; then a bad import is undone. Small here;
 * `pnpm drill restore` does it with a large database, and with an archive alone.
 */
import { whyNoBackupTools, whyNoPostgres } from "@holdfast/test-servers"
import { describeUnless } from "@holdfast/test-servers/describeUnless"
import { expect, it, vi } from "vitest"
import { restoreDrill } from "./restoreDrill.ts"

// Bounds for a machine that is busy with other tests; alone it takes 20 seconds.
vi.setConfig({ testTimeout: 300_000 })

describeUnless(
  whyNoPostgres(18) ?? whyNoBackupTools(),
  "a server that is destroyed under load",
  () => {
    it("is back with all that was acknowledged, and goes back in time; followers resume without a hole", async () => {
      const { destroyed, undone, verified } = await restoreDrill({
        skus: 0,
        callers: 4,
        writes: 50
      })
      expect(destroyed.acknowledged).toBeGreaterThan(150)
      expect(destroyed.lost).toBe(0)
      expect(destroyed.rtoSeconds).toBeLessThan(60)
      // While nothing was there, callers were refused, and none was answered wrongly.
      expect([...destroyed.failures.keys()].filter((status) => status !== 503)).toEqual([])
      expect(verified).toContain("everything in it agrees")
      expect(verified).toMatch(/20 of 20 levels agree/)
      expect(undone).toMatchObject({ lost: 0, tooNew: 0, bad: 0, holes: 0, found: [] })
      expect(undone.acknowledged).toBeGreaterThan(destroyed.acknowledged)
      expect(undone.problem).toMatch(/the log was restored to an earlier state/)
    })
  }
)
