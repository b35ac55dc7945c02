/** The API under a path of the host's own choice. */
import { OrderId, SkuId, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it } from "vitest"
import { layerRoutes, makeClient, routerConfig, webHandler } from "../../src/index.ts"
import { HandClock, memoryEngine } from "../server.ts"

const basePath = "/shop/stock"
const engine = memoryEngine(new HandClock())
const { dispose, handler } = webHandler(engine, { basePath })
afterAll(dispose)

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await handler(new Request(`https://shop.example${path}`, init))
  const text = await answer.text()
  const isJson = /json/.test(answer.headers.get("content-type") ?? "")
  return { status: answer.status, headers: answer.headers, text, json: isJson && JSON.parse(text) }
}

describe("H10 a base path", () => {
  it("comes before every route, and the typed client finds them", async () => {
    const asFetch: typeof fetch = (input, init) => handler(new Request(input, init))
    const held = await makeClient({ baseUrl: `https://shop.example${basePath}` }).pipe(
      Effect.flatMap(
        Effect.fnUntraced(function* (client) {
          const skuId = SkuId.make("mug")
          const orderId = OrderId.make("order / 1")
          const payload = { skuId, code: "MUG", name: "Mug", initialStock: 3 }
          yield* client.skus.register({ headers: {}, payload })
          const line = { skuId, quantity: 2, orderId }
          const headers = { "idempotency-key": "key-1" }
          yield* client.reservations.reserve({ headers, payload: line })
          yield* client.reservations.reserve({ headers, payload: line })
          return yield* client.orders.get({ params: { orderId }, query: {} })
        })
      ),
      Effect.provide(FetchHttpClient.layer),
      Effect.provideService(FetchHttpClient.Fetch, asFetch),
      Effect.runPromise
    )
    expect(held.reservations).toMatchObject([{ skuId: "mug", quantity: 2 }])
    for (const path of [
      "/health/live",
      "/health/ready",
      "/docs",
      "/openapi.json",
      "/asyncapi.json"
    ]) {
      expect([path, (await ask(`${basePath}${path}`)).status]).toEqual([path, 200])
    }
  })

  it("leaves nothing outside of it but 404 problems", async () => {
    const paths = ["/", "/api/skus", "/health/live", "/docs", "/shop", "/shop/stocks/api/skus"]
    for (const path of [...paths, "/shop/stock/nowhere", "/shop//stock/api/skus"]) {
      const answer = await ask(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.json).toMatchObject({ type: "urn:holdfast:problem:not-found" })
    }
    const wrong = await ask("/api/skus", { method: "DELETE" })
    expect(wrong.status).toBe(404)
  })

  it("is known to 405 and to what other paths would answer", async () => {
    const cases = [
      ["DELETE", "/api/skus", "GET, HEAD, POST"],
      ["GET", "/api/inventory/reservations", "POST"],
      ["POST", "?at=once", "GET, HEAD"],
      ["POST", "/", "GET, HEAD"]
    ] as const
    for (const [method, path, allow] of cases) {
      const answer = await ask(`${basePath}${path}`, { method })
      expect([path, answer.status, answer.headers.get("allow")]).toEqual([path, 405, allow])
    }
    expect((await ask(`${basePath}/api/skus/%E0%A4%A`)).status).toBe(400)
  })

  it("is in the front page, with and without a slash at its end", async () => {
    for (const path of [basePath, `${basePath}/`, `${basePath}?at=once`]) {
      const page = await ask(path)
      expect([path, page.status]).toEqual([path, 200])
      const targets = [...page.text.matchAll(/href="([^"]+)"/g)].map(([, target]) => target ?? "")
      expect(targets).toHaveLength(6)
      for (const target of targets) expect((await ask(target)).status).toBe(200)
      const links = await ask(path, { headers: { accept: "application/json" } })
      expect(links.json.links).toMatchObject({ docs: `${basePath}/docs` })
    }
  })

  it("is in the documents", async () => {
    const { json } = await ask(`${basePath}/openapi.json`)
    expect(json.servers).toEqual([{ url: basePath }])
    expect(Object.keys(json.paths)).toContain("/api/skus")
    expect((await ask(`${basePath}/docs`)).text).toContain(`"servers":[{"url":"${basePath}"}]`)
    const { json: events } = await ask(`${basePath}/asyncapi.json`)
    expect(events.servers.http.pathname).toBe(basePath)
    const atRoot = webHandler(engine)
    const plain = await atRoot.handler(new Request("https://shop.example/openapi.json"))
    expect(await plain.json()).not.toHaveProperty("servers", [{ url: basePath }])
    await atRoot.dispose()
  })

  it("ends a request with a body that takes too long", async () => {
    let letGo: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const failure = new StoreError({ reason: "Busy", message: "it is locked" })
    const transact = () =>
      Effect.andThen(
        Effect.promise(() => held),
        Effect.fail(failure)
      )
    const stuck = memoryEngine(new HandClock(), { store: { transact } })
    const mounted = webHandler(stuck, { basePath, requestTimeout: "50 millis" })
    const answer = await mounted.handler(
      new Request(`https://shop.example${basePath}/api/skus`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ skuId: "mug", code: "MUG", name: "Mug" })
      })
    )
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { type: "urn:holdfast:problem:timed-out" }
    ])
    letGo()
    await mounted.dispose()
  })

  it("keeps two inventories apart in one router", async () => {
    const two = HttpRouter.toWebHandler(
      Layer.mergeAll(
        HttpRouter.add("GET", "/api/skus", HttpServerResponse.text("the host's own")),
        ...["/red", "/blue"].map((path) =>
          Layer.provide(layerRoutes({ basePath: path }), Layer.fresh(engine))
        )
      ),
      { routerConfig, disableLogger: true }
    )
    const at = (path: string, init?: RequestInit) =>
      two.handler(new Request(`https://shop.example${path}`, init))
    const made = await at("/red/api/skus", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ skuId: "mug", code: "MUG", name: "Mug" })
    })
    expect(made.status).toBe(201)
    expect((await at("/red/api/inventory/mug")).status).toBe(200)
    const unknown = await at("/blue/api/inventory/mug")
    expect([unknown.status, unknown.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json"
    ])
    expect((await at("/blue/api/skus", { method: "DELETE" })).status).toBe(405)
    expect(await (await at("/api/skus")).text()).toBe("the host's own")
    await two.dispose()
  })

  it.each(["shop", "/shop/", "/", "/a b", "/shop?x", "/:id", "/*", "//shop", "/ü"])(
    "is refused by name when it is no path: %j",
    (wrong) => {
      expect(() => webHandler(engine, { basePath: wrong })).toThrow(
        expect.objectContaining({
          code: "InvalidInput",
          details: {
            issues: [
              {
                path: "options.basePath",
                message: 'must be a path such as "/shop", with no slash at its end'
              }
            ]
          }
        })
      )
      expect(() => layerRoutes({ basePath: wrong })).toThrow()
    }
  )
})
