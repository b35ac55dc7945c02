import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { beginServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** A port that nobody listened on a moment ago. */
const freePort = async (): Promise<number> => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** The messages with which PostgreSQL accepts a client. */
const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])

/** A database that accepts every connection and then is silent, at once or after the welcome. */
const openSilentListener = async (isWelcoming: boolean) => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    if (isWelcoming) socket.once("data", () => socket.write(welcome))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `postgres://somebody:s3cret-word@127.0.0.1:${(server.address() as AddressInfo).port}/any`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}

/** How long any answer may take here; a request without an answer would wait without end. */
const answerMillisMax = 20_000

/** Connects as soon as the port listens. */
const connected = (port: number): Promise<Socket> =>
  eventually(
    () =>
      new Promise<Socket | undefined>((resolve) => {
        const socket = connect(port, "127.0.0.1")
        socket.once("connect", () => resolve(socket))
        socket.once("error", () => resolve(undefined))
      })
  )

/** One request over a socket of its own, and everything that came back until the server hung up. */
const ask = async (
  port: number,
  method: string,
  path: string,
  { body = "", more = "" } = {}
): Promise<string> => {
  const socket = await connected(port)
  return new Promise((resolve, reject) => {
    let heard = ""
    socket.setTimeout(answerMillisMax, () => socket.destroy(new Error(`${path}: no answer`)))
    socket.setEncoding("utf8").on("data", (text) => {
      heard += text
    })
    socket.once("error", reject).once("close", () => resolve(heard))
    const fields = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
    socket.write(`${method} ${path} HTTP/1.1\r\n${fields}\r\n${more}\r\n${body}`)
  })
}

describe("a server whose database accepts and stays silent", () => {
  it.each([
    ["from the first byte", false],
    ["after it has let us in", true]
  ])(
    "S3 O1 %s: answers from the first moment, and ends promptly at SIGTERM",
    async (_, isWelcoming) => {
      await using database = await openSilentListener(isWelcoming)
      const port = await freePort()
      await using server = beginServer(port, [], { env: { HOLDFAST_DATABASE: database.url } })
      const live = await ask(port, "GET", "/health/live")
      expect(live).toMatch(/^HTTP\/1\.1 200 /)
      expect(live).toContain('{"status":"live"}')
      const order = JSON.stringify({ skuId: "mug", quantity: 1, orderId: "order-1" })
      for (const refused of [
        await ask(port, "GET", "/health/ready"),
        await ask(port, "POST", "/api/inventory/reservations", { body: order })
      ]) {
        expect(refused).toMatch(/^HTTP\/1\.1 503 /)
        expect(refused).toMatch(/\r\nretry-after: \d+\r\n/i)
        expect(refused).toMatch(/\r\nconnection: close\r\n/i)
        expect(refused).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/i)
        expect(refused).toContain("starting")
      }
      const askedAt = performance.now()
      server.signal("SIGTERM")
      const { code, stderr, stdout } = await server.ended
      expect(code).toBe(0)
      // Running requests would have 20 s, and here there are none.
      expect(performance.now() - askedAt).toBeLessThan(10_000)
      expect(stderr + stdout).not.toContain("s3cret-word")
    }
  )
})

describePostgres(18, "a server that starts", () => {
  it("S3 O1 leaves no request without an answer, however early it comes", async () => {
    const database = await freshDatabase()
    const port = await freePort()
    await using server = beginServer(port, ["--database", database.url])
    const statuses = new Map<string, number>()
    const last = { more: "connection: close\r\n" }
    for (let isReady = false; !isReady; ) {
      const [ready, live, read] = await Promise.all([
        ask(port, "GET", "/health/ready", last),
        ask(port, "GET", "/health/live", last),
        ask(port, "GET", "/api/skus", last)
      ])
      expect(live).toMatch(/^HTTP\/1\.1 200 /)
      expect(read).toMatch(/^HTTP\/1\.1 (200|503) /)
      isReady = ready.startsWith("HTTP/1.1 200 ")
      const status = ready.slice(0, 12)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect([...statuses.keys()].at(-1)).toBe("HTTP/1.1 200")
    server.signal("SIGTERM")
    expect((await server.ended).code).toBe(0)
    await database.drop()
  })
})
