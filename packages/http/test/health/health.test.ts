import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { beforeEach, describe, expect, it } from "vitest"
import type { HealthCheck } from "../../src/index.ts"
import { serverForTests } from "../server.ts"

let checks: ReadonlyArray<HealthCheck> = []
let isAway = false
beforeEach(() => {
  checks = []
  isAway = false
})
const healthChecks = Effect.sync(() => checks)
const away = new StoreError({ reason: "Unavailable", message: "the tables are not there yet" })
let pings = 0
const reads = {
  ping: Effect.suspend(() => {
    pings += 1
    return isAway ? Effect.fail(away) : Effect.void
  })
}

const full: HealthCheck = { name: "disk", status: "fail", found: "3 MiB are free" }
const stuck: HealthCheck = { name: "relay of inventory", status: "warn", found: "has stopped" }

describe("health where nobody is asked who they are", () => {
  const { get } = serverForTests(
    { healthChecks, alsoReady: Effect.succeed(["Redis is not asked"]) },
    { reads }
  )

  it("has started once it was ready, and stays so", async () => {
    isAway = true
    expect((await get("/health/startup")).status).toBe(503)
    expect((await get("/health/live")).json).toEqual({ status: "live" })
    isAway = false
    // What a store has answered is good for half a second.
    await expect
      .poll(async () => (await get("/health/startup")).json, { timeout: 10_000 })
      .toEqual({ status: "started" })
    isAway = true
    expect((await get("/health/startup")).status).toBe(200)
    await expect
      .poll(() => get("/health/ready"), { timeout: 10_000 })
      .toMatchObject({
        status: 503,
        json: { detail: expect.stringContaining("the tables are not there yet") }
      })
    isAway = false
    await expect
      .poll(async () => (await get("/health/ready")).status, { timeout: 10_000 })
      .toBe(200)
  })

  it("asks its stores once for many who ask, and again a moment later", async () => {
    const before = pings
    const all = await Promise.all(Array.from({ length: 200 }, () => get("/health/ready")))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    // As slow as a machine may be, it is no question for each of them.
    expect(pings - before).toBeLessThan(50)
    const last = pings
    await expect
      .poll(() => get("/health/ready").then(() => pings), { timeout: 10_000 })
      .toBeGreaterThan(last)
  })

  it("says what was looked at, and is ready in spite of warnings", async () => {
    checks = [stuck]
    const { json, status } = await get("/health/ready")
    expect(status).toBe(200)
    expect(json).toMatchObject({ status: "ready", notes: ["Redis is not asked"] })
    expect(json.checks).toContainEqual(stuck)
    expect(json.checks).toContainEqual({
      ...{ name: "inventory", status: "ok", found: "its database answers" }
    })
  })

  it("is not ready when a check fails, and says which", async () => {
    checks = [stuck, full]
    const { headers, json, status } = await get("/health/ready")
    expect([status, headers["retry-after"]]).toEqual([503, expect.stringMatching(/^\d+$/)])
    expect(json.detail).toContain("disk: 3 MiB are free")
    expect(json.detail).not.toContain("relay")
  })
})

describe("health where senders are found out", () => {
  const person = (role: "ADMIN" | "USER"): Principal => ({
    ...{ kind: "USER", id: role.toLowerCase(), roles: [role] }
  })
  const { call } = serverForTests(
    {
      healthChecks,
      alsoReady: Effect.succeed(["Redis is not asked"]),
      authenticate: ({ headers }) => {
        const { authorization } = headers
        if (authorization === "away") return Effect.fail(away)
        if (authorization === "admin") return Effect.succeed(person("ADMIN"))
        return Effect.succeed(authorization === "user" ? person("USER") : anonymousPrincipal)
      }
    },
    { reads }
  )
  const ready = (authorization?: string) =>
    call("GET", "/health/ready", {
      headers: authorization === undefined ? {} : { authorization }
    })

  it.each([undefined, "user", "away"])("keeps the reasons from %s", async (who) => {
    checks = [stuck]
    expect((await ready(who)).json).toEqual({ status: "ready" })
    checks = [full]
    const { json, status } = await ready(who)
    expect(status).toBe(503)
    expect(JSON.stringify(json)).not.toContain("MiB")
  })

  it("tells an ADMIN", async () => {
    checks = [stuck]
    const { json } = await ready("admin")
    expect(json.checks).toContainEqual(stuck)
    expect(json.notes).toEqual(["Redis is not asked"])
    checks = [full]
    expect((await ready("admin")).json.detail).toContain("3 MiB are free")
  })
})
