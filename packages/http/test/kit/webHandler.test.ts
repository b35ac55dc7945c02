import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterEach, describe, expect, it } from "vitest"
import { type WebHandler, webHandler } from "../../src/index.ts"
import { HandClock, memoryEngine } from "../server.ts"

const opened: Array<WebHandler> = []
const mount = (...parameters: Parameters<typeof webHandler>): WebHandler => {
  const mounted = webHandler(...parameters)
  opened.push(mounted)
  return mounted
}
afterEach(() => Promise.all(opened.splice(0).map((mounted) => mounted.dispose())))

const json = (method: string, path: string, body: unknown): Request =>
  new Request(`https://shop.example${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body)
  })

describe("the web handler", () => {
  it("answers the whole API from a Request to a Response", async () => {
    const { handler } = mount(memoryEngine(new HandClock()))
    const made = await handler(
      json("POST", "/api/skus", { skuId: "web", code: "WEB", name: "Web", initialStock: 1 })
    )
    expect(made.status).toBe(201)
    const reserve = (orderId: string) =>
      handler(json("POST", "/api/inventory/reservations", { skuId: "web", quantity: 1, orderId }))
    const answers = await Promise.all(["a", "b", "c"].map(reserve))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    const stock = await handler(new Request("https://shop.example/api/inventory/web"))
    expect(await stock.json()).toMatchObject({ totalQuantity: 1, availableQuantity: 0 })
  })

  it("tells what it refuses as a problem", async () => {
    const { handler } = mount(memoryEngine(new HandClock()))
    const cases: ReadonlyArray<readonly [Request, number]> = [
      [new Request("https://shop.example/nowhere"), 404],
      [new Request("https://shop.example/api/skus", { method: "DELETE" }), 405],
      [json("POST", "/api/skus", "{"), 400],
      [json("POST", "/api/skus", `{"name":"${"x".repeat(2 * 1024 * 1024)}"}`), 413],
      [new Request("https://shop.example/api/skus", { method: "POST", body: "code=x" }), 415]
    ]
    for (const [request, status] of cases) {
      const answer = await handler(request)
      expect([request.url, answer.status]).toEqual([request.url, status])
      expect(answer.headers.get("content-type")).toBe("application/problem+json")
      expect(await answer.json()).toMatchObject({ status, type: expect.any(String) })
    }
  })

  it("says so when the host has read the body", async () => {
    const entries: Array<string> = []
    const { handler } = mount(memoryEngine(new HandClock()), {
      log: ({ message }) => entries.push(message)
    })
    const sku = { code: "MUG", name: "Mug" }
    const read = json("POST", "/api/skus", sku)
    await read.text()
    const locked = json("POST", "/api/skus", sku)
    const reader = locked.body?.getReader()
    for (const request of [read, locked]) {
      const answer = await handler(request)
      expect([answer.status, await answer.json()]).toMatchObject([
        500,
        {
          type: "urn:holdfast:problem:internal-error",
          detail: expect.stringContaining("The host read the body before")
        }
      ])
    }
    expect(entries).toHaveLength(2)
    reader?.releaseLock()
    expect((await handler(locked)).status).toBe(201)
    // What has no body has lost none.
    const bare = new Request("https://shop.example/api/skus")
    await bare.text()
    expect((await handler(bare)).status).toBe(200)
  })

  it("closes the engine when it is disposed of", async () => {
    let isOpen = false
    const watched = Layer.effectDiscard(
      Effect.acquireRelease(
        Effect.sync(() => {
          isOpen = true
        }),
        () =>
          Effect.sync(() => {
            isOpen = false
          })
      )
    )
    const mounted = mount(Layer.merge(memoryEngine(new HandClock()), watched))
    expect((await mounted.handler(new Request("https://shop.example/health/ready"))).status).toBe(
      200
    )
    expect(isOpen).toBe(true)
    await mounted.dispose()
    expect(isOpen).toBe(false)
  })
})
