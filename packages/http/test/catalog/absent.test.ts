/** A host without a catalog: its paths are like any other path that does not exist. */
import { catalogToPromises } from "@holdfast/core/catalog"
import { toPromises } from "@holdfast/core/inventory"
import { describe, expect, it } from "vitest"
import { webHandler } from "../../src/index.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import { HandClock, type Listening, listen, memoryEngine } from "../server.ts"
import { memoryCatalog } from "./memoryCatalog.ts"
import { uuid } from "./shop.ts"

const without = async (use: (listening: Listening) => Promise<void>) => {
  const listening = await listen(memoryEngine(new HandClock()))
  try {
    await use(listening)
  } finally {
    await listening.close()
  }
}

describe("a server without a catalog", () => {
  it("answers its paths with 404, whatever the method", () =>
    without(async ({ call }) => {
      for (const [method, path] of [
        ["GET", "/api/products"],
        ["POST", "/api/products"],
        ["PUT", "/api/products"],
        ["GET", `/api/products/${uuid(1)}`],
        ["GET", "/api/categories/tree"],
        ["GET", "/api/product-attributes"],
        ["GET", "/api/products/"]
      ] as const) {
        const { json, status } = await call(method, path)
        expect([method, path, status, json.type]).toEqual([
          ...[method, path, 404, "urn:holdfast:problem:not-found"]
        ])
      }
      expect((await call("GET", "/api/skus")).status).toBe(200)
    }))

  it("has nothing of a catalog in its documents", () =>
    without(async ({ call }) => {
      const { json } = await call("GET", "/openapi.json")
      const paths = Object.keys(json.paths)
      expect(paths).toContain("/api/skus")
      expect(paths.filter((path) => /product|categories/.test(path))).toEqual([])
      expect(Object.keys(json.components.schemas)).not.toContain("ProductView")
      expect((await call("GET", "/docs")).text).not.toContain("/api/products")
    }))
})

describe("a server with a catalog alone", () => {
  const alone = () => webHandler(memoryCatalog(new HandClock()))
  const asked = (path: string, init?: RequestInit) => new Request(`http://127.0.0.1${path}`, init)
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  const jsonOf = (answer: Response): Promise<any> => answer.json()

  it("answers the paths of an inventory with 404, and is ready", async () => {
    const { dispose, handler } = alone()
    for (const [method, path] of [
      ["GET", "/api/skus"],
      ["POST", "/api/inventory/reservations"],
      ["GET", "/api/inventory/mug"],
      ["GET", "/api/inventory/events"],
      ["GET", "/api/locations"]
    ] as const) {
      const answer = await handler(asked(path, { method }))
      expect([path, answer.status]).toEqual([path, 404])
    }
    expect((await handler(asked("/api/products"))).status).toBe(200)
    expect((await handler(asked("/health/ready"))).status).toBe(200)
    await dispose()
  })

  it("has nothing of an inventory in its documents", async () => {
    const { dispose, handler } = alone()
    const document = await jsonOf(await handler(asked("/openapi.json")))
    const paths = Object.keys(document.paths)
    expect(paths).toContain("/api/products")
    expect(paths).toContain("/api/events")
    expect(paths.filter((path) => /inventory|skus|locations|stock/.test(path))).toEqual([])
    const events = await jsonOf(await handler(asked("/asyncapi.json")))
    expect(Object.keys(events.channels)).toEqual(["catalog", "stream"])
    await dispose()
  })

  it("has the events of products where no context is named", async () => {
    const { dispose, handler } = alone()
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ name: "Socks", type: "NORMAL" })
    await handler(asked("/api/products", { method: "POST", headers, body }))
    const page = await jsonOf(await handler(asked("/api/events")))
    expect(page.items).toMatchObject([{ eventType: "product.created", aggregateType: "PRODUCT" }])
    const other = await handler(asked("/api/events?context=inventory"))
    expect([other.status, (await jsonOf(other)).issues[0].path]).toEqual([400, "context"])
    await dispose()
  })

  it("is what a host mounts that has opened a catalog and no inventory", async () => {
    const catalog = await catalogToPromises(memoryCatalog(new HandClock()))
    const { dispose, handler } = webHandler({ catalog })
    expect((await handler(asked("/api/products"))).status).toBe(200)
    expect((await handler(asked("/api/skus"))).status).toBe(404)
    await dispose()
    await catalog.close()
  })
})

describe("a handler over what a host has opened", () => {
  it("has the catalog when it is given one, and not otherwise", async () => {
    const inventory = await toPromises(memoryEngine(new HandClock()))
    const catalog = await catalogToPromises(memoryCatalog(new HandClock()))
    const { id } = await catalog.createProduct({ name: "Socks", type: "NORMAL" })
    const asked = () => new Request(`http://shop.example/api/products/${id}`)
    const both = webHandler({ inventory, catalog })
    const alone = webHandler(inventory)
    const answer = await both.handler(asked())
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({ product: expect.objectContaining({ id }) })
    ])
    expect((await both.handler(new Request("http://shop.example/api/skus"))).status).toBe(200)
    expect((await alone.handler(asked())).status).toBe(404)
    expect(() => webHandler({ inventory, catalog: {} as never })).toThrow(
      "catalog: must be the catalog of createHoldfast, or what createCatalog gave"
    )
    for (const { dispose } of [both, alone]) await dispose()
    await Promise.all([inventory.close(), catalog.close()])
  })

  it("leaves the paths of a catalog to a host of Node that has routes of its own there", async () => {
    const inventory = await toPromises(memoryEngine(new HandClock()))
    const { dispose, listener } = toNodeHandler(inventory)
    let passed = 0
    const request = { method: "GET", url: "/api/products", headers: {} }
    listener(request as never, {} as never, () => {
      passed++
    })
    expect(passed).toBe(1)
    await dispose()
    await inventory.close()
  })
})
