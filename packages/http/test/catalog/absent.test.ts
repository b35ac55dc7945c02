/** A host without a catalog: its paths are like any other path that does not exist. */
import { describe, expect, it } from "vitest"
import { HandClock, type Listening, listen, memoryEngine } from "../server.ts"
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
      expect(paths.filter((path) => /products|categories/.test(path))).toEqual([])
      expect(Object.keys(json.components.schemas)).not.toContain("ProductView")
      expect((await call("GET", "/docs")).text).not.toContain("/api/products")
    }))
})
