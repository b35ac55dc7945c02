/** The web handler on real databases: it knows no adapter itself. */
import { createInventory } from "@holdfast/adapter-pg"
import { layerMigrations, layerPostgres, layerStorage } from "@holdfast/adapter-pg/effect"
import { Inventory } from "@holdfast/core/inventory"
import { webHandler } from "@holdfast/http"
import { freshDatabase, startTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"

const get = (path: string): Request => new Request(`https://shop.example${path}`)

const post = (path: string, body: object): Request =>
  new Request(`https://shop.example${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body)
  })

const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 }

describe("H4 a web handler over what createInventory gave", () => {
  it("shares its engine, and answers 503 once it is closed", async () => {
    const inventory = await createInventory()
    const { dispose, handler } = webHandler(inventory)
    expect((await handler(post("/api/skus", mug))).status).toBe(201)
    expect((await inventory.stock("mug")).availableQuantity).toBe(3)
    await inventory.receive({ skuId: "mug", quantity: 2 })
    const read = await handler(get("/api/inventory/mug"))
    expect(await read.json()).toMatchObject({ availableQuantity: 5 })
    await inventory.close()
    const hold = { skuId: "mug", quantity: 1, orderId: "order-1" }
    for (const request of [
      get("/api/inventory/mug"),
      get("/health/ready"),
      post("/api/inventory/reservations", hold)
    ]) {
      const { url } = request
      expect([url, (await handler(request)).status]).toEqual([url, 503])
    }
    await dispose()
  })
})

describePostgres(18, "H3 a web handler over a database that is away", () => {
  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation(() => undefined)
  })
  afterEach(() => vi.restoreAllMocks())

  it("answers at once, with the reason, where waiting does not help", async () => {
    const database = await freshDatabase()
    const url = new URL(database.url)
    url.pathname = "/nothing_here"
    const engine = Inventory.layer().pipe(
      Layer.provideMerge(layerStorage()),
      Layer.provide(layerMigrations()),
      Layer.provide(layerPostgres({ url: url.href }))
    )
    const levels: Array<string> = []
    const { dispose, handler } = webHandler(engine, { log: ({ level }) => levels.push(level) })
    const refused = await handler(get("/api/skus"))
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { detail: expect.stringContaining("the server has no database of this name") }
    ])
    expect(levels).toEqual(["warn"])
    await dispose()
    await database.drop()
  })

  it("answers 503 while its port is closed, and serves as soon as it is open", async () => {
    const database = await freshDatabase()
    const proxy = await startTcpProxy(Number(new URL(database.url).port))
    await proxy.behave({ kind: "refuse" })
    const engine = Inventory.layer().pipe(
      Layer.provideMerge(layerStorage()),
      Layer.provide(layerMigrations()),
      Layer.provide(layerPostgres({ url: proxy.url(database.url) }))
    )
    const { dispose, handler } = webHandler(engine)
    for (const request of [get("/health/ready"), get("/api/skus"), post("/api/skus", mug)]) {
      const refused = await handler(request)
      expect([request.url, refused.status]).toEqual([request.url, 503])
      expect(refused.headers.get("content-type")).toBe("application/problem+json")
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
    }
    expect((await handler(get("/health/live"))).status).toBe(200)
    await proxy.behave({ kind: "pass" })
    await eventually(async () =>
      (await handler(get("/health/ready"))).status === 200 ? true : undefined
    )
    expect((await handler(post("/api/skus", mug))).status).toBe(201)
    await dispose()
    await proxy.close()
    await database.drop()
  })
})
