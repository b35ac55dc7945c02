/** Limits that servers share, by the clock of Redis, and what they grant when Redis is away. */
import { expect, it } from "@effect/vitest"
import type { RateLimit } from "@holdfast/core/access"
import { scopedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import { openRedis, type RedisServices } from "../src/index.ts"
import { opened, untilAway, untilBack } from "./faults/staged.ts"

const limit: RateLimit = { count: 500, windowMillis: 3_600_000 }

/** How many of so many requests are allowed, by servers that take turns. */
const allowedOf = (servers: ReadonlyArray<RedisServices>, requests: number, key = "a") =>
  Effect.map(
    Effect.forEach(
      Array.from({ length: requests }, (_, nth) => servers[nth % servers.length]),
      (server) =>
        server === undefined ? Effect.die("no server") : server.limiter.take("writes", limit, key),
      { concurrency: 64 }
    ),
    (decisions) => decisions.filter(({ isAllowed }) => isAllowed).length
  )

describeRedis("limits over Redis", () => {
  it.live("are exact over four servers that are asked at once", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { call, url } = yield* scopedRedis()
        const settings = { timeoutMillis: 10_000 }
        const servers = yield* Effect.forEach([1, 2, 3, 4], () => openRedis(url, settings))
        expect(yield* allowedOf(servers, 2_000)).toBe(500)
        expect(yield* allowedOf(servers, 2_000, "b")).toBe(500)
        // Neither who asks nor from where is to be read in Redis, and no bucket outlives its window.
        yield* allowedOf(servers, 4, "USER:anna@shop.example 192.0.2.7")
        const keys = (yield* Effect.promise(() => call("KEYS", "*"))) as ReadonlyArray<string>
        expect(keys.filter((key) => key.startsWith("holdfast:limit:")).length).toBe(3)
        for (const key of keys) {
          expect(key).not.toMatch(/anna|192/)
          expect(Number(yield* Effect.promise(() => call("PTTL", key)))).toBeGreaterThan(0)
        }
      })
    )
  )

  it.live("are each server's share while Redis is away, said once, and exact again after it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* scopedRedis()
        const one = yield* opened(server.url)
        const two = yield* opened(server.url)
        expect(yield* allowedOf([one, two], 1_200)).toBe(500)
        yield* Effect.promise(server.kill9)
        yield* Effect.all([untilAway(one), untilAway(two)])
        const startedAt = performance.now()
        expect(yield* allowedOf([one], 1_200)).toBe(250)
        expect(yield* allowedOf([two], 1_200)).toBe(250)
        expect(performance.now() - startedAt).toBeLessThan(5_000)
        yield* Effect.promise(() => server.restart())
        yield* Effect.all([untilBack(one), untilBack(two)])
        expect(yield* allowedOf([one, two], 1_200, "b")).toBe(500)
        for (const { lines } of [one, two]) {
          expect(lines.map((line) => line.split(" ")[0])).toEqual(["Warn", "Info"])
          expect(lines[0]).toContain("limits count in this process alone")
        }
      })
    )
  )
})
