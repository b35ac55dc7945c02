/** What answers say about caches, what requests demand, and how answers are compressed. */
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import {
  layerCaching,
  layerCatalogCopies,
  layerMemoryCache,
  layerStockCopies
} from "@holdfast/core/caching"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { memoryCatalog } from "../catalog/memoryCatalog.ts"
import { socks } from "../catalog/shop.ts"
import {
  type Answer,
  type Engine,
  HandClock,
  type Listening,
  listen,
  memoryEngine
} from "../server.ts"

const of = { schema: "test" }

/** Both contexts in memory with a cache before them. */
const cachedEngine = (clock: HandClock): Engine => {
  const copies = Layer.merge(layerCatalogCopies(of), layerStockCopies(of)).pipe(
    Layer.provideMerge(Layer.provide(layerCaching(), layerMemoryCache()))
  )
  const engines = Layer.merge(memoryEngine(clock), memoryCatalog(clock))
  return Layer.provideMerge(copies, engines)
}

let server: Listening
let plain: Listening

beforeAll(async () => {
  const clock = new HandClock()
  server = await listen(cachedEngine(clock))
  plain = await listen(Layer.merge(memoryEngine(clock), memoryCatalog(clock)))
})

afterAll(async () => {
  await server.close()
  await plain.close()
})

const get = (path: string, headers: Record<string, string> = {}) =>
  server.call("GET", path, { headers })

const post = (path: string, body: unknown) => server.call("POST", path, { body })

const cacheOf = ({ headers }: Answer) => headers["x-holdfast-cache"]

/** Reads until the answer comes from the cache: the follower begins with the server. */
const warm = (path: string) =>
  vi.waitFor(async () => {
    await get(path)
    const answer = await get(path)
    expect(cacheOf(answer)).toBe("hit")
    return answer
  })

const sku = async (skuId: string, initialStock = 5) => {
  await post("/api/skus", { skuId, code: skuId, name: skuId, initialStock })
  return skuId
}

describe("a read", () => {
  it("says whether it came from a cache, how old it is, and how long it may be kept", async () => {
    const { id } = (await post("/api/products", socks())).json
    await sku("warm")
    const category = (await post("/api/categories", { name: "Warm" })).json.id
    const paths = [
      `/api/products/${id}`,
      `/api/categories/${category}`,
      "/api/categories/tree",
      "/api/inventory/warm",
      "/api/inventory/stock-status?skuIds=warm"
    ]
    for (const path of paths) {
      const { headers, status } = await warm(path)
      expect([path, status]).toEqual([path, 200])
      expect(headers["age"]).toMatch(/^\d+$/)
      expect(headers["etag"]).toMatch(/^"[1-9]\d*\.[0-9a-f]{16}"$/)
      expect(headers["cache-control"]).toMatch(/^private, max-age=[0-9]$/)
      // Kept for some seconds, so not for the next person at the same browser.
      expect(headers["vary"]).toBe("authorization, if-min-version")
      const again = await get(path, { "if-none-match": String(headers["etag"]) })
      expect([again.status, again.text, cacheOf(again)]).toEqual([304, "", "hit"])
      expect(again.headers["etag"]).toBe(headers["etag"])
      expect(again.headers["cache-control"]).toMatch(/^private, max-age=/)
    }
    const batches = [
      ["/api/products/batch-get", { productIds: [id] }],
      ["/api/inventory/stock-status", { skuIds: ["warm"] }]
    ] as const
    for (const [path, body] of batches) expect(cacheOf(await post(path, body))).toBe("hit")
  })

  it("says nothing of caches where there is none, and is to be asked again", async () => {
    const { id } = (await plain.call("POST", "/api/products", { body: socks() })).json
    const { headers } = await plain.call("GET", `/api/products/${id}`)
    expect([headers["x-holdfast-cache"], headers["age"]]).toEqual([undefined, undefined])
    expect(headers["cache-control"]).toBe("private, no-cache")
  })

  it("that looks like none of the cached ones is marked in no way", async () => {
    for (const path of ["/api/products", "/api/skus", "/api/inventory/warm/movements"]) {
      expect((await get(path)).headers["cache-control"]).toBeUndefined()
    }
  })
})

describe("a change", () => {
  it("answers with its versions, which a read may demand", async () => {
    const { id } = (await post("/api/products", socks())).json
    const path = `/api/products/${id}`
    await warm(path)
    const changed = await server.call("PATCH", path, { body: { name: "Seen at once" } })
    const version = String(changed.headers["x-holdfast-version"])
    expect(version).toBe(`product:${id}=2`)
    const answer = await get(path, { "if-min-version": version })
    expect([answer.json.product.name, answer.json.product.version]).toEqual(["Seen at once", 2])
  })

  it("of stock names every SKU that it touched, and no order", async () => {
    await sku("first")
    await sku("second")
    const lines = ["first", "second"].map((skuId) => ({ skuId, quantity: 1 }))
    const answer = await server.call("PUT", "/api/inventory/orders/v", { body: { lines } })
    const header = String(answer.headers["x-holdfast-version"])
    expect(header.split(",").map((part) => part.replace(/=\d+$/, ""))).toEqual([
      "sku:first",
      "sku:second"
    ])
    await warm("/api/inventory/second")
    const read = await get("/api/inventory/second", { "if-min-version": header })
    expect(read.json.reservedQuantity).toBe(1)
  })

  it("that is given back has no versions", async () => {
    await sku("once")
    const sent = {
      body: { orderId: "once", skuId: "once", quantity: 1 },
      headers: { "idempotency-key": "once" }
    }
    const first = await server.call("POST", "/api/inventory/reservations", sent)
    const again = await server.call("POST", "/api/inventory/reservations", sent)
    expect(first.headers["x-holdfast-version"]).toMatch(/^sku:once=\d+$/)
    expect([again.headers["idempotent-replayed"], again.headers["x-holdfast-version"]]).toEqual([
      "true",
      undefined
    ])
  })

  it("is seen by who asks for what there is now", async () => {
    await sku("now")
    await warm("/api/inventory/now")
    await post("/api/inventory/now/receive", { quantity: 2 })
    const answer = await get("/api/inventory/now", { "cache-control": "no-cache" })
    expect([answer.json.totalQuantity, cacheOf(answer)]).toEqual([7, "miss"])
  })
})

