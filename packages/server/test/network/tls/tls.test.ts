import { type Authority, makeAuthority } from "@holdfast/test-servers"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { get } from "../../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../../ServerProcess.ts"
import { type CertificateFolder, certificateFolder, localNames } from "./certificateFolder.ts"
import { handshake, openHttp2, overHttp1 } from "./tlsClients.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let authority: Authority
let folder: CertificateFolder
beforeAll(async () => {
  authority = await makeAuthority()
  folder = certificateFolder()
  folder.putBoth("server", await authority.issue({ names: localNames, usage: "server" }))
})
afterAll(() => folder[Symbol.dispose]())

/** The flags that make a server speak TLS with files of this folder. */
const withTls = (name = "server") => [
  ...["--tls-cert", folder.at(`${name}.pem`)],
  ...["--tls-key", folder.at(`${name}.key`)]
]

describe("a server that speaks TLS", () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(["--memory", "--host", "0.0.0.0", "--auth", "none", ...withTls()])
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const trust = () => ({ ca: authority.pem })

  it("says so in its address, and answers over HTTP/1.1 and over HTTP/2, as the client asks", async () => {
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`)
    const one = await overHttp1(`${server.url}/health/ready`, trust())
    expect([one.status, one.tlsVersion]).toEqual([200, "TLSv1.3"])
    using client = await openHttp2(server.url, trust())
    const two = await client.ask("/health/ready")
    expect([two.status, two.tlsVersion]).toEqual([200, "TLSv1.3"])
  })

  it("writes and reads over HTTP/2, many requests on one connection", async () => {
    using client = await openHttp2(server.url, trust())
    const body = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 50 }
    expect((await client.ask("/api/skus", { method: "POST", body })).status).toBe(201)
    const reserved = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        client.ask("/api/inventory/reservations", {
          method: "POST",
          body: { skuId: "mug", quantity: 1, orderId: `order-${n}` }
        })
      )
    )
    expect(reserved.filter(({ status }) => status === 201)).toHaveLength(50)
    expect(reserved.filter(({ status }) => status === 409)).toHaveLength(10)
    expect(JSON.parse((await client.ask("/api/inventory/mug")).text)).toMatchObject({
      availableQuantity: 0
    })
  })

  it("tells browsers to keep to TLS, and to take no answer for what it is not", async () => {
    using client = await openHttp2(server.url, trust())
    for (const path of ["/health/live", "/docs", "/nothing", "/api/skus?size=0"]) {
      const answers = [await overHttp1(`${server.url}${path}`, trust()), await client.ask(path)]
      for (const { headers } of answers) {
        expect(headers).toMatchObject({
          "strict-transport-security": "max-age=31536000",
          "x-content-type-options": "nosniff"
        })
      }
    }
  })

  it("refuses TLS 1.2 and older, and a client that speaks none", async () => {
    const old = { ca: authority.pem, maxVersion: "TLSv1.2" } as const
    expect(await handshake(server.port, old)).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION")
    await expect(get(`http://127.0.0.1:${server.port}`, "/health/live")).rejects.toThrow()
    await server.logs("TLS connections were refused")
    expect(server.log()).toMatch(/ERR_SSL_UNSUPPORTED_PROTOCOL|ERR_SSL_HTTP_REQUEST/)
  })

  it("takes a head of 16 KiB at most, and asks for a host, as it does in the clear", async () => {
    const url = `${server.url}/health/live`
    const { status } = await overHttp1(`${url}?${"x".repeat(9_000)}`, trust())
    expect(status).toBe(414)
    expect((await overHttp1(`${url}?${"x".repeat(17_000)}`, trust())).status).toBe(431)
    using client = await openHttp2(server.url, trust())
    expect((await client.ask(`/health/live?${"x".repeat(9_000)}`)).status).toBe(414)
    const large = client.ask(`/health/live?${"x".repeat(17_000)}`)
    await expect(
      large.then(
        ({ status }) => status,
        () => 0
      )
    ).resolves.not.toBe(200)
  })
})

it("speaks TLS 1.2 only where that is asked for", async () => {
  await using server = await startServer(["--memory", ...withTls(), "--tls-min-version", "1.2"])
  const old = { ca: authority.pem, maxVersion: "TLSv1.2" } as const
  const answer = await overHttp1(`${server.url}/health/live`, old)
  expect([answer.status, answer.tlsVersion]).toEqual([200, "TLSv1.2"])
  // On the address of this machine alone, no browser is bound for its other servers.
  expect(answer.headers["strict-transport-security"]).toBeUndefined()
  const older = { ...old, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }
  expect(await handshake(server.port, older as never)).toMatch(/PROTOCOL_VERSION/)
})

