/** The pods of the inventory's CronJobs, as the committed manifests have them, before a real PostgreSQL. */
import { expect, it, vi } from "vitest"
import { whyNoPostgres } from "../../test-servers/src/index.ts"
import { describeUnless } from "../../test-servers/src/suites/describeUnless.ts"
import { whyNoImages } from "../kubernetes/images.ts"
import { runScheduled } from "./scheduled.ts"

// A bound for a machine that is busy with other tests; alone it takes 15 seconds.
vi.setConfig({ testTimeout: 240_000 })

describeUnless(whyNoPostgres(18) ?? whyNoImages(), "what is scheduled for the inventory", () => {
  it("migrates, receives the log, makes a full backup and an increment, and restores and checks them", async () => {
    const [done] = await runScheduled(["inventory"])
    expect(done?.kinds).toEqual(["full", "incremental", "verified", "wal"])
    expect(done?.isSynchronous).toBe(true)
    expect(done?.verified).toMatch(/reads \S+-full\n.*reads \S+-incremental\n/)
    expect(done?.verified).toContain("everything in it agrees")
  })
})
