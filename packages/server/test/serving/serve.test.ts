import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { get, post, registerSku, reserve, send } from "../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-serve-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The arguments of a `curl` line as a shell reads them, sent with `fetch`. */
const runCurlLine = async (line: string) => {
  const script = `curl() { printf '%s\\0' "$@"; }; ${line}`
  const { stdout } = await promisify(execFile)("sh", ["-c", script])
  const words = stdout.split("\0").slice(0, -1)
  const request: { url: string; method?: string; body?: string; headers: Headers } = {
    url: "",
    headers: new Headers()
  }
  while (words.length > 0) {
    const word = words.shift() ?? ""
    const value = () => words.shift() ?? ""
    if (word === "-X") request.method = value()
    else if (word === "-d") request.body = value()
    else if (word === "-H") {
      const [name = "", text = ""] = value().split(": ")
      request.headers.set(name, text)
    } else request.url = word
  }
  const { url, method = request.body === undefined ? "GET" : "POST", ...rest } = request
  const response = await fetch(url, { ...rest, method })
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  return { status: response.status, body: (await response.json()) as any }
}

describe("a server with demo stock", () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(["--memory", "--demo"])
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it("prints three lines that work as they stand: read a bundle, reserve it, confirm", async () => {
    expect(server.try).toHaveLength(3)
    const [read, reserved, confirmed] = [
      await runCurlLine(server.try[0] ?? ""),
      await runCurlLine(server.try[1] ?? ""),
      await runCurlLine(server.try[2] ?? "")
    ]
    expect(read).toMatchObject({ status: 200, body: { product: { type: "BUNDLE" } } })
    expect(read.body.stockStatus.length).toBeGreaterThan(1)
    for (const stock of read.body.stockStatus) expect(stock).toMatchObject({ status: "known" })
    expect(reserved).toMatchObject({ status: 201, body: { status: "PENDING", quantity: 2 } })
    expect(reserved.body.siblings.length).toBeGreaterThan(0)
    expect(confirmed.status).toBe(200)
    expect(confirmed.body.reservations[0]).toMatchObject({
      id: reserved.body.id,
      status: "CONFIRMED"
    })
  })

  it("listens on this machine alone, and is live and ready", async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect(server.isReady).toBe(true)
    expect((await get(server.url, "/health/live")).status).toBe(200)
    const ready = await get(server.url, "/health/ready")
    expect(ready.status).toBe(200)
    expect(ready.headers.get("content-type")).toBe("application/json")
    expect((await get(server.url, "/openapi.json")).body.openapi).toMatch(/^3\.1/)
  })

  it("answers a problem to what is no HTTP at all", async () => {
    const socket = connect(server.port, "127.0.0.1").setEncoding("utf8")
    socket.write("SELL ME A MUG\r\n\r\n")
    let answer = ""
    for await (const text of socket) answer += text
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toContain("content-type: application/problem+json\r\n")
  })

  it("refuses to start a second server on its port, in one sentence", async () => {
    const second = await holdfast(["serve", "--memory", "--port", String(server.port)], {
      env: { HOLDFAST_LOG_FORMAT: "pretty", HOLDFAST_LOG_LEVEL: "none" }
    })
    expect(second.code).toBe(1)
    expect(second.stdout).toBe("")
    expect(second.stderr).toBe(
      `holdfast: port ${server.port} of 127.0.0.1 is in use; ` +
        "stop the other server, or choose another --port\n"
    )
  })

  it("writes one line of JSON to the log when it starts and when it stops, and exits with 0", async () => {
    const { code, stderr } = await server.stop()
    expect(code).toBe(0)
    const messages = stderr
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly message: string }).message)
    expect(messages).toContain("sealed")
    expect(messages.filter((message) => message !== "sealed")).toEqual([
      "the tables were brought up to date",
      "the tables were brought up to date",
      "listening",
      "stopping",
      "stopped"
    ])
  })
})