it("does not start with files that cannot be used, and says why in one sentence", async () => {
  const { key } = folder.putBoth("expired", await authority.issue({ from: -60, until: -1 }))
  const flags = ["--tls-cert", folder.at("server.pem"), "--tls-key", key]
  const ended = await holdfast(["serve", "--memory", "--port", "0", ...flags], {
    env: { HOLDFAST_LOG_FORMAT: "pretty" }
  })
  expect(ended.code).toBe(1)
  expect(ended.stderr).toBe(
    `holdfast: --tls-key: the key in ${key} does not belong to the certificate in ${folder.at("server.pem")}\n`
  )
})

describe("certificates that are replaced", () => {
  /** The serial number that a new connection is shown. */
  const shown = async (server: ServerProcess) =>
    (await overHttp1(`${server.url}/health/live`, { ca: authority.pem })).serialNumber

  it("are taken when their files change, and no connection is dropped", async () => {
    folder.putBoth("renewed", await authority.issue({ names: localNames }))
    await using server = await startServer(["--memory", ...withTls("renewed")])
    using client = await openHttp2(server.url, { ca: authority.pem })
    const before = (await client.ask("/health/live")).serialNumber
    expect(await shown(server)).toBe(before)
    // A question is under way across the change.
    const answers: Array<Promise<{ readonly status: number }>> = []
    const ask = () => answers.push(client.ask("/api/skus"))
    ask()
    folder.putBoth("renewed", await authority.issue({ names: localNames }))
    ask()
    await server.logs("certificates were read again")
    ask()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await shown(server)).not.toBe(before)
    expect(await client.ask("/health/live")).toMatchObject({ status: 200, serialNumber: before })
    await registerOver(client, "after")
  })

  it("are read at SIGHUP; what does not fit leaves the old one in force, and is logged", async () => {
    folder.putBoth("hup", await authority.issue({ names: localNames }))
    await using server = await startServer(["--memory", ...withTls("hup")])
    const before = await shown(server)
    const good = await authority.issue({ names: localNames })
    folder.put("hup.pem", good.cert)
    server.signal("SIGHUP")
    await server.logs("does not belong to the certificate in")
    expect(await shown(server)).toBe(before)
    folder.put("hup.pem", "broken")
    server.signal("SIGHUP")
    await server.logs("holds no certificate in PEM")
    expect(await shown(server)).toBe(before)
    folder.putBoth("hup", good)
    server.signal("SIGHUP")
    await server.logs("certificates were read again")
    expect(await shown(server)).not.toBe(before)
    expect((await server.stop()).code).toBe(0)
  })
})

const registerOver = async (client: Awaited<ReturnType<typeof openHttp2>>, skuId: string) => {
  const body = { skuId, code: skuId, name: skuId, initialStock: 1 }
  expect((await client.ask("/api/skus", { method: "POST", body })).status).toBe(201)
}

describe("a server that leaves", () => {
  it("says so on each HTTP/2 connection, answers what comes meanwhile, and ends", async () => {
    await using server = await startServer(["--memory", ...withTls(), "--leave-time", "10m"])
    using client = await openHttp2(server.url, { ca: authority.pem })
    expect((await client.ask("/health/ready")).status).toBe(200)
    server.signal("SIGTERM")
    const last = await client.toldToGo
    expect(last).toBe(2 ** 31 - 1)
    // A connection that begins now is answered, and told as well.
    using late = await openHttp2(server.url, { ca: authority.pem })
    expect((await late.ask("/health/ready")).status).toBe(503)
    expect(await late.toldToGo).toBe(2 ** 31 - 1)
    await Promise.all([client.closed, late.closed])
    expect(
      (await overHttp1(`${server.url}/health/live`, { ca: authority.pem })).headers["connection"]
    ).toBe("close")
    const { code } = await server.stop()
    expect(code).toBe(0)
  })

  it("answers an HTTP/2 request that is under way when it stops", async () => {
    await using server = await startServer(["--memory", ...withTls()])
    using client = await openHttp2(server.url, { ca: authority.pem })
    await registerOver(client, "held")
    const asked = Array.from({ length: 40 }, (_, n) =>
      client.ask("/api/inventory/reservations", {
        method: "POST",
        body: { skuId: "held", quantity: 1, orderId: `o-${n}` }
      })
    )
    server.signal("SIGTERM")
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(39)
    expect((await server.ended).code).toBe(0)
  })
})
