/** One context alone: its tables, its paths, and where the other one is. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
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
    expect(schemas).toMatchObject([{ context: "catalog" }, { context: "access", schema: "access" }])
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

  it("imports and exports products without an inventory, and makes no tables of one", async () => {
    const place = ["--folder", join(folder, "files"), "--service", "product"]
    const head = "externalId,name,option.externalId,option.name,option.skus,option.skuIds\n"
    const file = join(folder, "products.csv")
    await writeFile(file, `${head}p1,Mug,o1,Blue,,mug-blue\np2,Cup,o2,Red,CUP,\n`)
    expect(await holdfast(["import", "products", file, ...place])).toMatchObject({
      ...{ code: 1, stdout: "2 products: 1 created, 0 updated, 0 unchanged, 1 bad\n" },
      stderr: expect.stringMatching(/no inventory is here; name SKUs by their ids/)
    })
    expect((await holdfast(["export", "products", ...place])).stdout).toMatch(/^p1,.*mug-blue/m)
    expect(await holdfast(["import", "skus", file, ...place])).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining("--service product has no skus") }
    })
    const both = await holdfast(["doctor", "--folder", join(folder, "files")])
    expect(both.stdout).toMatch(/^fail +tables +schema inventory is not there$/m)
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
    const place = ["--folder", join(folder, "shop"), "--service", "product", "--json"]
    const { stdout } = await holdfast(["doctor", ...place, "--inventory-url", server.url])
    expect(JSON.parse(stdout).checks.at(-1)).toMatchObject({
      ...{ name: "inventory", status: "warn" },
      found: expect.stringMatching(/does not serve: .*\/api\/skus\?size=1 answers with 404$/)
    })
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
