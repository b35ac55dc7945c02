import { type PostgresServer, startPostgres } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, registerSku, reserve } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** Asks until the server is ready again, as a load balancer would. */
const untilReady = (url: string): Promise<true> =>
  eventually(async () => {
    const { status } = await get(url, "/health/ready")
    return status === 200 ? true : undefined
  })

describePostgres(18, "a server without its database", () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  beforeEach(() => postgres.restart())
  afterAll(() => postgres.stop())

  it("starts, says that it is not ready, and serves as soon as the database is there", async () => {
    await postgres.kill9()
    const url = new URL(postgres.url())
    url.password = "s3cret-word"
    await using server = await startServer(["--demo"], { env: { HOLDFAST_DATABASE: url.href } })
    expect(server.isReady).toBe(false)
    const ready = await get(server.url, "/health/ready")
    expect(ready.status).toBe(503)
    expect(ready.headers.get("content-type")).toMatch(/application\/problem\+json/)
    expect((await get(server.url, "/health/live")).status).toBe(200)
    const refused = await reserve(server.url, "85123A", "order-1")
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
    await postgres.restart()
    await untilReady(server.url)
    await server.logs("the demo stock is there")
    expect((await reserve(server.url, "85123A", "order-1")).status).toBe(201)
    const { code, stderr, stdout } = await server.stop()
    expect(code).toBe(0)
    // The password of the URL is nowhere in what it printed and logged.
    expect(stderr + stdout).not.toContain("s3cret-word")
    expect(stderr).toContain("the database cannot be used yet")
  })

  it("B10 waits for somebody else to migrate when it may not", async () => {
    await using server = await startServer(["--no-migrate", "--schema", "waited"], {
      env: { HOLDFAST_DATABASE: postgres.url() }
    })
    expect(server.isReady).toBe(false)
    expect(server.log()).toContain("schema waited is not up to date; run holdfast migrate")
    // B10: neither is a bug of ours, and both name the remedy.
    for (const refused of [
      await get(server.url, "/health/ready"),
      await reserve(server.url, "kept", "order-1"),
      await get(server.url, "/api/inventory/kept")
    ]) {
      expect(refused.status).toBe(503)
      expect(refused.body.detail).toContain("run holdfast migrate")
    }
    const migrated = await holdfast(["migrate", "--schema", "waited"], {
      env: { HOLDFAST_DATABASE: postgres.url() }
    })
    expect(migrated.code).toBe(0)
    await untilReady(server.url)
    await registerSku(server.url, "kept", 5)
  })

  it("stays up when the database goes away, and serves again when it is back", async () => {
    await using server = await startServer(["--database", postgres.url()])
    await registerSku(server.url, "kept", 5)
    await postgres.kill9()
    const [ready, write, read] = [
      await get(server.url, "/health/ready"),
      await reserve(server.url, "kept", "order-2"),
      await get(server.url, "/api/inventory/kept")
    ]
    for (const answer of [ready, write, read]) {
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0)
    }
    await postgres.restart()
    await untilReady(server.url)
    expect((await reserve(server.url, "kept", "order-2")).status).toBe(201)
  })
})
