/** A server with a standby: who answers over HTTP, what doctor says, and what is refused at start. */
import { startReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, registerSku, reserve } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const someone = "postgres://alice:s3cret-word@127.0.0.1:1/shop"

describe("replicas that are named wrongly", () => {
  it.each<readonly [Record<string, string>, RegExp]>([
    [
      { HOLDFAST_DATABASE: someone, HOLDFAST_DATABASE_REPLICA: `${someone},${someone}` },
      /HOLDFAST_DATABASE_REPLICA: URL 2 names the server of URL 1: 127\.0\.0\.1:1/
    ],
    [
      { HOLDFAST_DATABASE: someone, HOLDFAST_DATABASE_REPLICA: "mysql://a/b" },
      /HOLDFAST_DATABASE_REPLICA: URL 1: /
    ],
    [
      { HOLDFAST_DATABASE: someone, HOLDFAST_DATABASE_REPLICA: "" },
      /HOLDFAST_DATABASE_REPLICA is empty; name a replica, or leave it out/
    ],
    [
      { HOLDFAST_FOLDER: "x", HOLDFAST_DATABASE_REPLICA: someone },
      /HOLDFAST_DATABASE_REPLICA needs --database: a folder has no replicas/
    ],
    [
      { HOLDFAST_DATABASE: someone, HOLDFAST_REPLICA_LAG_MAX: "soon" },
      /HOLDFAST_REPLICA_LAG_MAX must be a length of time/
    ],
    [
      { HOLDFAST_DATABASE: someone, HOLDFAST_REPLICA_LAG_MAX: "2s" },
      /--replica-lag-max \(or HOLDFAST_REPLICA_LAG_MAX\) needs --database-replica/
    ]
  ])("%s is a usage error", async (env, reason) => {
    const { code, stderr } = await holdfast(["serve", "--port", "0"], {
      env: { ...env, HOLDFAST_LOG_FORMAT: "pretty" }
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(reason)
    expect(stderr).not.toMatch(/alice|s3cret/)
  })
})

describePostgres(18, "a server with a standby", () => {
  it("answers questions from it, and decides on what the primary has", async () => {
    const { primary, standbys, stop } = await startReplicated({ synchronous: "FIRST 1 (a)" })
    const [standby] = standbys
    if (standby === undefined) throw new Error("there is no standby")
    const env = { HOLDFAST_DATABASE_REPLICA: standby.url() }
    const database = ["--database", primary.url()]
    try {
      await using server = await startServer([...database, "--replica-lag-max", "10m"], { env })
      await registerSku(server.url, "mug", 5)
      const total = async () => (await get(server.url, "/api/inventory/mug")).body.totalQuantity
      await eventually(async () => ((await total()) === 5 ? true : undefined))
      await standby.pauseReplay()
      const listed = async () => (await get(server.url, "/api/skus?size=1000")).body.items.length
      let registered = 1
      const isBehind = async () => {
        registered += 1
        const skuId = `mug-${registered}`
        await registerSku(server.url, skuId, 1)
        // What the server wrote itself, it shows to who asks for it by its id.
        expect((await get(server.url, `/api/inventory/${skuId}`)).body.totalQuantity).toBe(1)
        return (await listed()) < registered ? skuId : undefined
      }
      // From its second probe on the standby is read.
      const skuId = await eventually(isBehind)
      expect((await reserve(server.url, skuId, "order-1")).status).toBe(201)
      await standby.resumeReplay()
      await eventually(async () => ((await listed()) === registered ? true : undefined))
      await server.stop()

      const doctor = await holdfast(["doctor", "--json", ...database], { env })
      const checks = JSON.parse(doctor.stdout).checks
      expect(checks).toContainEqual({
        name: "synchronous standbys",
        status: "warn",
        found: "a COMMIT waits for 1 of FIRST 1 (a), and 1 of them is connected",
        next: expect.stringContaining("ANY 1 (a, b)")
      })
      expect(checks).toContainEqual({
        name: `replica 127.0.0.1:${standby.port}`,
        status: "ok",
        found: expect.stringMatching(/^at most \d\.\d s and 0 bytes behind$/),
        next: ""
      })
      expect(doctor.code).toBe(0)

      for (const command of [["serve", "--port", "0"], ["reconcile"]]) {
        const refused = await holdfast([
          ...command,
          ...database,
          ...["--database-replica", primary.url()]
        ])
        expect(refused.code).toBe(1)
        expect(refused.stderr).toContain(
          `--database-replica: 127.0.0.1:${primary.port} is the primary itself`
        )
      }

      await standby.kill9()
      const dead = await holdfast(["doctor", "--json", ...database], { env })
      expect(dead.code).toBe(1)
      expect(JSON.parse(dead.stdout).checks).toContainEqual(
        expect.objectContaining({ name: "synchronous standbys", status: "fail" })
      )
      expect(JSON.parse(dead.stdout).checks).toContainEqual(
        expect.objectContaining({ status: "warn", found: "cannot be reached" })
      )
    } finally {
      await stop()
    }
  })
})
