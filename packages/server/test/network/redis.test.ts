/** Servers that share a Redis: their limits are exact together, and they outlive it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { freshDatabase, makeAuthority, type RedisServer, startRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { type RedisInput, redisOf } from "../../src/cli/network/redisSettings.ts"
import { get, inParallel, post, send } from "../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), "holdfast-redis-settings-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inFile = (name: string, text: string) => {
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

const secret = "canary-of-redis"

/** Sends reads by turns; how many were let through. */
const letThrough = async (servers: ReadonlyArray<ServerProcess>, requests: number) => {
  const all = Array.from({ length: requests }, (_, nth) => nth)
  const statuses = await inParallel(all, 16, async (nth) => {
    const { status } = await get(servers[nth % servers.length]?.url ?? "", "/api/skus/none")
    return status
  })
  expect(statuses.filter((status) => status !== 404 && status !== 429)).toEqual([])
  return statuses.filter((status) => status === 404).length
}

const none: RedisInput = {
  redis: undefined,
  redisPrefix: undefined,
  redisTimeout: undefined,
  redisLocalShare: undefined,
  redisCa: undefined,
  redisCert: undefined,
  redisKey: undefined
}

const found = (url: string, from: "flag" | "variable") => ({
  redis: {
    value: Redacted.make(url),
    from,
    place: from === "flag" ? "--redis" : "HOLDFAST_REDIS"
  }
})

describe("the settings of Redis", () => {
  it.each([
    [found(`http://shop:${secret}@a`, "flag"), "--redis must be redis://host:port/0"],
    [found(`redis://shop:${secret}@a:99999`, "variable"), "HOLDFAST_REDIS must name its hosts"],
    [found("", "variable"), "HOLDFAST_REDIS must be redis://"],
    [{ redisPrefix: "shop" }, "--redis-prefix (or HOLDFAST_REDIS_PREFIX) needs --redis"],
    [{ redisLocalShare: 1 }, "--redis-local-share (or"],
    [{ ...found("redis://a", "flag"), redisKey: "k.pem" }, "--redis-key needs --redis-cert"],
    [{ ...found("redis://a", "flag"), redisCert: "c.pem" }, "--redis-cert needs --redis-key"],
    [{ ...found("redis://a", "flag"), redisCa: "no.pem" }, "--redis-ca: there is no file no.pem"]
  ])("are refused by their names: %j", async (given, words) => {
    const refusal = await Effect.runPromise(Effect.flip(redisOf({ ...none, ...given })))
    expect(refusal.message).toContain(words)
    expect(inspect(refusal, { depth: 10 })).not.toContain(secret)
  })

  it("say where Redis is, and nothing of who asks", async () => {
    expect(await Effect.runPromise(redisOf(none))).toBe(undefined)
    const url = `redis+sentinel://shop:${secret}@a,b:2/main`
    const input = { ...none, ...found(url, "flag"), redisTimeout: 20, redisLocalShare: 0.25 }
    const chosen = await Effect.runPromise(redisOf(input))
    expect(chosen).toMatchObject({
      where: "main of the sentinels a:26379,b:2",
      settings: { timeoutMillis: 20, localShare: 0.25 }
    })
    expect(inspect(chosen, { depth: 10 })).not.toContain(secret)
  })

  it.each([
    [["--redis", `redis://${secret}:x@a,b`], "--redis must name one host"],
    [["--cache", "redis"], "--cache redis needs --redis (or HOLDFAST_REDIS)"],
    [["--redis", "redis://a", "--redis-local-share", "0%"], "must be from 1% to 100%"],
    [["--cache-stock", "10s"], "--cache-stock (or HOLDFAST_CACHE_STOCK) needs --cache memory"],
    [["--cache-stale", "0s"], "--cache-stale (or HOLDFAST_CACHE_STALE) needs --cache memory"],
    [
      ["--redis", "redis://a", "--cache", "none", "--cache-products", "1h"],
      "--cache-products (or HOLDFAST_CACHE_PRODUCTS) needs another --cache than none"
    ],
    [["--limit-carts", "5/m"], "--limit-carts (or HOLDFAST_LIMIT_CARTS) needs --guests"]
  ])("end a command that cannot use them: %j", async (args, words) => {
    const { code, stderr } = await holdfast(["serve", "--memory", ...args])
    expect(stderr).toContain(words)
    expect(stderr).not.toContain(secret)
    expect(code).toBe(2)
  })
})

