import { freshDatabase, startPgbouncer, startPostgres, startStandby } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import { describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, registerSku, reserve } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describe("a URL that is not understood", () => {
  it.each([
    ["postgres://alice:s3cret-word@a/shop?pgbouncer=true", /unknown parameter "pgbouncer"/],
    ["postgres://alice:s3cret-word@a/shop?target_session_attrs=standby", /must be writable/],
    ["postgres://alice:s3cret/word@a/shop", /percent-encoded/]
  ])("O3 %s is refused at once, in one sentence", async (url, reason) => {
    const { code, stderr } = await holdfast(["serve", "--port", "0"], {
      env: { HOLDFAST_DATABASE: url, HOLDFAST_LOG_FORMAT: "pretty" }
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(reason)
    expect(stderr.trim().split("\n")).toHaveLength(1)
    expect(stderr).not.toMatch(/alice|s3cret/)
  })
})

describePostgres(18, "a server on a primary and its standby", () => {
  it("O2 O3 is not ready on a standby, and serves without a restart once it is promoted", async () => {
    const primary = await startPostgres()
    const migrated = await holdfast(["migrate", "--database", primary.url()])
    expect(migrated.code).toBe(0)
    const standby = await startStandby(primary)
    await using onStandby = await startServer(["--database", standby.url()])
    const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`
    await using onBoth = await startServer(["--database", `postgres://postgres@${hosts}/postgres`])
    const ready = await get(onStandby.url, "/health/ready")
    expect(ready.status).toBe(503)
    expect(ready.body.detail).toContain("read only")
    expect(Number(ready.headers.get("retry-after"))).toBeGreaterThan(0)
    expect((await reserve(onStandby.url, "mug", "order-1")).status).toBe(503)
    expect(onBoth.isReady).toBe(true)
    await registerSku(onBoth.url, "mug", 5)
    await primary.stop()
    await standby.promote()
    for (const server of [onStandby, onBoth]) {
      await eventually(async () =>
        (await get(server.url, "/health/ready")).status === 200 ? true : undefined
      )
      await registerSku(server.url, `mug-${server.port}`, 5)
      expect((await reserve(server.url, `mug-${server.port}`, "order-1")).status).toBe(201)
    }
    await onStandby.stop()
    await onBoth.stop()
    await standby.stop()
  })
})

describeProgram("pgbouncer", "a server behind PgBouncer in transaction mode", () => {
  it("O8 serves with the option, and names the pooler in a 503 without it", async () => {
    const database = await freshDatabase()
    await using pooler = await startPgbouncer(database.url)
    const env = { HOLDFAST_DATABASE: pooler.url(database.url) }
    const poolerSettings = { env: { ...env, HOLDFAST_POOLER: "transaction" } }
    {
      await using server = await startServer([], { env })
      expect(server.isReady).toBe(false)
      const ready = await get(server.url, "/health/ready")
      expect(ready.status).toBe(503)
      expect(ready.body.detail).toMatch(/pooler .*\(--pooler transaction/)
      await server.stop()
    }
    await using server = await startServer([], poolerSettings)
    expect(server.isReady).toBe(true)
    await registerSku(server.url, "mug", 5)
    expect((await reserve(server.url, "mug", "order-1")).status).toBe(201)
    const doctor = await holdfast(["doctor", "--json"], poolerSettings)
    expect(doctor.code).toBe(0)
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({ name: "session settings", status: "ok" })
    )
    await server.stop()
    await pooler[Symbol.asyncDispose]()
    await database.drop()
  })
})
