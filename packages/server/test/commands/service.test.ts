/** One context alone: its tables, its paths, and where the other one is. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { get } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-service-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe("--service product", () => {
  it("makes and checks the tables of the catalog alone, and says what is away", async () => {
    const place = ["--folder", join(folder, "shop"), "--service", "product", "--json"]
    const migrated = await holdfast(["migrate", ...place])
    expect(migrated.code).toBe(0)
    const { schemas } = JSON.parse(migrated.stdout)
    expect(schemas).toMatchObject([{ context: "catalog", schema: "catalog" }])
    const away = ["--inventory-url", "http://127.0.0.1:1"]
    const doctor = await holdfast(["doctor", ...place, ...away])
    expect(doctor.code).toBe(0)
    const { checks } = JSON.parse(doctor.stdout)
    const names = checks.map(({ name }: { readonly name: string }) => name)
    expect(names).toContain("catalog tables")
    expect(names).not.toContain("tables")
    expect(checks.at(-1)).toMatchObject({
      ...{ name: "inventory", status: "warn" },
      found: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/ does not serve: ./),
      next: expect.stringContaining("--inventory-url")
    })
  })

  it("serves the demo products, and lines to try that work", async () => {
    await using server = await startServer(["--memory", "--demo", "--service", "product"])
    expect(server.try).toHaveLength(3)
    for (const line of server.try) {
      const [, path = ""] = /^curl '?http:\/\/[^/]+([^']+)'?$/.exec(line) ?? []
      const { body, status } = await get(server.url, path)
      expect([line, status]).toEqual([line, 200])
      expect((body.items ?? [body]).length).toBeGreaterThan(0)
    }
    const [product] = (await get(server.url, "/api/products?q=cosy")).body.items
    const page = await get(server.url, `/api/products/${product.id}`)
    for (const stock of page.body.stockStatus) expect(stock).toMatchObject({ status: "unknown" })
    expect((await get(server.url, "/api/skus")).status).toBe(404)
  })
})

describe("--service inventory", () => {
  it("has no products, and no tables for them", async () => {
    const place = ["--folder", join(folder, "stock"), "--service", "inventory"]
    {
      await using server = await startServer([...place, "--demo"])
      expect((await get(server.url, "/api/products")).status).toBe(404)
      expect((await get(server.url, "/api/inventory/85123A")).status).toBe(200)
      expect((await get(server.url, "/api/events?context=catalog")).status).toBe(400)
      await server.stop()
    }
    expect((await holdfast(["doctor", ...place])).code).toBe(0)
    const both = await holdfast(["doctor", "--folder", join(folder, "stock")])
    expect(both.code).toBe(1)
    expect(both.stdout).toMatch(/^fail +catalog tables +schema catalog is not there$/m)
  })
})
