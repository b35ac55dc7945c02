import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { RequestCaller } from "@holdfast/core/engine"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it } from "vitest"
import { type HttpOptions, HttpSettings, settingsOf } from "../../src/kit/HttpOptions.ts"
import { layerAddressLimits, principalLimits } from "../../src/limits/limitRequests.ts"
import { serverForTests } from "../server.ts"

const hour = 3_600_000
const perHour = (count: number) => ({ count, windowMillis: hour })

describe("limits of an address", () => {
  const { call, get, post, sku } = serverForTests({
    limits: { address: { reads: perHour(3), writes: perHour(2) } }
  })

  it("let so many through, writes and reads apart, and then say when to come again", async () => {
    await sku(5)
    const body = { skuId: "sku-1", quantity: 1, orderId: "o-1" }
    const reserved = await post("/api/inventory/reservations", body)
    expect(reserved.status).toBe(201)
    expect(reserved.headers).toMatchObject({
      "ratelimit-policy": '"address-writes";q=2;w=3600',
      ratelimit: '"address-writes";r=0;t=3600'
    })
    const refused = await post("/api/inventory/reservations", body)
    expect(refused.status).toBe(429)
    expect(refused.json).toEqual({
      instance: expect.stringMatching(/^urn:uuid:/),
      type: "urn:holdfast:problem:rate-limited",
      title: "Too many requests",
      status: 429,
      detail: "At most 2 in 1 h; wait 1800 s.",
      limit: "address-writes"
    })
    expect(refused.headers).toMatchObject({
      "retry-after": "1800",
      "ratelimit-policy": '"address-writes";q=2;w=3600',
      ratelimit: '"address-writes";r=0;t=3600'
    })
    // Nothing of what was refused took effect, and reads are counted apart.
    const stock = await get("/api/inventory/sku-1")
    expect(stock.json.reservedQuantity).toBe(1)
    expect(stock.headers["ratelimit"]).toBe('"address-reads";r=2;t=1200')
    // A question by POST is a read, and so is one about nothing.
    const asked = await post("/api/inventory/stock-status", { skuIds: ["sku-1"] })
    expect([asked.status, asked.headers["ratelimit"]]).toEqual([200, '"address-reads";r=1;t=2400'])
    const nothing = await get("/nothing")
    expect([nothing.status, nothing.headers["ratelimit"]]).toEqual([
      404,
      '"address-reads";r=0;t=3600'
    ])
    expect((await get("/api/skus")).status).toBe(429)
  })

  it("never stop who asks whether the server is well", async () => {
    for (let n = 0; n < 20; n++) {
      const answer = await get("/health/ready")
      expect([answer.status, answer.headers["ratelimit"]]).toEqual([200, undefined])
    }
    expect((await call("GET", "/api/skus")).status).toBe(429)
  })
})

describe("a door without limits", () => {
  const { get } = serverForTests()
  it("says nothing of any", async () => {
    const { headers } = await get("/api/skus")
    expect(headers["ratelimit"]).toBeUndefined()
    expect(headers["ratelimit-policy"]).toBeUndefined()
  })
})

/** Routes behind the limits, with somebody between them who knows who asks. */
const behindLimits = (
  limits: HttpOptions["limits"],
  route: HttpRouter.Route<never, HttpServerRequest.HttpServerRequest>
) => {
  const principals: Readonly<Record<string, Principal>> = {
    ann: { id: "ann", kind: "USER", roles: ["USER"] },
    bob: { id: "bob", kind: "USER", roles: ["USER"] },
    annTheService: { id: "ann", kind: "SERVICE", roles: [] },
    nobody: anonymousPrincipal
  }
  const authenticated = HttpRouter.middleware(
    (app) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
        const principal = principals[headers["who"] ?? ""]
        return Effect.provideService(app, RequestCaller, { caller: "", principal })
      }),
    { global: true }
  )
  const limited = Layer.unwrap(
    Effect.map(principalLimits, (limited) => HttpRouter.middleware(limited, { global: true }))
  )
  const app = HttpRouter.addAll([route]).pipe(
    Layer.provide(limited),
    Layer.provide(authenticated),
    Layer.provide(layerAddressLimits({ areAlone: true })),
    Layer.provide(Layer.succeed(HttpSettings, settingsOf({ limits })))
  )
  const { dispose, handler } = HttpRouter.toWebHandler(app, { disableLogger: true })
  afterAll(dispose)
  return (who = "", method = "POST") =>
    handler(new Request("http://shop/x", { method, headers: { who } }))
}

const done = HttpRouter.route("*", "/x", HttpServerResponse.text("done"))

describe("limits of a principal", () => {
  const ask = behindLimits(
    { address: { writes: perHour(12) }, principal: { writes: perHour(2) } },
    done
  )

  it("are one for each, whatever their address; the others share that of their address", async () => {
    const statuses = async (who: string, times: number) => {
      const answers: Array<number> = []
      for (let n = 0; n < times; n++) answers.push((await ask(who)).status)
      return answers
    }
    expect(await statuses("ann", 3)).toEqual([200, 200, 429])
    expect(await statuses("bob", 3)).toEqual([200, 200, 429])
    expect(await statuses("annTheService", 1)).toEqual([200])
    expect(await statuses("nobody", 2)).toEqual([200, 200])
    expect(await statuses("", 1)).toEqual([429])
  })

  it("are met after that of the address, and an answer tells of both", async () => {
    const answer = await ask("annTheService")
    expect(answer.headers.get("ratelimit-policy")).toBe(
      '"address-writes";q=12;w=3600, "principal-writes";q=2;w=3600'
    )
    expect(answer.headers.get("ratelimit")).toBe(
      '"address-writes";r=1;t=3300, "principal-writes";r=0;t=3600'
    )
    expect((await ask("annTheService")).status).toBe(429)
    // The address has no token left: it is refused before anybody asks who it is.
    const refused = await ask("ann")
    expect(await refused.json()).toMatchObject({ limit: "address-writes" })
    expect((await ask("ann", "GET")).status).toBe(200)
  })
})

describe("requests under way at once", () => {
  const gate = Deferred.makeUnsafe<void>()
  const slow = HttpRouter.route(
    "*",
    "/x",
    Effect.as(Deferred.await(gate), HttpServerResponse.text("done"))
  )
  const ask = behindLimits({ requestsMax: 3 }, slow)

  it("are so many; one more is shed at once, and there is room again when one has ended", async () => {
    const underWay = Array.from({ length: 3 }, () => ask())
    const shed = await ask()
    expect([shed.status, shed.headers.get("retry-after")]).toEqual([503, "1"])
    expect(await shed.json()).toMatchObject({ type: "urn:holdfast:problem:too-busy" })
    Effect.runSync(Deferred.succeed(gate, undefined))
    expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await ask()).status).toBe(200)
  })
})

it("refuses limits that nobody could keep, by their names", () => {
  const cases: ReadonlyArray<readonly [HttpOptions["limits"], string]> = [
    [{ requestsMax: 0 }, "options.limits.requestsMax"],
    [{ address: { reads: perHour(0) } }, "options.limits.address.reads.count"],
    [{ address: { writes: perHour(1.5) } }, "options.limits.address.writes.count"],
    [
      { principal: { reads: { count: 1, windowMillis: hour + 1 } } },
      "options.limits.principal.reads.windowMillis"
    ]
  ]
  for (const [limits, path] of cases) {
    expect(() => settingsOf({ limits })).toThrow(path)
  }
})
