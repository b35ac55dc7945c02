/** Replicas through the Promise door: as options, and as the script of a host meets them. */
import { describe, expect, it, vi } from "@effect/vitest"
import { startReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { createHoldfast, createInventory, type HoldfastOptions } from "../../src/index.ts"
import { issuesOf, mug, refusal } from "../promise/opened.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const url = "postgres://me@127.0.0.1/stock"

describe("the replicas of an inventory", () => {
  const refused = (options: unknown) => issuesOf(createHoldfast(options as HoldfastOptions))

  it("are of a server, and each is a URL of one host", async () => {
    expect(await refused({ folder: "x", replicas: [url] })).toEqual([
      "replicas: are of a server: give the url or the host of their primary too"
    ])
    expect(await refused({ url, replicas: [] })).toEqual([expect.stringMatching(/^replicas: /)])
    expect(await refused({ url, replicas: ["postgres://me:s3cr3t@a,b/stock"] })).toEqual([
      "replicas: URL 1 names several hosts; name each replica by a URL of its own"
    ])
    expect(await refused({ url, replicas: [url, url] })).toEqual([
      "replicas: URL 2 names the server of URL 1: 127.0.0.1:5432"
    ])
    expect(await refused({ url, replicaLagMaxMillis: 1_000 })).toEqual([
      "replicaLagMaxMillis: is about replicas: give replicas too"
    ])
    expect(await refused({ url, replicas: [url], replicaLagMaxMillis: 99 })).toEqual([
      expect.stringMatching(/^replicaLagMaxMillis: /)
    ])
  })
})

describePostgres(18, "an inventory with a standby", () => {
  it("answers questions from it, decides on the primary, and refuses a wrong one", async () => {
    const { primary, standbys, stop } = await startReplicated()
    const replicas = standbys.map((standby) => standby.url())
    const lagging = { url: primary.url(), replicas, replicaLagMaxMillis: 600_000 }
    try {
      await using inventory = await createInventory(lagging)
      await inventory.registerSku(mug)
      await using other = await createInventory({ url: primary.url() })
      await vi.waitUntil(() => inventory.stock("mug"), { timeout: 30_000 })
      await standbys[0]?.pauseReplay()
      // The standby is asked from its second probe on; until then the primary is.
      const isBehind = async () => {
        const { levels } = await other.receive({ skuId: "mug", quantity: 1 })
        return (await inventory.stock("mug"))?.totalQuantity !== levels[0]?.totalQuantity
      }
      await vi.waitUntil(isBehind, { timeout: 30_000 })
      // What this process wrote itself, it sees.
      const { levels } = await inventory.receive({ skuId: "mug", quantity: 1 })
      expect(await inventory.stock("mug")).toMatchObject({
        totalQuantity: levels[0]?.totalQuantity
      })
      const lines = [{ skuId: "mug", quantity: 4 }]
      expect((await inventory.reserve({ orderId: "1", lines })).length).toBe(1)
      const wrong = await refusal(createInventory({ ...lagging, replicas: [primary.url()] }))
      expect(wrong).toMatchObject({ code: "StartFailed", details: { reason: "InvalidOptions" } })
      expect(wrong.message).toMatch(`replicas: 127.0.0.1:${primary.port} is the primary itself`)
    } finally {
      await stop()
    }
  })
})
