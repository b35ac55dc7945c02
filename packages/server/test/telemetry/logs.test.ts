/** Lines of log as a real server writes them, in both forms for machines. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { keepOnLeash } from "@holdfast/test-servers"
import { describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, registerSku, send } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { faultsOf } from "./ecs.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

type Line = Readonly<Record<string, unknown>>

const linesOf = (log: string): ReadonlyArray<Line> =>
  log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)

const canaries = {
  query: "ann-canary@shop.example",
  token: "canary-token-of-ann",
  cookie: "canary-cookie",
  body: "canary-in-a-body",
  path: "canary-in-a-path",
  agent: "canary-browser"
}

describe.each(["json", "ecs"] as const)("a server with --log-format %s", (form) => {
  it("logs each request by its route, with its ids, and nothing of what else it held", async () => {
    const args = ["--memory", "--access-log", "all", "--log-format", form]
    await using server = await startServer(args)
    const headers = {
      authorization: `Bearer ${canaries.token}`,
      cookie: `session=${canaries.cookie}`,
      "user-agent": canaries.agent
    }
    await registerSku(server.url, "mug", 5)
    const correlated = { ...headers, "x-correlation-id": "cart 7" }
    await send(server.url, "GET", "/api/inventory/mug", undefined, correlated)
    await send(server.url, "GET", `/api/skus?code=${canaries.query}`, undefined, headers)
    await send(server.url, "GET", `/nowhere/${canaries.path}`, undefined, headers)
    const refused = await send(
      server.url,
      "POST",
      "/api/inventory/reservations",
      { skuId: "mug", quantity: 99, orderId: canaries.body },
      headers
    )
    expect(refused.body.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
    const id = refused.body.instance.slice("urn:uuid:".length)
    await server.logs(id)
    for (const canary of Object.values(canaries)) expect(server.log()).not.toContain(canary)

    const lines = linesOf(server.log())
    const ofRefused = lines.filter((line) => JSON.stringify(line).includes(id))
    expect(ofRefused).toHaveLength(1)
    const requests = lines.filter(({ message }) => message === "request")
    expect(requests).toHaveLength(5)
    if (form === "json") {
      expect(ofRefused[0]).toMatchObject({
        ...{ level: "INFO", requestId: id, method: "POST", status: 409, outcome: "refused" },
        ...{ route: "/api/inventory/reservations", operation: "reserve" }
      })
      expect(requests.map(({ correlationId }) => correlationId)).toContain("cart 7")
      expect(requests.map(({ route }) => route)).toContain("unknown")
    } else {
      expect(ofRefused[0]).toMatchObject({
        "log.level": "info",
        "http.request.id": id,
        "http.request.method": "POST",
        "http.response.status_code": 409,
        "event.action": "reserve",
        "event.outcome": "success",
        labels: { route: "/api/inventory/reservations" }
      })
      expect(lines.flatMap(faultsOf)).toEqual([])
    }
  })
})

it("logs who has asked, and leaves well answered requests out with --access-log problems", async () => {
  await using server = await startServer([
    ...["--memory", "--access-log", "problems", "--slow-request", "10m", "--auth", "development"]
  ])
  const { tokens = {} } = server as typeof server & { tokens?: Record<string, string> }
  const { status } = await get(server.url, "/api/skus?page=first")
  expect(status).toBeGreaterThanOrEqual(400)
  await server.logs('"message":"request"')
  const [line] = linesOf(server.log()).filter(({ message }) => message === "request")
  expect(line).toMatchObject({ route: "/api/skus", status })
  expect(tokens).toBeDefined()
})

it.skipIf(process.platform === "win32")("changes its level at SIGUSR2, and back", async () => {
  await using server = await startServer(["--memory", "--log-level", "error"])
  expect(server.log()).toBe("")
  server.signal("SIGUSR2")
  await server.logs('"level":"debug"')
  server.signal("SIGUSR2")
  await server.logs('"level":"error"')
  expect((await get(server.url, "/api/skus")).status).toBe(200)
})

it("goes on when nobody reads its log, and says how many lines were dropped", async () => {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))
  const args = ["serve", "--json", "--port", "0", "--memory", "--access-log", "all"]
  const child = keepOnLeash(
    spawn(
      process.execPath,
      ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning", main, ...args],
      { env: { ...process.env, HOLDFAST_LEAVE_TIME: "0s" }, stdio: ["ignore", "pipe", "pipe"] }
    )
  )
  // The pipe takes some 64 KiB, this process a little more, and the server 1 MiB.
  child.stderr.pause()
  const [line] = (await once(child.stdout, "data")) as [Buffer]
  const { url } = JSON.parse(line.toString()) as { readonly url: string }
  for (let n = 0; n < 300; n++) {
    const all = await Promise.all(Array.from({ length: 20 }, () => get(url, "/api/inventory/mug")))
    expect(all.every(({ status }) => status === 404)).toBe(true)
  }
  let log = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text
  })
  child.stderr.resume()
  await eventually(async () => {
    await get(url, "/api/inventory/mug")
    return log.includes("lines of log were dropped") ? true : undefined
  })
  const told = linesOf(log.slice(0, log.lastIndexOf("\n"))).find(({ dropped }) => dropped !== undefined)
  expect(told?.["dropped"]).toBeGreaterThan(100)
  child.kill("SIGTERM")
  const [code] = await once(child, "exit")
  expect(code).toBe(0)
})
