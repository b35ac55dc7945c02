/** Which calls are sent again, when, and with which key; over a server that fails as it is bidden. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { CallNotAnswered, type ClientOptions, holdfastClient } from "../../src/index.ts"

type Act = (request: IncomingMessage, response: ServerResponse) => void

let acts: Array<Act> = []
let met: Array<IncomingMessage> = []
const server = createServer((request, response) => {
  met.push(request)
  request.resume()
  request.on("end", () => (acts.shift() ?? answer)(request, response))
})

const answer: Act = (_request, response) => {
  response.setHeader("content-type", "application/json").end(`{"id":"r-1"}`)
}
const cut: Act = ({ socket }) => socket.destroy()
const problem =
  (status: number, slug: string, headers: Record<string, string> = {}): Act =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/problem+json", ...headers })
    response.end(JSON.stringify({ type: `urn:holdfast:problem:${slug}`, title: slug, status }))
  }
const silent: Act = () => undefined

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  acts = []
  met = []
})

const client = (more: Partial<ClientOptions> = {}) =>
  holdfastClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pauseMillisMax: 2_000,
    ...more
  })

const line = { skuId: "mug", quantity: 1, orderId: "o-1" }
const keys = () => met.map(({ headers }) => headers["idempotency-key"])

it("sends a command again with the same key, until it is answered", async () => {
  acts = [cut, problem(503, "outcome-unknown", { "retry-after": "0" })]
  const result = await client().reservations.reserve(line)
  expect(result).toMatchObject({ ok: true, answer: { id: "r-1" } })
  expect(keys()).toHaveLength(3)
  expect(new Set(keys()).size).toBe(1)
  expect(keys()[0]).toMatch(/^[0-9a-f]{32}$/)
})

it("gives every command a key of its own, or the one that its caller gives", async () => {
  await client().reservations.reserve(line)
  await client().reservations.reserve(line)
  await client().reservations.reserve(line, { idempotencyKey: "mine" })
  expect(new Set(keys()).size).toBe(3)
  expect(keys()[2]).toBe("mine")
})

it("sends a key and a condition that are empty as they are, and no command without them", async () => {
  await client().reservations.reserve(line, { idempotencyKey: "", ifMatch: "" })
  expect(met[0]?.headers).toMatchObject({ "idempotency-key": "", "if-match": "" })
})

it("throws after its tries, with the key under which to send it again", async () => {
  acts = [cut, cut, cut, cut, cut]
  const thrown = await client({ retriesMax: 2 })
    .reservations.reserve(line)
    .catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(CallNotAnswered)
  expect(thrown).toMatchObject({ reason: "network", idempotencyKey: keys()[0] })
  expect(met).toHaveLength(3)
})

it("sends questions again, and commands without a key never", async () => {
  acts = [problem(503, "store-unavailable"), problem(502, "bad-gateway")]
  expect(await client().stock.many({ skuIds: ["mug"] })).toMatchObject({ ok: true })
  expect(met).toHaveLength(3)
  met = []
  acts = [cut]
  const hook = { url: "https://shop.example/hook", eventTypes: [] }
  await expect(client().webhooks.update({ webhookId: "w", ...hook })).rejects.toThrow(
    "cannot be reached"
  )
  expect(met).toHaveLength(1)
})

it("waits as long as the server asks, and gives up where that is too long", async () => {
  acts = [problem(429, "rate-limited", { "retry-after": "1" })]
  const begun = performance.now()
  expect(await client().skus.list()).toMatchObject({ ok: true })
  expect(performance.now() - begun).toBeGreaterThan(990)
  acts = [problem(429, "rate-limited", { "retry-after": "60" })]
  await expect(client().skus.list()).rejects.toMatchObject({ reason: "too-many", status: 429 })
})

it("never sends again what was refused", async () => {
  acts = [problem(404, "sku-not-found"), answer]
  expect(await client().skus.get({ skuId: "x" })).toMatchObject({
    refusal: { problem: "sku-not-found" }
  })
  expect(met).toHaveLength(1)
})

it("does not take a problem that it does not know for a refusal, nor the page of a proxy", async () => {
  acts = [problem(409, "of-next-year")]
  await expect(client().skus.list()).rejects.toMatchObject({ reason: "unexpected", status: 409 })
  acts = [(_request, response) => response.writeHead(403).end("<html>")]
  await expect(client().skus.list()).rejects.toMatchObject({ reason: "unexpected", status: 403 })
  // A success that is no JSON is none of ours, and is neither an answer nor a syntax error.
  acts = [
    (_request, response) => response.setHeader("content-type", "application/json").end("<html>")
  ]
  await expect(client({ retriesMax: 0 }).skus.list()).rejects.toBeInstanceOf(CallNotAnswered)
})

it("ends a try that takes too long, and begins another", async () => {
  acts = [silent]
  expect(await client({ tryMillisMax: 100 }).skus.list()).toMatchObject({ ok: true })
  acts = [silent]
  const hasty = client({ tryMillisMax: 100, retriesMax: 0 })
  await expect(hasty.skus.list()).rejects.toMatchObject({ reason: "timed-out" })
})

it("ends with the reason of the signal, in a try and between tries", async () => {
  const why = new Error("the page was left")
  const within = new AbortController()
  acts = [() => within.abort(why)]
  await expect(client().skus.list({}, { signal: within.signal })).rejects.toBe(why)
  const between = new AbortController()
  acts = [
    (request, response) => {
      response.on("close", () => between.abort(why))
      problem(503, "store-unavailable", { "retry-after": "2" })(request, response)
    }
  ]
  await expect(client().skus.list({}, { signal: between.signal })).rejects.toBe(why)
  await expect(client().skus.list({}, { signal: AbortSignal.abort(why) })).rejects.toBe(why)
  expect(met).toHaveLength(2)
})

it("asks for its token each time it sends", async () => {
  let asked = 0
  acts = [cut]
  await client({ bearer: async () => `token-${++asked}`, cart: "c" }).skus.list()
  expect(met.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-2"
  ])
  expect(met[0]?.headers["holdfast-cart"]).toBe("c")
})

it("throws what its caller's own token throws, and sends nothing", async () => {
  const why = new Error("the session is over")
  const bearer = async () => {
    throw why
  }
  await expect(client({ bearer }).skus.list()).rejects.toBe(why)
  await expect(client({ bearer }).events.stream({ after: 0 }).next()).rejects.toBe(why)
  await expect(client({ cart: "no\nheader" }).skus.list()).rejects.toBeInstanceOf(TypeError)
  expect(met).toHaveLength(0)
})

it("does not repeat a token that cannot be sent", async () => {
  const said = await client({ bearer: "first\nsecond" })
    .skus.list()
    .catch((error) => error)
  expect(said).toBeInstanceOf(TypeError)
  expect(said.message).toBe("bearer must be one line of ASCII")
  await client({ bearer: "from-a-file\n" }).skus.list()
  expect(met.map(({ headers }) => headers.authorization)).toEqual(["Bearer from-a-file"])
})

it("sends a header of its own in place of one of the same name, however that is written", async () => {
  await client({ headers: { Authorization: "Basic x", "X-Shop": "1" }, bearer: "t" }).skus.list()
  expect(met[0]?.headers).toMatchObject({ authorization: "Bearer t", "x-shop": "1" })
})

it("refuses a patience that is none, by the name of the option", () => {
  const wrong: ReadonlyArray<Partial<ClientOptions>> = [
    { retriesMax: -1 },
    { retriesMax: Number.NaN },
    { pauseMillisMax: -1 },
    { tryMillisMax: 0 },
    // A timer that is asked for more is over at once.
    { tryMillisMax: Number.POSITIVE_INFINITY }
  ]
  for (const options of wrong) {
    expect(() => client(options)).toThrow(`${Object.keys(options)[0]} must be a number from`)
  }
  expect(() => client({ retriesMax: Number.POSITIVE_INFINITY, pauseMillisMax: 0 })).not.toThrow()
})
