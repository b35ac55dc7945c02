/** The routes beside the routes of a host, in the host's own router. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it, vi } from "vitest"
import { layerRoutes, routerConfig } from "../../src/index.ts"
import { HandClock, memoryEngine } from "../server.ts"

const hostJson = (status: number) =>
  HttpServerResponse.jsonUnsafe({ host: "says why" }, { status, headers: { "x-host": "1" } })

let letGo: () => void = () => undefined
const slow = Effect.promise(
  () =>
    new Promise<void>((resolve) => {
      letGo = resolve
    })
)

type App<E, R> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>

/** The host's own way to say that it has nothing. */
const orHostNotFound = <E, R>(app: App<E, R>): App<E, R> =>
  Effect.catchIf(
    app,
    (error) => HttpServerError.isHttpServerError(error),
    () => Effect.succeed(hostJson(404))
  )

const hostRoutes = Layer.mergeAll(
  HttpRouter.add("GET", "/shop/bad", hostJson(400)),
  HttpRouter.add("GET", "/shop/broken", hostJson(500)),
  HttpRouter.add("GET", "/shop/empty", HttpServerResponse.empty({ status: 404 })),
  HttpRouter.add("GET", "/shop/slow", Effect.as(slow, hostJson(200))),
  HttpRouter.add("GET", "/shop/dies", Effect.die("the host's own bug")),
  HttpRouter.add("GET", "/api/shop/:name", hostJson(409)),
  HttpRouter.middleware(orHostNotFound, { global: true })
)

const requestTimeout = 200
const { dispose, handler } = HttpRouter.toWebHandler(
  Layer.mergeAll(
    hostRoutes,
    Layer.provide(layerRoutes({ requestTimeout }), memoryEngine(new HandClock()))
  ),
  { routerConfig, disableLogger: true }
)
afterAll(dispose)

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await handler(new Request(`https://shop.example${path}`, init))
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

describe("H5 the routes in a router of the host's own", () => {
  it.each([
    ["/shop/bad", 400],
    ["/shop/broken", 500],
    ["/api/shop/mug", 409],
    ["/shop/bad?name=%E0%A4%A", 400],
    ["/api/nowhere", 404],
    ["/shop/nowhere", 404]
  ])("leave the host's own answer at %s as it is", async (path, status) => {
    const answer = await ask(path, { headers: { "x-correlation-id": "c-1" } })
    expect([answer.status, answer.text]).toEqual([status, `{"host":"says why"}`])
    expect(answer.headers.get("content-type")).toBe("application/json")
    expect(answer.headers.get("x-host")).toBe("1")
    expect(answer.headers.get("x-correlation-id")).toBeNull()
  })

  it("leave the host's empty answers and its defects to the host", async () => {
    expect(await ask("/shop/empty")).toMatchObject({ status: 404, text: "" })
    const dead = await ask("/shop/dies")
    expect([dead.status, dead.text]).toEqual([500, ""])
  })

  it("set no time limit to the host's own routes", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout")
    const asked = ask("/shop/slow")
    const ofGuard = timers.mock.calls.filter(([, millis]) => millis === requestTimeout)
    expect(ofGuard).toHaveLength(1)
    timers.mockRestore()
    // The time is up, and the host's own work goes on.
    for (const [giveUp] of ofGuard) (giveUp as () => void)()
    letGo()
    expect((await asked).status).toBe(200)
  })

  it("still answer for themselves, and as problems", async () => {
    const cases: ReadonlyArray<readonly [string, RequestInit, number, string]> = [
      ["/api/inventory/unknown", {}, 404, "sku-not-found"],
      ["/api/skus?size=x", {}, 400, "invalid-input"],
      ["/api/skus?cursor=%E0%A4%A", {}, 400, "invalid-input"],
      ["/api/skus", { method: "DELETE" }, 405, "method-not-allowed"],
      ["/api/inventory/reservations", {}, 405, "method-not-allowed"],
      ["/api/skus", { method: "POST", body: "code=x" }, 415, "unsupported-media-type"]
    ]
    for (const [path, init, status, slug] of cases) {
      const answer = await ask(path, { headers: { "x-correlation-id": "c-1" }, ...init })
      expect([path, answer.status]).toEqual([path, status])
      expect(answer.headers.get("content-type")).toBe("application/problem+json")
      expect(JSON.parse(answer.text)).toMatchObject({ type: `urn:holdfast:problem:${slug}` })
      expect(answer.headers.get("x-correlation-id")).toBe("c-1")
    }
    expect((await ask("/health/ready")).status).toBe(200)
  })
})