it("keeps to the limits that it was given", async () => {
  await using server = await startServer(["--memory", "--body-limit", "1KiB"], {
    env: { HOLDFAST_LINES_MAX: "2" }
  })
  await registerSku(server.url, "mug", 5)
  const lines = [1, 2, 3].map((quantity) => ({ skuId: "mug", quantity }))
  const path = "/api/inventory/orders/order-1/reservations"
  const tooMany = await send(server.url, "PUT", path, { lines })
  expect(tooMany.status).toBe(400)
  expect((await send(server.url, "PUT", path, { lines: lines.slice(1, 2) })).status).toBe(200)
  const tooLarge = await post(server.url, "/api/skus", {
    code: "big",
    name: "Big",
    description: "x".repeat(2_000)
  })
  expect(tooLarge.status).toBe(413)
})

describe("the demo", () => {
  it("comes with the program that is built, as `npm start` runs it", async () => {
    await using server = await startServer(["--memory", "--demo"], { isBuilt: true })
    expect((await get(server.url, "/api/products")).body.items).toHaveLength(5)
    expect((await get(server.url, "/api/skus")).body.items.length).toBeGreaterThan(0)
  })

  it("has products with options and bundles, all on sale, of SKUs that have stock", async () => {
    await using server = await startServer(["--memory", "--demo"])
    const { body } = await get(server.url, "/api/products?shown=true&sort=price")
    const types = body.items.map(({ type }: { readonly type: string }) => type)
    expect(types.toSorted()).toEqual(["BUNDLE", "BUNDLE", "NORMAL", "NORMAL", "NORMAL"])
    for (const product of body.items) {
      expect(product).toMatchObject({ status: "ACTIVE", isShown: true })
      for (const { skuMappings } of product.options) {
        for (const { quantity, skuId } of skuMappings) {
          const stock = await get(server.url, `/api/inventory/${skuId}`)
          expect(stock.body.availableQuantity).toBeGreaterThan(quantity)
        }
      }
    }
  })
})

describe("a server on a folder", () => {
  it("finds its stock again after a restart, and shares the folder with nobody", async () => {
    const place = ["--folder", join(folder, "shop")]
    {
      await using server = await startServer(place)
      await registerSku(server.url, "kept", 7)
      expect((await reserve(server.url, "kept", "order-1", 3)).status).toBe(201)
      const second = await holdfast(["serve", ...place, "--port", "0", "--log-format", "pretty"])
      expect(second.code).toBe(1)
      expect(second.stderr).toMatch(
        /embedded PostgreSQL in .*shop is open in another process, such as a server: stop that first/
      )
      expect(second.stderr.trim().split("\n")).toHaveLength(1)
      expect((await server.stop()).code).toBe(0)
    }
    await using server = await startServer(place)
    expect((await get(server.url, "/api/inventory/kept")).body).toMatchObject({
      totalQuantity: 7,
      reservedQuantity: 3,
      availableQuantity: 4
    })
  })

  it("makes the demo once, and leaves what was sold, changed and deleted of it as it is", async () => {
    const place = ["--folder", join(folder, "demo"), "--demo"]
    const skuId = "85123A"
    const stockOf = async (server: ServerProcess) =>
      (await get(server.url, `/api/inventory/${skuId}`)).body.totalQuantity as number
    const products = async (server: ServerProcess) =>
      (await get(server.url, "/api/products")).body.items as ReadonlyArray<{
        readonly id: string
        readonly name: string
      }>
    let before: number
    {
      await using server = await startServer(place)
      before = await stockOf(server)
      const [changed, deleted] = await products(server)
      const renamed = await send(server.url, "PATCH", `/api/products/${changed?.id}`, { name: "A" })
      expect(renamed.status).toBe(200)
      expect((await send(server.url, "DELETE", `/api/products/${deleted?.id}`)).status).toBe(200)
      const shipped = await post(server.url, `/api/inventory/${skuId}/ship`, {
        quantity: 5,
        reference: "sold"
      })
      expect(shipped.status).toBe(200)
      await server.stop()
    }
    await using server = await startServer(place)
    expect(await stockOf(server)).toBe(before - 5)
    const left = await products(server)
    expect([left.length, left[0]?.name]).toEqual([4, "A"])
  })
})
