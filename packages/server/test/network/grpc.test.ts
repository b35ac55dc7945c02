import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { credentials } from "@grpc/grpc-js"
import { type Authority, type Certified, makeAuthority } from "@holdfast/test-servers"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { endOf, TestClient } from "../../../grpc/test/calling.ts"
import { get } from "../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"
import { type CertificateFolder, certificateFolder, localNames } from "./tls/certificateFolder.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** Where a server says that it serves gRPC. */
const grpcOf = (server: ServerProcess): string =>
  String((server as { readonly grpc?: string }).grpc)

const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }

describe("a server with --grpc-port", () => {
  it("says where it serves gRPC, and answers there and over HTTP from one store", async () => {
    await using server = await startServer(["--memory", "--grpc-port", "0"])
    expect(grpcOf(server)).toMatch(/^127\.0\.0\.1:\d+$/)
    const client = new TestClient(grpcOf(server))
    expect(await client.call("inventory", "registerSku", mug)).toMatchObject({ code: 0 })
    const lines = [{ skuId: "mug", quantity: 2 }]
    const reserved = await client.call("inventory", "reserve", { orderId: "one", lines })
    expect(reserved).toMatchObject({ code: 0, answer: [{ skuId: "mug", quantity: 2 }] })
    const { body } = await get(server.url, "/api/inventory/mug")
    expect(body).toMatchObject({ reservedQuantity: 2, availableQuantity: 3 })
    const ready = await get(server.url, "/health/ready")
    expect(ready.status).toBe(200)
    client.close()
  })

  it("answers who follows events, and who has a call under way, before it ends", async () => {
    await using server = await startServer(["--memory", "--grpc-port", "0"])
    const client = new TestClient(grpcOf(server))
    await client.call("inventory", "registerSku", mug)
    const stream = client.events({})
    const first = new Promise((resolve) => stream.once("data", resolve))
    const ended = endOf(stream)
    await first
    const calls = Array.from({ length: 200 }, (_, n) =>
      client.call(
        "inventory",
        "receive",
        { skuId: "mug", quantity: 1 },
        { "idempotency-key": `${n}` }
      )
    )
    await Promise.race(calls)
    const stopped = server.stop()
    expect(await ended).toMatchObject({ code: 14, reason: "LEAVING", retrySeconds: 1 })
    const codes = (await Promise.all(calls)).map(({ code }) => code)
    // Those that it had taken are answered; those that came too late never began.
    expect(codes.filter((code) => code !== 0 && code !== 14)).toEqual([])
    expect(codes.filter((code) => code === 0).length).toBeGreaterThan(0)
    expect((await stopped).code).toBe(0)
    client.close()
  })

  it("takes a token in the metadata, and trusts this machine without one, where development tokens are", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "holdfast-grpc-"))
    try {
      const args = ["--memory", "--auth", "development", "--grpc-port", "0"]
      await using server = await startServer(args, { cwd })
      const { stdout } = await holdfast(["token", "USER"], { cwd })
      const client = new TestClient(grpcOf(server))
      const bearing = (token: string) =>
        client.call("inventory", "registerSku", mug, { authorization: `Bearer ${token}` })
      expect(await bearing(stdout.trim())).toMatchObject({ code: 7, reason: "FORBIDDEN" })
      expect(await bearing("no.such.token")).toMatchObject({ code: 16, reason: "UNAUTHENTICATED" })
      expect(await client.call("inventory", "registerSku", mug)).toMatchObject({ code: 0 })
      client.close()
    } finally {
      rmSync(cwd, { recursive: true, force: true })
    }
  })

  it("is asked by doctor of the other context, which says whether it serves", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "holdfast-grpc-"))
    try {
      const place = ["--folder", join(cwd, "shop"), "--service", "product", "--json"]
      expect((await holdfast(["migrate", ...place])).code).toBe(0)
      await using server = await startServer([
        "--memory",
        "--service",
        "inventory",
        "--grpc-port",
        "0"
      ])
      const found = async (address: string) => {
        const doctor = await holdfast(["doctor", ...place, "--inventory-url", address])
        return JSON.parse(doctor.stdout).checks.at(-1)
      }
      const there = `grpc://${grpcOf(server)}`
      expect(await found(there)).toMatchObject({ name: "inventory", status: "ok" })
      expect(await found("grpc://127.0.0.1:9")).toMatchObject({ name: "inventory", status: "warn" })
    } finally {
      rmSync(cwd, { recursive: true, force: true })
    }
  })

  it("says in one line that the port is taken", async () => {
    await using server = await startServer(["--memory", "--grpc-port", "0"])
    const port = grpcOf(server).split(":").at(-1) ?? ""
    const { code, stderr } = await holdfast([
      "serve",
      "--memory",
      "--port",
      "0",
      "--grpc-port",
      port
    ])
    expect(code).not.toBe(0)
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(stderr).toContain("choose another --grpc-port")
    expect(stderr).not.toContain("No address added")
  })

  it("is not there, and not loaded, unless it is asked for", async () => {
    await using server = await startServer(["--memory"])
    expect(server).not.toHaveProperty("grpc")
  })
})

describe("over TLS, with client certificates", () => {
  let authority: Authority
  let folder: CertificateFolder
  let server: ServerProcess
  const clients: Array<TestClient> = []

  beforeAll(async () => {
    authority = await makeAuthority()
    folder = certificateFolder()
    folder.putBoth("server", await authority.issue({ names: localNames, usage: "server" }))
    folder.put("ca.pem", authority.pem)
    folder.put("names.json", JSON.stringify({ "DNS:reader.internal": ["stock:read"] }))
    server = await startServer([
      ...["--memory", "--grpc-port", "0", "--auth", "certificates"],
      ...["--tls-cert", folder.at("server.pem"), "--tls-key", folder.at("server.key")],
      ...["--tls-client-ca", folder.at("ca.pem")],
      ...["--client-certificates", folder.at("names.json")]
    ])
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  const clientWith = (certified?: Certified) => {
    const own = certified && { key: Buffer.from(certified.key), cert: Buffer.from(certified.cert) }
    const channel = credentials.createSsl(
      Buffer.from(authority.pem),
      own?.key ?? null,
      own?.cert ?? null
    )
    const client = new TestClient(grpcOf(server), channel)
    clients.push(client)
    return client
  }
  const named = (name: string) => authority.issue({ names: [name], usage: "client" })

  it("knows a service by a name of its certificate, with the scopes of that name", async () => {
    const reader = clientWith(await named("DNS:reader.internal"))
    expect(await reader.call("inventory", "stocks", { skuIds: ["mug"] })).toMatchObject({ code: 0 })
    expect(await reader.call("inventory", "registerSku", mug)).toMatchObject({
      code: 7,
      reason: "FORBIDDEN"
    })
  })

  it("takes no call under a name that nobody wrote down", async () => {
    const stranger = clientWith(await named("DNS:stranger.internal"))
    expect(await stranger.call("inventory", "stocks", { skuIds: ["mug"] })).toMatchObject({
      code: 16,
      reason: "UNAUTHENTICATED"
    })
  })

  it("lets nobody in without a certificate, with one of a stranger, or in the clear", async () => {
    const soon = () => Date.now() + 20_000
    const other = await makeAuthority()
    const strange = await other.issue({ names: ["DNS:reader.internal"], usage: "client" })
    for (const client of [clientWith(), clientWith(strange), new TestClient(grpcOf(server))]) {
      const ended = await client.call("inventory", "stocks", { skuIds: ["mug"] }, {}, soon())
      expect([4, 14]).toContain(ended.code)
      client.close()
    }
  })
})