describe("If-Min-Version", () => {
  it.each([
    "",
    "product",
    "product:a",
    "product:a=",
    "product:a=x",
    "product:a=-1",
    "product:a=1.5",
    "product:a=99999999999999999",
    "order:a=1",
    "product:%zz=1",
    "product:a=1;sku:b=2",
    Array.from({ length: 101 }, (_, n) => `sku:${n}=1`).join(",")
  ])("is refused as %j, by its name", async (text) => {
    for (const path of ["/api/inventory/warm", "/api/products", "/api/categories/tree"]) {
      const { json, status } = await get(path, { "if-min-version": text })
      expect([path, status]).toEqual([path, 400])
      expect(json.issues).toEqual([{ path: "if-min-version", message: expect.any(String) }])
    }
  })

  it("may name what the answer is not about", async () => {
    await sku("calm")
    await warm("/api/inventory/calm")
    const other = { "if-min-version": "product:x=3, sku:other=7,category:y=1" }
    expect(cacheOf(await get("/api/inventory/calm", other))).toBe("hit")
  })
})

/** The body as it came, and its headers. */
const raw = async (path: string, headers: Record<string, string>) => {
  const { port } = server
  const { request } = await import("node:http")
  return new Promise<{ headers: Answer["headers"]; bytes: Buffer; status: number }>((resolve) => {
    request({ host: "127.0.0.1", port, path, headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk) => chunks.push(chunk))
      response.on("end", () =>
        resolve({
          headers: response.headers,
          bytes: Buffer.concat(chunks),
          status: response.statusCode ?? 0
        })
      )
    }).end()
  })
}

describe("compression", () => {
  it("makes a large answer shorter for who asks for it, and says the same", async () => {
    const { id } = (await post("/api/products", socks({ description: "Soft. ".repeat(600) }))).json
    const path = `/api/products/${id}`
    await warm(path)
    const whole = await raw(path, {})
    expect(whole.headers["content-encoding"]).toBeUndefined()
    const zipped = await raw(path, { "accept-encoding": "br;q=0, deflate, gzip;q=0.5" })
    expect(zipped.headers["content-encoding"]).toBe("gzip")
    expect(zipped.headers["content-length"]).toBe(String(zipped.bytes.length))
    expect(zipped.bytes.length).toBeLessThan(whole.bytes.length / 3)
    expect(gunzipSync(zipped.bytes).equals(whole.bytes)).toBe(true)
    expect(zipped.headers["vary"]).toBe("authorization, if-min-version, accept-encoding")
    // The tag is that of the same answer, and weak, since its bytes are others.
    const tag = String(zipped.headers["etag"])
    expect(tag).toBe(`W/${whole.headers["etag"]}`)
    const same = await raw(path, { "accept-encoding": "gzip", "if-none-match": tag })
    expect([same.status, same.bytes.length]).toEqual([304, 0])
    const patched = await server.call("PATCH", path, {
      body: { name: "By a weak tag" },
      headers: { "if-match": tag }
    })
    expect(patched.status).toBe(200)
  })

  it("leaves alone what is small, and what is not wanted", async () => {
    const { id } = (await post("/api/products", socks({ description: "Soft. ".repeat(600) }))).json
    const path = `/api/products/${id}`
    for (const accepted of ["identity", "gzip;q=0", "br", "*;q=0"]) {
      const { headers } = await raw(path, { "accept-encoding": accepted })
      expect([accepted, headers["content-encoding"]]).toEqual([accepted, undefined])
    }
    await sku("small")
    const small = await raw("/api/inventory/small", { "accept-encoding": "gzip" })
    expect(small.headers["content-encoding"]).toBeUndefined()
  })

  it("is done as the host says", async () => {
    const { brotliCompressSync } = await import("node:zlib")
    const clock = new HandClock()
    const compressors = new Map([["br", async (bytes: Uint8Array) => brotliCompressSync(bytes)]])
    const own = await listen(Layer.merge(memoryEngine(clock), memoryCatalog(clock)), {
      compressors
    })
    const kept = server
    try {
      server = own
      const answer = await raw("/openapi.json", { "accept-encoding": "gzip, br" })
      expect(answer.headers["content-encoding"]).toBe("br")
      expect(brotliDecompressSync(answer.bytes).toString("utf8")).toContain('"openapi"')
    } finally {
      server = kept
      await own.close()
    }
  })
})
