/** The API in hosts on Node. */
import { randomUUID } from "node:crypto"
import { gzipSync } from "node:zlib"
import type { HoldfastInventory } from "@holdfast/core"
import { StoreError, toPromises } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import express from "express"
import fastify from "fastify"
import { afterEach, describe, expect, it, vi } from "vitest"
import { problemFor } from "../../src/index.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import { HandClock, memoryEngine, type Sent, send } from "../server.ts"
import { mountings, type NodeHost, serve } from "./nodeHosts.ts"

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  vi.restoreAllMocks()
})

const open = async (): Promise<HoldfastInventory> => {
  const inventory = await toPromises(memoryEngine(new HandClock()))
  closing.push(() => inventory.close())
  return inventory
}

const asking = (host: NodeHost) => {
  closing.push(() => host.close())
  return (method: string, path: string, sent?: Sent) => send(host.port, method, path, sent)
}

describe.each(mountings)("H11 the API in %s", (_, mounting, isFollowed) => {
  it.each([
    ["at the root", ""],
    ["under a path", "/shop"]
  ])("answers as everywhere, %s", async (_place, basePath) => {
    const inventory = await open()
    const holdfast = toNodeHandler(inventory, { basePath })
    closing.push(() => holdfast.dispose())
    const ask = asking(await mounting(holdfast, basePath))
    const mug = {
      skuId: "mug",
      code: "MUG",
      name: "Kaffeebecher, größer \u{1f375}",
      initialStock: 3
    }
    const made = await ask("POST", `${basePath}/api/skus`, { body: mug })
    expect([made.status, made.json.name]).toEqual([201, mug.name])
    expect((await inventory.sku("mug"))?.name).toBe(mug.name)

    const reservations = `${basePath}/api/inventory/reservations`
    const hold = { skuId: "mug", quantity: 2, orderId: "order / 1" }
    const headers = { "idempotency-key": "key-1", "x-correlation-id": "c-1" }
    const first = await ask("POST", reservations, { body: hold, headers })
    const again = await ask("POST", reservations, { body: hold, headers })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.headers["idempotent-replayed"]).toBe("true")
    expect(again.headers["x-correlation-id"]).toBe("c-1")
    expect(again.json).toEqual(first.json)

    const confirmed = await ask("POST", `${reservations}/${first.json.id}/confirm`)
    expect([confirmed.status, confirmed.json.status]).toEqual([200, "CONFIRMED"])
    const order = await ask("GET", `${basePath}/api/inventory/orders/order%20%2F%201/reservations`)
    expect(order.json.reservations).toHaveLength(1)
    expect((await ask("GET", `${basePath}/api/skus?size=1`)).json.items).toHaveLength(1)

    const refusals = [
      await ask("POST", reservations, { body: { ...hold, quantity: 9 } }),
      await ask("POST", reservations, { body: { ...hold, quantity: "9", orderId: undefined } }),
      await ask("GET", `${basePath}/api/inventory/unknown`),
      await ask("GET", reservations)
    ]
    expect(refusals.map(({ status }) => status)).toEqual([409, 400, 404, 405])
    for (const { headers, json } of refusals) {
      expect(headers["content-type"]).toBe("application/problem+json")
      expect(json.type).toMatch(/^urn:holdfast:problem:/)
    }
    const issues: ReadonlyArray<{ readonly path: string }> = refusals[1]?.json.issues
    expect(issues.map(({ path }) => path).sort()).toEqual(["orderId", "quantity"])

    const head = await ask("HEAD", `${basePath}/health/ready`)
    expect([head.status, head.text]).toEqual([200, ""])
    const elsewhere = await ask("GET", `${basePath}/nowhere`)
    expect([elsewhere.status, elsewhere.json]).toMatchObject([
      404,
      isFollowed ? { host: "has nothing" } : { type: "urn:holdfast:problem:not-found" }
    ])
  })
})

