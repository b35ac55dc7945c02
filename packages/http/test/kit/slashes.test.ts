/** Paths that look like paths of the API: with a slash at the end, or only their beginning. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { beforeAll, describe, expect, it } from "vitest"
import { layerRoutes, routerConfig, webHandler } from "../../src/index.ts"
import { HandClock, memoryEngine, serverForTests } from "../server.ts"

const { call, get, post, sku } = serverForTests()

let skuId = ""
beforeAll(async () => {
  skuId = await sku(10)
})

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

describe("a path with a slash at its end", () => {
  it("is a 404 that names the path without it, for every method", async () => {
    const paths = [
      "/api/skus",
      `/api/skus/${skuId}`,
      "/api/locations",
      `/api/inventory/${skuId}`,
      `/api/inventory/${skuId}/receive`,
      "/api/inventory/events",
      "/api/inventory/reservations",
      "/api/inventory/orders/o-1/reservations",
      "/health/live",
      "/docs",
      "/openapi.json",
      "/asyncapi.json"
    ]
    for (const path of paths) {
      for (const method of methods) {
        const body = method.startsWith("P") ? { body: {} } : {}
        const answer = await call(method, `${path}/?size=1`, body)
        expect([method, path, answer.status]).toEqual([method, path, 404])
        if (method === "HEAD") continue
        expect(answer.json.type).toBe("urn:holdfast:problem:not-found")
        expect(answer.json.detail).toBe(`No path here ends with a slash. Leave it out: ${path}`)
      }
    }
  })

  it("names no path where there is none without it either", async () => {
    for (const path of ["/nowhere/", "/api/", "/api/inventory/", "/api/skus//"]) {
      const answer = await get(path)
      expect([path, answer.status, answer.json.detail]).toEqual([path, 404, undefined])
    }
    expect((await get("/")).status).toBe(200)
  })

  it("is the same under a base path, alone and in the router of a host", async () => {
    const basePath = "/shop"
    const engine = memoryEngine(new HandClock())
    const alone = webHandler(engine, { basePath })
    const hosted = HttpRouter.toWebHandler(
      Layer.mergeAll(
        HttpRouter.add("GET", "/theirs/", Effect.succeed(HttpServerResponse.text("theirs"))),
        Layer.provide(layerRoutes({ basePath }), engine)
      ),
      { routerConfig, disableLogger: true }
    )
    const ask = async ({ handler }: typeof alone | typeof hosted, path: string) => {
      const answer = await handler(new Request(`https://shop.example${path}`))
      return { status: answer.status, text: await answer.text() }
    }
    for (const host of [alone, hosted]) {
      const refused = await ask(host, "/shop/api/skus/")
      expect([refused.status, JSON.parse(refused.text).detail]).toEqual([
        404,
        "No path here ends with a slash. Leave it out: /shop/api/skus"
      ])
      expect((await ask(host, "/shop/")).status).toBe(200)
      expect((await ask(host, "/shop/api/skus")).status).toBe(200)
    }
    expect(await ask(hosted, "/theirs/")).toEqual({ status: 200, text: "theirs" })
    await alone.dispose()
    await hosted.dispose()
  })
})

describe("what the paths of orders begin with", () => {
  it("is nothing, and no question about a SKU", async () => {
    for (const method of methods) {
      const answer = await call(method, "/api/inventory/orders")
      expect([method, answer.status]).toEqual([method, 404])
    }
    expect((await get("/api/inventory/orders")).json.type).toBe("urn:holdfast:problem:not-found")
    expect((await post("/api/inventory/orders/o-1/confirm")).json.type).toBe(
      "urn:holdfast:problem:order-not-found"
    )
  })
})
