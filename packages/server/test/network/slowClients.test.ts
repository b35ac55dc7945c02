import { connect as connectTls } from "node:tls"
import { type Authority, makeAuthority } from "@holdfast/test-servers"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { get, registerSku, reserve } from "../requests.ts"
import { type ServerProcess, startServer } from "../ServerProcess.ts"
import { hold } from "./rawConnections.ts"
import { certificateFolder, localNames } from "./tls/certificateFolder.ts"
import { openHttp2 } from "./tls/tlsClients.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const head = "POST /api/skus HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"

/** How clients are slow: what each sends before it sends no more. */
const manners = [
  ["nothing at all", ""],
  ["half of a line", "GET /api/skus HT"],
  ["headers without end", "GET /api/skus HTTP/1.1\r\nhost: localhost\r\nx: 1\r\n"],
  ["half of a body", `${head}content-length: 100\r\n\r\n{"skuId":`],
  ["chunks without end", `${head}transfer-encoding: chunked\r\n\r\n5\r\n{"sku`]
] as const

describe("500 clients that are slow", () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(["--memory", "--receive-timeout", "3s"])
    await registerSku(server.url, "mug", 1_000)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it("are cut off in time, each of them, and keep nobody else waiting", async () => {
    const slow = await Promise.all(
      Array.from({ length: 500 }, (_, n) => hold(server.port, manners[n % 5]?.[1] ?? ""))
    )
    // Some go on one byte at a time, which gains them nothing.
    const dripping = setInterval(() => {
      for (const { socket } of slow.slice(0, 250)) if (socket.writable) socket.write("x")
    }, 250)
    let isOver = false
    const all = Promise.all(slow.map(({ ended }) => ended)).finally(() => {
      isOver = true
    })
    const waits: Array<number> = []
    for (let order = 0; !isOver; order++) {
      const askedAt = performance.now()
      const answers = [
        await reserve(server.url, "mug", `order-${order}`),
        await get(server.url, "/health/ready")
      ]
      waits.push(performance.now() - askedAt)
      expect(answers.map(({ status }) => status)).toEqual([order < 1_000 ? 201 : 409, 200])
    }
    clearInterval(dripping)
    const ends = await all
    expect(ends).toHaveLength(500)
    const statuses = new Set(ends.map(({ heard }) => /HTTP\/1\.1 (\d+)/.exec(heard)?.[1]))
    // A drip into the middle of a word is no header; whoever sent a whole one is told that it took too long.
    expect([...statuses].every((status) => ["408", "400", undefined].includes(status))).toBe(true)
    expect(statuses).toContain("408")
    // Three seconds, the second between two looks, and what a busy machine adds.
    expect(Math.max(...ends.map(({ millis }) => millis))).toBeLessThan(15_000)
    waits.sort((a, b) => a - b)
    expect(waits.length).toBeGreaterThan(20)
    expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(500)
  })
})

describe("clients that are slow over TLS", () => {
  let authority: Authority
  const folder = certificateFolder()
  let server: ServerProcess
  beforeAll(async () => {
    authority = await makeAuthority()
    const { cert, key } = folder.putBoth("server", await authority.issue({ names: localNames }))
    server = await startServer([
      ...["--memory", "--receive-timeout", "1s", "--tls-cert", cert, "--tls-key", key]
    ])
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it("are cut off in the handshake, before a request, in a head and in a body", async () => {
    const silent = await hold(server.port, "")
    const babble = await hold(server.port, "\u0016\u0003\u0001")
    const secure = (ALPNProtocols: Array<string>, text: string) =>
      new Promise<string>((resolve) => {
        const options = { ca: authority.pem, servername: "localhost", ALPNProtocols }
        const socket = connectTls(server.port, "127.0.0.1", options, () => socket.write(text))
        let heard = ""
        socket.on("data", (part) => {
          heard += part.toString("latin1")
        })
        socket.on("error", () => undefined)
        socket.on("close", () => resolve(heard))
      })
    const answers = await Promise.all([
      secure(["http/1.1"], "GET / HT"),
      secure(["http/1.1"], `${head}content-length: 100\r\n\r\n{`),
      // The preface of HTTP/2, and then nothing.
      secure(["h2"], "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"),
      secure(["h2"], "PRI * HT")
    ])
    expect(answers.slice(0, 2).map((heard) => /HTTP\/1\.1 (\d+)/.exec(heard)?.[1])).toEqual([
      "408",
      "408"
    ])
    await Promise.all([silent.ended, babble.ended])
  })

  it("lose a request over HTTP/2 whose body never ends, and no other", async () => {
    using client = await openHttp2(server.url, { ca: authority.pem })
    const stalled = client.begin("/api/skus", '{"skuId":')
    const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 }
    expect((await client.ask("/api/skus", { method: "POST", body: sku })).status).toBe(201)
    await expect(stalled).resolves.not.toBe(201)
    expect((await client.ask("/api/skus/mug")).status).toBe(200)
  })
})
