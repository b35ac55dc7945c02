/**
 * Reports of a real server: views through every door, what is lost of them when it is killed, and a drift that
 * is found in the background and told.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { openSession } from "../commands/openSession.ts"
import { eventually } from "../eventually.ts"
import { get, inParallel, post, registerSku, reserve, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** Views that may wait before they are written: what docs/operations/REPORTS.md states. */
const waitingMax = 1_000

const makeProduct = async (url: string, name: string): Promise<string> => {
  const { body, status } = await post(url, "/api/products", { name, slug: name, type: "NORMAL" })
  expect(status).toBe(201)
  return body.id
}

const viewsOf = async (url: string): Promise<Record<string, number>> => {
  const { body } = await get(url, "/api/reports/most-viewed")
  const items = body.items as ReadonlyArray<{ readonly name: string; readonly views: number }>
  return Object.fromEntries(items.map(({ name, views }) => [name, views]))
}

/** Reads one product many times and kills the server: what is lost of its views. */
const lostWhenKilled = async (place: ReadonlyArray<string>, reads: number) => {
  await using server = await startServer(place)
  const id = await makeProduct(server.url, "mug")
  await inParallel(Array.from({ length: reads }), 16, async () => {
    expect((await get(server.url, `/api/products/${id}`)).status).toBe(200)
  })
  await server.kill9()
  await using next = await startServer(place)
  const { mug: views = 0 } = await viewsOf(next.url)
  return reads - views
}

const expectBounded = (lost: number, reads: number) => {
  expect(lost).toBeGreaterThanOrEqual(0)
  // Fewer than so many wait, and as many may be on their way, with what is read meanwhile.
  expect(lost).toBeLessThan(2 * waitingMax)
  expect(lost).toBeLessThan(reads)
}

it("loses at most the stated views when a server on a folder is killed, and none when it stops", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-views-"))
  const place = ["--folder", folder]
  expectBounded(await lostWhenKilled(place, 1_500), 1_500)
  const before = JSON.parse((await holdfast(["reports", "most-viewed", "--json", ...place])).stdout)
  await using server = await startServer(place)
  const id = before.items[0].productId
  for (let n = 0; n < 7; n++) await get(server.url, `/api/products/${id}`)
  await server.stop()
  const after = JSON.parse((await holdfast(["reports", "most-viewed", "--json", ...place])).stdout)
  expect(after.items[0].views).toBe(before.items[0].views + 7)
  await rm(folder, { recursive: true, force: true })
})

describePostgres(18, "reports on PostgreSQL", () => {
  it("lose at most the stated views when a server is killed", async () => {
    const database = await freshDatabase()
    expectBounded(await lostWhenKilled(["--database", database.url], 4_000), 4_000)
    await database.drop()
  })

  it("count a read of one product through any door, cached and 304 too, and no list", async () => {
    const database = await freshDatabase()
    const place = ["--database", database.url]
    await using server = await startServer([...place, "--cache", "memory", "--graphql"])
    const id = await makeProduct(server.url, "mug")
    await makeProduct(server.url, "cup")
    const path = `/api/products/${id}`
    const { headers } = await get(server.url, path)
    expect((await get(server.url, path)).headers.get("x-holdfast-cache")).toContain("hit")
    const etag = headers.get("etag") ?? ""
    const unchanged = await fetch(`${server.url}${path}`, { headers: { "if-none-match": etag } })
    expect(unchanged.status).toBe(304)
    await get(server.url, "/api/products/by-slug/mug")
    const asked = await post(server.url, "/graphql", {
      query: `{ product(productId: "${id}") { name } productBySlug(slug: "mug") { name } }`
    })
    expect(asked.body.data).toEqual({ product: { name: "mug" }, productBySlug: { name: "mug" } })
    expect(
      (await get(server.url, "/api/products/00000000-0000-7000-8000-000000000000")).status
    ).toBe(404)
    await get(server.url, "/api/products?size=10")
    await post(server.url, "/api/products/batch-get", { productIds: [id] })
    await server.stop()
    const { code, stdout } = await holdfast(["reports", "most-viewed", "--json", ...place])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).items).toEqual([{ productId: id, name: "mug", views: 6 }])
    const words = await holdfast(["reports", "most-viewed", ...place])
    expect(words.stdout).toContain("6  mug")
    await database.drop()
  })

  it("find a drift in the background, and say what was missed", async () => {
    const database = await freshDatabase()
    const place = ["--database", database.url]
    await using server = await startServer(place)
    await registerSku(server.url, "mug", 5)
    await registerSku(server.url, "cup", 5)
    await reserve(server.url, "cup", "o-1", 9)
    await using session = await openSession(database.url)
    await session.run(
      "update inventory.inventory set total_quantity = total_quantity + 2 where sku_id = 'mug'"
    )
    const found = await eventually(async () => {
      const { body } = await get(server.url, "/api/reports/accuracy")
      return body.lastCheck ?? undefined
    })
    expect(found).toMatchObject({ levels: 2, agreeing: 1, accuracy: 0.5, totalDrift: 2 })
    await server.logs("stock does not agree with its ledger")
    const accuracy = await holdfast(["reports", "accuracy", ...place])
    expect([accuracy.code, accuracy.stdout]).toEqual([
      1,
      expect.stringContaining("mug at default: total 2")
    ])
    await server.stop()
    const missed = await holdfast(["reports", "most-missed", "--json", ...place])
    expect(JSON.parse(missed.stdout).items).toEqual([{ skuId: "cup", shortages: 1, units: 4 }])
    const wrong = await holdfast(["reports", "most-missed", "--days", "93", ...place])
    expect(wrong.code).toBe(2)
    await database.drop()
  })

  it("refuse days that no report covers, by the name of the field", async () => {
    const database = await freshDatabase()
    await using server = await startServer(["--database", database.url])
    for (const path of ["most-viewed", "most-missed"]) {
      const { body, status } = await send(server.url, "GET", `/api/reports/${path}?days=93`)
      expect([status, body.errors?.[0]?.path ?? body.issues?.[0]?.path]).toEqual([400, "days"])
    }
    await server.stop()
    await database.drop()
  })
})