describe("H11 a listener for Node", () => {
  it("serves as web handlers do while its engine is away", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined)
    const away = new StoreError({ reason: "Unavailable", message: "the database is away" })
    let isAway = true
    const engine = Layer.provideMerge(
      memoryEngine(new HandClock()),
      Layer.effectDiscard(Effect.suspend(() => (isAway ? Effect.fail(away) : Effect.void)))
    )
    const holdfast = toNodeHandler(engine)
    const ask = asking(await serve((request, response) => holdfast.listener(request, response)))
    const refused = await ask("POST", "/api/skus", { body: { code: "MUG", name: "Mug" } })
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "2"])
    expect((await ask("GET", "/health/live")).status).toBe(200)
    isAway = false
    await vi.waitFor(async () => expect((await ask("GET", "/health/ready")).status).toBe(200), {
      timeout: 20_000,
      interval: 10
    })
    await holdfast.dispose()
    const late = await ask("GET", "/api/skus")
    expect([late.status, late.json.type]).toEqual([503, "urn:holdfast:problem:shutting-down"])
  })

  it("says so when the host read a body and left nothing of it", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined)
    const holdfast = toNodeHandler(await open())
    closing.push(() => holdfast.dispose())
    const ask = asking(
      await serve(async (request, response) => {
        for await (const _ of request);
        holdfast.listener(request, response)
      })
    )
    const lost = await ask("POST", "/api/skus", { body: { code: "MUG", name: "Mug" } })
    expect([lost.status, lost.json.detail]).toEqual([
      500,
      expect.stringContaining("before what reads bodies")
    ])
    // What has no body has lost none.
    expect((await ask("GET", "/api/skus")).status).toBe(200)
    expect((await ask("POST", "/api/inventory/orders/none/confirm")).status).toBe(404)
  })

  it("finds broken UTF-8 in bytes that the host has read", async () => {
    const holdfast = toNodeHandler(await open())
    closing.push(() => holdfast.dispose())
    const app = express()
    app.use(express.raw({ type: "*/*" }), holdfast.listener)
    const ask = asking(await serve(app))
    const raw = Buffer.concat([
      Buffer.from(`{"code":"MUG","name":"`),
      Buffer.from([0xff, 0x22, 0x7d])
    ])
    const refused = await ask("POST", "/api/skus", { raw })
    expect([refused.status, refused.json.issues]).toEqual([
      400,
      [{ path: "", message: "must be well-formed UTF-8" }]
    ])
  })

  it("takes a body that the host has decompressed or decoded", async () => {
    const holdfast = toNodeHandler(await open())
    closing.push(() => holdfast.dispose())
    const parsers: ReadonlyArray<readonly [express.RequestHandler, string]> = [
      [express.json(), "application/json"],
      [express.raw({ type: "*/*" }), "application/json"],
      [express.text({ type: "*/*" }), "application/json; charset=latin1"]
    ]
    for (const [parser, type] of parsers) {
      const app = express()
      app.use(parser, holdfast.listener)
      const ask = asking(await serve(app))
      const name = "gr\u00f6\u00dfer"
      const body = JSON.stringify({ code: randomUUID(), name })
      const raw = gzipSync(Buffer.from(body, type.includes("latin1") ? "latin1" : "utf8"))
      const headers = { "content-type": type, "content-encoding": "gzip" }
      const made = await ask("POST", "/api/skus", { raw, headers })
      expect([type, made.status, made.json.name]).toEqual([type, 201, name])
    }
  })

  it("answers a request that is under way when it is disposed of", async () => {
    const began = Promise.withResolvers<void>()
    const letGo = Promise.withResolvers<void>()
    const engine = memoryEngine(new HandClock(), {
      reads: {
        ping: Effect.promise(() => {
          began.resolve()
          return letGo.promise
        })
      }
    })
    const holdfast = toNodeHandler(engine)
    const ask = asking(await serve((request, response) => holdfast.listener(request, response)))
    const asked = ask("GET", "/health/ready")
    await began.promise
    await holdfast.dispose()
    letGo.resolve()
    expect((await asked).status).toBe(503)
  })
})

describe("H9 a refusal thrown in a route of the host's own", () => {
  it("is a problem in Express", async () => {
    const inventory = await open()
    const app = express()
    app.get("/mine/:id", async (request, response) => {
      response.json(await inventory.stock(request.params.id))
    })
    const answerErrors: express.ErrorRequestHandler = (error, _request, response, next) => {
      const answer = problemFor(error)
      if (answer === undefined) return next(error)
      response.status(answer.status).set(answer.headers).send(JSON.stringify(answer.body))
    }
    app.use(answerErrors)
    const ask = asking(await serve(app))
    const refused = await ask("GET", "/mine/unknown")
    expect([refused.status, refused.headers["content-type"]]).toEqual([
      404,
      expect.stringMatching(/^application\/problem\+json/)
    ])
    expect(refused.json).toMatchObject({ type: "urn:holdfast:problem:sku-not-found" })
  })

  it("is a problem in Fastify", async () => {
    const inventory = await open()
    const app = fastify()
    app.get<{ Params: { id: string } }>("/mine/:id", ({ params }) => inventory.stock(params.id))
    app.setErrorHandler((error, _request, reply) => {
      const answer = problemFor(error)
      if (answer === undefined) throw error
      return reply.code(answer.status).headers(answer.headers).send(JSON.stringify(answer.body))
    })
    closing.push(() => app.close())
    const refused = await app.inject("/mine/unknown")
    expect([refused.statusCode, refused.headers["content-type"]]).toEqual([
      404,
      expect.stringMatching(/^application\/problem\+json/)
    ])
    expect(refused.json()).toMatchObject({ skuIds: ["unknown"] })
  })
})
