/** Clients that a host has opened, of ioredis and of node-redis, alone and of a cluster. */
import { expect, it } from "@effect/vitest"
import { scopedRedis, scopedRedisCluster, scopedWatchedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import { createClient, createCluster, createSentinel } from "@redis/client"
import * as Effect from "effect/Effect"
import { Cluster, Redis } from "ioredis"
import { connectRedis, type HostClient, redisCache } from "../../src/index.ts"
import { fillOf } from "../faults/staged.ts"

const host = "127.0.0.1"

/** Sees what a host does with its own client; the client is as before when the cache is closed. */
const works = async (client: HostClient, where: string) => {
  const redis = connectRedis(client, { prefix: "shop", timeoutMillis: 1_000 })
  const run = Effect.runPromise
  await expect.poll(() => redis.status().problem, { timeout: 10_000 }).toBe(undefined)
  expect(redis.status().where).toBe(where)
  const keys = Array.from({ length: 100 }, (_, nth) => `key-${nth}`)
  await run(redis.cache.put(keys.map((key) => fillOf(key, 2))))
  await run(redis.cache.put(keys.map((key) => fillOf(key, 1))))
  const copies = await run(redis.cache.get(keys))
  expect(copies.map((copy) => copy?.value)).toEqual(keys.map((key) => `${key}@2`))
  await run(redis.cache.invalidate([{ key: "key-5", version: 3 }]))
  expect(await run(redis.cache.get(["key-5"]))).toEqual([undefined])
  expect(await run(redis.cache.claimLoads(["key-5", "key-5"], 1_000))).toEqual([true, false])
  const limit = { count: 3, windowMillis: 3_600_000 }
  const decisions = []
  for (let nth = 0; nth < 4; nth++) {
    decisions.push((await run(redis.limiter.take("writes", limit, "a"))).isAllowed)
  }
  expect(decisions).toEqual([true, true, true, false])
  const { findings } = await redis.check()
  expect(findings.map(({ subject }) => subject).sort()).toEqual([
    "maxmemory",
    "maxmemory-policy",
    "persistence",
    "reachable",
    "version"
  ])
  expect(findings.every(({ found }) => !found.includes("not tell"))).toBe(true)
  await redis.close()
  await redis.close()
}

describeRedis("a client of the host", () => {
  it("may be one of ioredis", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(scopedRedis(), ({ port }) =>
          Effect.promise(async () => {
            const client = new Redis(port, host)
            await works(client, `${host}:${port}`)
            expect(await client.ping()).toBe("PONG")
            client.disconnect()
          })
        )
      )
    )
  })

  it("may be one of node-redis", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(scopedRedis(), ({ port, url }) =>
          Effect.promise(async () => {
            const client = createClient({ url: `redis://default:any@${host}:${port}` })
            client.on("error", () => undefined)
            await client.connect()
            await works(client, `${host}:${port}`)
            expect(await client.ping()).toBe("PONG")
            client.destroy()
            expect(url).toContain(String(port))
          })
        )
      )
    )
  })

  it("may be one of a cluster, of either library", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(scopedRedisCluster, ({ nodes }) =>
          Effect.promise(async () => {
            const [{ call, port } = { call: async () => undefined, port: 0 }] = nodes
            const theirs = new Cluster([{ host, port }])
            await works(theirs, "the host's own client")
            theirs.disconnect()
            await Promise.all(nodes.map((node) => node.call("FLUSHALL")))
            const client = createCluster({ rootNodes: [{ url: `redis://${host}:${port}` }] })
            client.on("error", () => undefined)
            await client.connect()
            await works(client, "the host's own client")
            client.destroy()
            expect(await call("PING")).toBe("PONG")
          })
        )
      )
    )
  }, 60_000)

  it("may be one of sentinels, of either library", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(scopedWatchedRedis, ({ sentinels, servers }) =>
          Effect.promise(async () => {
            const places = sentinels.map(({ port }) => ({ host, port }))
            const theirs = new Redis({ sentinels: places, name: "shop" })
            const names = places.map(({ port }) => `${host}:${port}`).join(",")
            await works(theirs, `shop of the sentinels ${names}`)
            theirs.disconnect()
            await servers[0]?.call("FLUSHALL")
            const client = createSentinel({ name: "shop", sentinelRootNodes: places })
            client.on("error", () => undefined)
            await client.connect()
            await works(client, "the host's own client")
            client.destroy()
          })
        )
      )
    )
  }, 60_000)

  it("may be away, with a queue that waits for it: requests fail in their time", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(scopedRedis(), (server) =>
          Effect.promise(async () => {
            const client = new Redis(server.port, host)
            const lines: Array<string> = []
            await using cache = redisCache(client, {
              timeoutMillis: 200,
              log: ({ level, message }) => lines.push(`${level} ${message}`)
            })
            await expect.poll(() => cache.status().problem).toBe(undefined)
            await server.kill9()
            await expect
              .poll(
                async () => {
                  const startedAt = performance.now()
                  const exit = await Effect.runPromiseExit(cache.get(["a"]))
                  expect(performance.now() - startedAt).toBeLessThan(500)
                  return `${exit._tag} ${cache.status().problem === undefined}`
                },
                { timeout: 10_000 }
              )
              .toBe("Failure false")
            await server.restart()
            await expect.poll(() => cache.status().problem, { timeout: 20_000 }).toBe(undefined)
            expect(lines.map((line) => line.split(" ")[0])).toEqual(["warn", "info"])
            client.disconnect()
          })
        )
      )
    )
  }, 60_000)
})
