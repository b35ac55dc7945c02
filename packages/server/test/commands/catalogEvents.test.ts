/** The commands of the event log, for the log of the catalog. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { post, registerSku } from "../requests.ts"
import { beginCommand, holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
let productId: string
let categoryId: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-catalog-"))
  await using server = await startServer(["--folder", folder])
  await registerSku(server.url, "mug", 5)
  productId = (await post(server.url, "/api/products", { name: "Mug", type: "NORMAL" })).body.id
  categoryId = (await post(server.url, "/api/categories", { name: "Cups" })).body.id
  await server.stop()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const events = (...args: ReadonlyArray<string>) =>
  holdfast(["events", ...args, "--folder", folder, "--json"])

const valueOf = async (...args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await events(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout)
}

describe("holdfast events --context catalog", () => {
  it("lists the events of the catalog, whole, of types and of a product", async () => {
    const about = async (...args: ReadonlyArray<string>) =>
      (await valueOf("list", "--context", "catalog", ...args)).items.map(
        ({ aggregateId, eventType }: Record<string, string>) => [eventType, aggregateId]
      )
    const created = ["product.created", productId]
    const made = ["category.created", categoryId]
    expect(await about()).toEqual([created, made])
    expect(await about("--types", "category.created")).toEqual([made])
    expect(await about("--aggregates", productId)).toEqual([created])
    const { items } = await valueOf("list")
    expect(items.map(({ eventType }: Record<string, string>) => eventType)).toContain(
      "inventory.sku.created"
    )
    expect(JSON.stringify(items)).not.toContain("product.created")
  })

  it.each([
    [["list", "--context", "catalog", "--order", "order-1"], /--order is about the inventory/],
    [
      ["list", "--context", "catalog", "--types", "inventory.stock.low"],
      /inventory\.stock\.low is an event of the inventory: give --context inventory/
    ],
    [["tail", "--types", "product.created"], /give --context catalog/]
  ])("does not take what is of the other context: %j", async (args, reason) => {
    const { code, stderr } = await holdfast(["events", ...args, "--folder", folder])
    expect(code).toBe(2)
    expect(stderr).toMatch(reason)
  })

  it("prints them as they come", async () => {
    const args = ["events", "tail", "--context", "catalog", "--from", "first", "--json"]
    await using tail = beginCommand([...args, "--folder", folder])
    const lines = (await tail.prints(2)).map((line) => JSON.parse(line))
    expect(lines.map(({ eventType }) => eventType)).toEqual(["product.created", "category.created"])
    expect(lines[0]).toMatchObject({ aggregateType: "PRODUCT", version: 1 })
    tail.signal("SIGTERM")
    await tail.ended
  })

  it("looks after cursors of its own", async () => {
    expect((await valueOf("cursors", "--context", "catalog")).head).toBe(2)
    expect((await valueOf("dead-letters", "--context", "catalog")).items).toEqual([])
    const { code, stdout } = await events("reset", "kafka", "--to", "first", "--context", "catalog")
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, "CursorUnknown"])
  })
})
