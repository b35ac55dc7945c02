// Where the API is mounted: in a listener of Node beside other routes, under a base path, over one context.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Catalog, MemoryCatalog, StockStatus } from "@holdfast/core/catalog"
import { Inventory, MemoryInventory } from "@holdfast/core/inventory"
import { type MountOptions, webHandler } from "@holdfast/http"
import { toNodeHandler } from "@holdfast/http/node"
import * as Layer from "effect/Layer"
import { afterEach, describe, expect, it } from "vitest"
import { graphqlDoor } from "../../src/index.ts"
import type { Result } from "../asking.ts"

const inventory = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)
const catalog = Layer.provideMerge(
  Catalog.layer(),
  Layer.merge(MemoryCatalog.layer, StockStatus.layerNone)
)

const closing: Array<() => Promise<unknown>> = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

const ask = async (url: string, query: string) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query })
  })
  return { status: response.status, text: await response.text() }
}

const listening = async (options: MountOptions): Promise<string> => {
  const holdfast = toNodeHandler(inventory, options)
  const server: Server = createServer((request, response) =>
    holdfast.listener(request, response, () => response.writeHead(418).end("the host's own"))
  )
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  closing.push(holdfast.dispose, () => new Promise((done) => server.close(done)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe("in a host", () => {
  it("is at its path beside REST, and leaves other paths to the host", async () => {
    const url = await listening({ doors: [graphqlDoor()] })
    expect(await ask(`${url}/graphql`, "{ locations { id } }")).toEqual({
      status: 200,
      text: '{"data":{"locations":[{"id":"default"}]}}'
    })
    expect((await fetch(`${url}/api/locations`)).status).toBe(200)
    expect((await ask(`${url}/graphqls`, "{ locations { id } }")).status).toBe(418)
    const put = await fetch(`${url}/graphql`, { method: "PUT" })
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"])
  })

  it("is under the base path, at a path of its own", async () => {
    const url = await listening({ basePath: "/shop", doors: [graphqlDoor({ path: "/q" })] })
    expect((await ask(`${url}/shop/q`, "{ locations { id } }")).status).toBe(200)
    expect((await ask(`${url}/q`, "{ locations { id } }")).status).toBe(418)
  })

  it("is at no path of the REST API", () => {
    for (const path of ["/api/graphql", "/docs", "/health", "graphql", "/a/:id"]) {
      const doors = [graphqlDoor({ path: path as "/graphql" })]
      expect(() => webHandler(inventory, { doors }), path).toThrow(/doors/)
    }
  })
})

describe("over one context", () => {
  const over = (engine: Parameters<typeof webHandler>[0]) => {
    const { dispose, handler } = webHandler(engine, { doors: [graphqlDoor()] })
    closing.push(dispose)
    return async (query: string) =>
      (await (
        await handler(
          new Request("http://shop.example/graphql", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ query })
          })
        )
      ).json()) as Result
  }

  it("an inventory has no products, and a catalog no stock of its own", async () => {
    const stock = over(inventory)
    expect((await stock("{ locations { id } }")).data).toEqual({ locations: [{ id: "default" }] })
    expect((await stock("{ products { nodes { id } } }")).errors).toHaveLength(1)
    const shop = over(catalog)
    const made =
      await shop(`mutation { createProduct(input: { name: "Mug", type: NORMAL, options: [{
      name: "Blue", price: { amount: "9.90", currency: "EUR" }, skuMappings: [{ skuId: "mug", quantity: 1 }] }] }) {
      ... on CreateProductDone { answer { name isShown options { price availability { availableQuantity }
        skuMappings { stock { status } } } } } } }`)
    expect(made.data.createProduct.answer).toEqual({
      name: "Mug",
      isShown: false,
      options: [
        {
          price: { amount: "9.90", currency: "EUR" },
          availability: { availableQuantity: null },
          skuMappings: [{ stock: { status: "unknown" } }]
        }
      ]
    })
    expect((await shop("{ locations { id } }")).errors).toHaveLength(1)
  })
})
