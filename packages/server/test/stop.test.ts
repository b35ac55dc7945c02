import { Agent, request } from "node:http"
import { connect } from "node:net"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { openSession } from "./openSession.ts"
import { registerSku, reserve } from "./requests.ts"
import { startServer } from "./ServerProcess.ts"

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
const overKeptConnection = (agent: Agent, url: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume()
      response.once("end", () => resolve(response.statusCode))
    })
      .once("error", reject)
      .end()
  })

it("does not wait for idle connections, nor beyond the drain time for a stalled upload", async () => {
  await using server = await startServer(["--memory", "--drain-timeout", "200ms"])
  const agent = new Agent({ keepAlive: true })
  expect(await overKeptConnection(agent, `${server.url}/health/live`)).toBe(200)
  const stalled = connect(server.port, "127.0.0.1")
  stalled.on("error", () => undefined)
  const cut = new Promise<void>((resolve) => {
    stalled.once("close", () => resolve())
  })
  const head = "POST /api/skus HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
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
