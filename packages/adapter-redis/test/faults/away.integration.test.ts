/** Redis that dies, hangs, or comes back with another memory than it had. */

import { expect, it } from "@effect/vitest"
import { anyWire, scopedTcpProxy } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import {
  failsInTime,
  fillOf,
  nameOfA,
  opened,
  staged,
  untilAway,
  untilBack,
  valuesOf
} from "./staged.ts"

describeRedis("Redis that goes away", () => {
  it.live("fails reads in their time when it was killed, and comes back by itself", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        yield* redis.cache.put([fillOf("a", 1)])
        expect(yield* Effect.promise(() => server.call("EXISTS", nameOfA))).toBe(1)
        yield* Effect.promise(server.kill9)
        while (redis.status().problem === undefined) {
          expect(yield* failsInTime(redis.cache.get(["a"]))).toContain(`127.0.0.1:${server.port}`)
        }
        // Nobody waits any more.
        const startedAt = performance.now()
        for (let nth = 0; nth < 1_000; nth++) yield* failsInTime(redis.cache.get(["a"]))
        expect(performance.now() - startedAt).toBeLessThan(1_000)
        yield* failsInTime(redis.cache.put([fillOf("a", 2)]))
        yield* failsInTime(redis.cache.invalidate([{ key: "a", version: 2 }]))
        yield* failsInTime(redis.cache.claimLoads(["a"], 100))
        yield* Effect.promise(() => server.restart())
        yield* untilBack(redis)
        expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        expect(redis.lines.length).toBe(2)
        expect(redis.lines[0]).toMatch(/^Warn Redis at 127.0.0.1:\d+ is not asked: \w.*\. Reads go/)
        expect(redis.lines[1]).toBe(`Info Redis at 127.0.0.1:${server.port} is asked again`)
      })
    )
  )

  it.live("keeps out what was read before an invalidation that it forgot with its restart", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        const { cache } = redis
        // A reader has version 1 in its hands; the write of version 2 is invalidated and acknowledged.
        yield* cache.invalidate([{ key: "a", version: 2 }])
        yield* Effect.promise(server.kill9)
        server.forget("nothing")
        yield* untilAway(redis)
        yield* Effect.promise(() => server.restart())
        yield* untilBack(redis)
        expect(yield* cache.claimLoads(["a"], 60_000)).toEqual([true])
        yield* cache.put([fillOf("a", 1)])
        expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        // Its claim has ended all the same.
        expect(yield* cache.claimLoads(["a"], 60_000)).toEqual([true])
        // After two seconds no such reader is left, and copies are kept again.
        yield* Effect.gen(function* () {
          yield* cache.put([fillOf("a", 2)])
          return (yield* valuesOf(redis, "a"))[0] === "a@2"
        }).pipe(Effect.delay("50 millis"), Effect.repeat({ until: (isKept) => isKept }))
        expect(redis.status().restarts).toBe(1)
      })
    )
  )

  it.live("answers with nothing of an older dump that it was started with", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        const { cache } = redis
        yield* cache.put([fillOf("a", 1), fillOf("b", 1)])
        yield* Effect.promise(server.keepDump)
        yield* cache.invalidate([{ key: "a", version: 2 }])
        yield* Effect.promise(server.kill9)
        server.forget("dump")
        yield* untilAway(redis)
        yield* Effect.promise(() => server.restart())
        yield* untilBack(redis)
        // The entry is there, in its first version.
        expect(String(yield* Effect.promise(() => server.call("GET", nameOfA)))).toContain("a@1")
        expect(yield* valuesOf(redis, "a", "b")).toEqual([undefined, undefined])
        // Nor does another process take it, which has never seen the run before.
        const other = yield* opened(server.url)
        expect(yield* valuesOf(other, "a", "b")).toEqual([undefined, undefined])
      })
    )
  )

  it.live(
    "answers after five seconds: nobody waits so long, and nothing late does harm",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { server, ...redis } = yield* staged()
          const { cache } = redis
          yield* cache.put([fillOf("a", 1)])
          const sleep = server.call("DEBUG", "SLEEP", "5")
          const startedAt = performance.now()
          // The last of these is given up here, and carried out there when it wakes up.
          let puts = 0
          while (yield* Effect.isSuccess(cache.put([fillOf(`late-${puts}`, 1)]))) puts += 1
          while (redis.status().problem === undefined) yield* failsInTime(cache.get(["a"]))
          while (performance.now() - startedAt < 4_000) {
            yield* failsInTime(cache.get(["a"]))
            yield* Effect.sleep("20 millis")
          }
          yield* Effect.promise(() => sleep)
          yield* untilBack(redis)
          expect(performance.now() - startedAt).toBeLessThan(10_000)
          const late = `late-${puts}`
          expect(yield* valuesOf(redis, "a", late)).toEqual(["a@1", `${late}@1`])
          yield* cache.invalidate([{ key: late, version: 2 }])
          expect(yield* valuesOf(redis, late)).toEqual([undefined])
          expect(redis.lines.length).toBe(2)
        })
      ),
    60_000
  )

  it.live("stays silent, behind a network that drops everything", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server } = yield* staged()
        const proxy = yield* scopedTcpProxy(server.port, anyWire)
        const redis = yield* opened({ host: "127.0.0.1", port: proxy.port })
        yield* redis.cache.put([fillOf("a", 1)])
        yield* Effect.promise(() => proxy.behave({ kind: "stall" }))
        while (redis.status().problem === undefined) yield* failsInTime(redis.cache.get(["a"]))
        yield* failsInTime(redis.cache.get(["a"]))
        expect(redis.status().problem).toBe("it did not answer within 250 ms")
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        yield* untilBack(redis)
        expect(yield* valuesOf(redis, "a")).toEqual(["a@1"])
      })
    )
  )

  it.live("was never there: it opens all the same, and is asked as soon as it comes", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server } = yield* staged()
        yield* Effect.promise(server.kill9)
        const redis = yield* opened(server.url)
        expect(redis.status().problem).toBe("it refuses connections")
        yield* failsInTime(redis.cache.get(["a"]))
        yield* Effect.promise(() => server.restart())
        yield* untilBack(redis)
        expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        expect(redis.lines.length).toBe(2)
      })
    )
  )
})