describeRedis("servers that share a Redis", () => {
  let redis: RedisServer
  let servers: ReadonlyArray<ServerProcess> = []

  beforeAll(async () => {
    redis = await startRedis({ settings: { requirepass: secret, maxmemory: "64mb" } })
    const file = inFile("url", `redis://:${secret}@127.0.0.1:${redis.port}\n`)
    const env = { HOLDFAST_REDIS_FILE: file, HOLDFAST_REDIS_TIMEOUT: "2s" }
    servers = await inParallel([1, 2], 2, () =>
      startServer(["--memory", "--limit-address-reads", "30/h"], { env })
    )
  })

  afterAll(async () => {
    await inParallel(servers, 2, (server) => server.kill9())
    await redis.stop()
  })

  it("lets through together what one would, and say how much is left", async () => {
    expect(await letThrough(servers, 50)).toBe(30)
    for (const { url } of servers) {
      const refused = await send(url, "GET", "/api/skus/none")
      expect(refused.status).toBe(429)
      expect(refused.headers.get("ratelimit")).toMatch(/^"address-reads";r=0;t=3\d{3}$/)
    }
  })

  it("let each half through while it is away, are ready all the same, and say so", async () => {
    await redis.kill9()
    for (const { url } of servers) {
      const notes = async () => JSON.stringify((await get(url, "/health/ready")).body)
      await expect.poll(notes, { timeout: 30_000 }).toContain("is not asked")
      const { body, status } = await get(url, "/health/ready")
      expect(status).toBe(200)
      expect(JSON.stringify(body)).toContain(`Redis at 127.0.0.1:${redis.port} is not asked`)
    }
    for (const server of servers) expect(await letThrough([server], 40)).toBe(15)
    for (const server of servers) {
      expect(server.log().match(/limits count in this process alone/g)?.length).toBe(1)
      expect(server.log()).not.toContain(secret)
    }
    await redis.restart()
    for (const { url } of servers) {
      const notes = async () => JSON.stringify((await get(url, "/health/ready")).body)
      await expect.poll(notes, { timeout: 30_000 }).not.toContain("is not asked")
    }
    // The buckets went with the old Redis.
    expect(await letThrough(servers, 50)).toBe(30)
  })

  it("keep copies there: a hit on each server, and after a change the new one", async () => {
    const database = await freshDatabase()
    const env = {
      HOLDFAST_REDIS: `redis://:${secret}@127.0.0.1:${redis.port}`,
      HOLDFAST_REDIS_TIMEOUT: "2s",
      HOLDFAST_DATABASE: database.url
    }
    const [one, two] = await inParallel([1, 2], 2, () => startServer([], { env }))
    if (one === undefined || two === undefined) throw new Error("the servers are not up")
    try {
      const made = await post(one.url, "/api/products", { name: "Mug", type: "NORMAL" })
      expect(made.status).toBe(201)
      const path = `/api/products/${made.body.productId ?? made.body.id}`
      const seen = async ({ url }: ServerProcess) => {
        const { body, headers } = await get(url, path)
        return `${headers.get("x-holdfast-cache")} ${body.product.name}`
      }
      // One that was kept before Redis began anew is a miss; those after it are not.
      await expect.poll(() => seen(two), { timeout: 90_000, interval: 200 }).toBe("hit Mug")
      expect(await seen(one)).toBe("hit Mug")
      const changed = await send(one.url, "PATCH", path, { name: "Cup" }, { "if-match": "*" })
      expect(changed.status).toBeLessThan(300)
      await expect.poll(() => seen(two), { timeout: 10_000, interval: 20 }).toContain("Cup")
      await expect.poll(() => seen(two), { timeout: 10_000, interval: 20 }).toBe("hit Cup")
      const { stdout } = await holdfast(["doctor", "--json"], { env })
      expect(JSON.parse(stdout).checks).toContainEqual(
        expect.objectContaining({
          ...{ name: "cache of catalog", status: "ok" },
          found: expect.stringMatching(/^followed by .+; /)
        })
      )
      await redis.kill9()
      // Nobody notices, but for the time it takes.
      expect(await seen(two)).toMatch(/ Cup$/)
      await redis.restart()
    } finally {
      await inParallel([one, two], 2, (server) => server.kill9())
      await database.drop()
    }
  })

  it("are told by doctor what to change about it", async () => {
    const url = `redis://:${secret}@127.0.0.1:${redis.port}`
    const env = { HOLDFAST_REDIS: url, HOLDFAST_REDIS_TIMEOUT: "2s" }
    const data = join(folder, "data")
    await holdfast(["migrate", "--folder", data])
    const { code, stderr, stdout } = await holdfast(["doctor", "--folder", data], { env })
    expect(stdout).toMatch(/fail {2}redis: maxmemory-policy +noeviction: when memory is full/)
    expect(stdout).toMatch(/ok {4}redis: reachable +127\.0\.0\.1:\d+/)
    expect(`${stdout}${stderr}`).not.toContain(secret)
    expect(code).toBe(1)
    const away = { ...env, HOLDFAST_REDIS: "redis://127.0.0.1:9" }
    const gone = await holdfast(["doctor", "--json", "--folder", data], { env: away })
    expect(JSON.parse(gone.stdout).checks).toContainEqual(
      expect.objectContaining({ name: "redis: reachable", status: "fail" })
    )
  })
})

describeRedis(
  "a server whose Redis speaks TLS",
  () => {
    it("shows its certificate, and checks that of Redis", async () => {
      const authority = await makeAuthority()
      const certified = await authority.issue({ names: ["IP:127.0.0.1"] })
      const client = await authority.issue({ usage: "client" })
      const redis = await startRedis({ tls: { ...certified, ca: authority.pem } })
      const args = [
        ...["--redis", `rediss://127.0.0.1:${redis.port}`, "--redis-timeout", "2s"],
        ...["--redis-ca", inFile("ca.pem", authority.pem)],
        ...["--redis-cert", inFile("client.pem", client.cert)],
        ...["--redis-key", inFile("client.key", client.key)]
      ]
      const server = await startServer(["--memory", "--limit-address-reads", "30/h", ...args])
      try {
        expect((await get(server.url, "/health/ready")).body.notes ?? []).toEqual([])
        expect(await letThrough([server], 40)).toBe(30)
      } finally {
        await server.kill9()
        await redis.stop()
      }
    })
  },
  { tls: true }
)
