import { Agent, type IncomingMessage, request } from "node:http"
import { connect } from "node:net"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describe, expect, it, vi } from "vitest"
import { openSession } from "../commands/openSession.ts"
import { get, registerSku, reserve } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describePostgres(18, "stopping a server", () => {
  it("answers what is in flight, commits it, and exits with 0", async () => {
    const database = await freshDatabase()
    await using server = await startServer(["--database", database.url])
    await using other = await openSession(database.url)
    await registerSku(server.url, "held", 1)
    await other.run("begin")
    await other.run("select 1 from inventory.inventory where sku_id = 'held' for update")
    const inFlight = reserve(server.url, "held", "order-1")
    await other.until(
      "select count(*)::int4 as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      ({ n }) => n === 1
    )
    server.signal("SIGTERM")
    await server.logs("stopping")
    await expect(reserve(server.url, "held", "order-2")).rejects.toThrow()
    await other.run("rollback")
    const answer = await inFlight
    expect(answer.status).toBe(201)
    expect(answer.headers.get("connection")).toBe("close")
    expect((await server.ended).code).toBe(0)
    const [row] = await other.run(
      "select status from inventory.reservations where order_id = 'order-1'"
    )
    expect(row).toEqual({ status: "PENDING" })
    await other.close()
    await database.drop()
  })

  it("ends at once at a second signal", async () => {
    const database = await freshDatabase()
    await using server = await startServer(["--database", database.url])
    await using other = await openSession(database.url)
    await registerSku(server.url, "held", 1)
    await other.run("begin")
    await other.run("select 1 from inventory.inventory where sku_id = 'held' for update")
    const inFlight = reserve(server.url, "held", "order-1")
    const failed = expect(inFlight).rejects.toThrow()
    await other.until(
      "select count(*)::int4 as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      ({ n }) => n === 1
    )
    server.signal("SIGTERM")
    await server.logs("stopping")
    server.signal("SIGINT")
    expect((await server.ended).code).toBe(130)
    await failed
    await other.close()
    await database.drop()
  })
})

/** One request over a connection that stays open. */
const answerOverKept = (agent: Agent, url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume()
      response.once("end", () => resolve(response))
    })
      .once("error", reject)
      .end()
  })

describe("a server that leaves", () => {
  const forLong = { env: { HOLDFAST_LEAVE_TIME: "10m" } }

  it("O4 serves on after SIGTERM, is not ready, closes each connection, and stops at a second signal", async () => {
    await using server = await startServer(["--memory"], forLong)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const before = await answerOverKept(agent, `${server.url}/health/ready`)
    expect([before.statusCode, before.headers.connection]).toEqual([200, "keep-alive"])
    server.signal("SIGTERM")
    await server.logs("leaving")
    const kept = await answerOverKept(agent, `${server.url}/health/live`)
    expect([kept.statusCode, kept.headers.connection]).toEqual([200, "close"])
    agent.destroy()
    await registerSku(server.url, "mug", 5)
    const reserved = await reserve(server.url, "mug", "order-1")
    expect([reserved.status, reserved.headers.get("connection")]).toEqual([201, "close"])
    const ready = await get(server.url, "/health/ready")
    expect(ready.status).toBe(503)
    expect(ready.body.type).toBe("urn:holdfast:problem:shutting-down")
    expect(Number(ready.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(server.log()).not.toContain('"stopping"')
    expect((await server.stop()).code).toBe(0)
  })

  it("O4 stops by itself when the leave time is over", async () => {
    await using server = await startServer(["--memory", "--leave-time", "300ms"])
    const { code, stderr } = await server.stop()
    expect(code).toBe(0)
    expect(stderr.indexOf('"leaving"')).toBeGreaterThan(0)
    expect(stderr.indexOf('"stopping"')).toBeGreaterThan(stderr.indexOf('"leaving"'))
  })

  it("O4 does not leave at Ctrl-C: a person at a terminal does not wait", async () => {
    await using server = await startServer(["--memory"], forLong)
    server.signal("SIGINT")
    const { code, stderr } = await server.ended
    expect(code).toBe(0)
    expect(stderr).not.toContain('"leaving"')
  })
})

it("does not wait for idle connections, nor beyond the drain time for a stalled upload", async () => {
  await using server = await startServer(["--memory", "--drain-timeout", "200ms"])
  const agent = new Agent({ keepAlive: true })
  expect((await answerOverKept(agent, `${server.url}/health/live`)).statusCode).toBe(200)
  const stalled = connect(server.port, "127.0.0.1")
  stalled.on("error", () => undefined)
  const cut = new Promise<void>((resolve) => {
    stalled.once("close", () => resolve())
  })
  const head = "POST /api/skus HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
  stalled.write(`${head}content-length: 100\r\nexpect: 100-continue\r\n\r\n{`)
  // The server says "continue" when a handler has begun to wait for the rest.
  await new Promise<void>((resolve) => {
    stalled.once("data", () => resolve())
  })
  const { code } = await server.stop()
  expect(code).toBe(0)
  await cut
  agent.destroy()
})
