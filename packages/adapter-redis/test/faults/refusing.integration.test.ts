/** Redis that is there and does not do what it should: full, read-only, closed to its user, or another's. */
import { inspect } from "node:util"
import { expect, it } from "@effect/vitest"
import { scopedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Redis } from "ioredis"
import { invalidateScript } from "../../src/caching/cacheScripts.ts"
import { overHostClient } from "../../src/clients/hostClients.ts"
import { failsInTime, fillOf, nameOfA, opened, staged, untilBack, valuesOf } from "./staged.ts"

const call =
  (server: { readonly call: (...words: ReadonlyArray<string>) => Promise<unknown> }) =>
  (...words: ReadonlyArray<string>) =>
    Effect.promise(() => server.call(...words))

describeRedis("Redis that refuses", () => {
  it.live.each([
    {
      name: "is out of memory",
      begin: ["CONFIG", "SET", "maxmemory", "1"],
      end: ["CONFIG", "SET", "maxmemory", "0"],
      problem: "it is out of memory and evicts nothing: set maxmemory-policy to allkeys-lru"
    },
    {
      name: "has too few replicas",
      begin: ["CONFIG", "SET", "min-replicas-to-write", "1"],
      end: ["CONFIG", "SET", "min-replicas-to-write", "0"],
      problem: "it has too few replicas to take writes (min-replicas-to-write)"
    },
    {
      name: "became a replica",
      begin: ["REPLICAOF", "127.0.0.1", "1"],
      end: ["REPLICAOF", "NO", "ONE"],
      problem: "it is a replica, which takes no writes"
    },
    {
      name: "takes no writes of its user",
      begin: ["ACL", "SETUSER", "shop", "-@write"],
      end: ["ACL", "SETUSER", "shop", "+@all"],
      problem: "its user lacks a right"
    }
  ])("is not read either when it $name, and comes back by itself", ({ begin, end, problem }) =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* scopedRedis({
          settings: { "maxmemory-policy": "noeviction", "replica-read-only": "yes" }
        })
        yield* call(server)("ACL", "SETUSER", "shop", "on", ">pass", "~*", "&*", "+@all")
        const redis = yield* opened({
          host: "127.0.0.1",
          port: server.port,
          username: "shop",
          password: Redacted.make("pass")
        })
        const { cache } = redis
        yield* cache.put([fillOf("a", 1)])
        yield* call(server)(...begin)
        // Nobody writes, and yet it is found out: what cannot be invalidated must not be read.
        while (redis.status().problem === undefined) {
          expect(
            (yield* valuesOf(redis, "a").pipe(Effect.orElseSucceed(() => ["gone"])))[0]
          ).toMatch(/^(a@1|gone)$/)
          yield* Effect.sleep("10 millis")
        }
        expect(redis.status().problem).toBe(problem)
        expect(yield* failsInTime(cache.put([fillOf("b", 1)]))).toContain(problem)
        yield* failsInTime(cache.invalidate([{ key: "a", version: 2 }]))
        yield* failsInTime(cache.get(["a"]))
        yield* call(server)(...end)
        yield* untilBack(redis)
        yield* cache.invalidate([{ key: "a", version: 2 }])
        expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        yield* cache.put([fillOf("a", 2)])
        expect(yield* valuesOf(redis, "a")).toEqual(["a@2"])
        expect(redis.lines.length).toBe(2)
      })
    )
  )

  it.live("drops an old copy when memory is full, although no tombstone finds room", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged({
          settings: { "maxmemory-policy": "noeviction" }
        })
        yield* redis.cache.put([fillOf("a", 1)])
        yield* call(server)("CONFIG", "SET", "maxmemory", "1")
        const client = yield* Effect.acquireRelease(
          Effect.sync(() => new Redis(server.port)),
          (it) => Effect.sync(() => it.disconnect())
        )
        const keys = [nameOfA, "holdfast:claim:{42}:a"]
        const error = yield* Effect.flip(
          Effect.tryPromise(() =>
            overHostClient(client as never).runText(invalidateScript, keys, ["2000", "2"])
          )
        )
        expect(String(error.cause)).toContain("OOM")
        expect(yield* call(server)("EXISTS", nameOfA)).toBe(0)
      })
    )
  )

  it.live("refuses a password: it is not asked, and no error or line holds the password", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* scopedRedis({ settings: { requirepass: "right-one" } })
        const redis = yield* opened(`redis://:wr0ng-one@127.0.0.1:${server.port}`)
        expect(redis.status().problem).toBe("it refuses the user or the password")
        const error = yield* Effect.flip(redis.cache.get(["a"]))
        const seen = inspect([error, redis.status(), redis.lines], { depth: 20, showHidden: true })
        expect(seen).not.toMatch(/wr0ng-one|right-one/)
        // Somebody gives the server the password that the process has.
        const admin = new Redis(server.port, { password: "right-one" })
        yield* Effect.promise(() => admin.config("SET", "requirepass", "wr0ng-one"))
        admin.disconnect()
        yield* untilBack(redis)
        yield* redis.cache.put([fillOf("a", 1)])
      })
    )
  )

  it.live("asks for a password, and has none", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* scopedRedis({ settings: { requirepass: "right-one" } })
        const redis = yield* opened(server.url)
        expect(redis.status().problem).toBe("it asks for a password")
        yield* failsInTime(redis.cache.get(["a"]))
      })
    )
  )
})

describeRedis("Redis with keys of another application", () => {
  it.live("takes what has another type for missing, leaves it alone, and counts it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        const { cache } = redis
        yield* call(server)("RPUSH", nameOfA, "theirs")
        yield* call(server)("SET", "holdfast:claim:{42}:a", "theirs")
        expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        yield* cache.put([fillOf("a", 1), fillOf("b", 1)])
        yield* cache.invalidate([{ key: "a", version: 2 }])
        expect(yield* valuesOf(redis, "a", "b")).toEqual([undefined, "b@1"])
        expect(yield* call(server)("LRANGE", nameOfA, "0", "-1")).toEqual(["theirs"])
        expect(redis.status()).toMatchObject({ problem: undefined, foreign: 2, undecodable: 0 })
      })
    )
  )

  it.live("takes a text that it cannot read for missing, counts it, and replaces it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        const { cache } = redis
        const junk = [
          "",
          "{}",
          "h1 1 x",
          "h1 one run 1 2 3 v a",
          "h2 1 0123456789abcdef 1 9999999999999 9999999999999 v a",
          "h1 1 0123456789abcdef 1 9999999999999 9999999999999 q a",
          "x".repeat(5_000)
        ]
        for (const [nth, text] of junk.entries()) {
          yield* call(server)("SET", nameOfA, text)
          expect(yield* valuesOf(redis, "a")).toEqual([undefined])
          expect(redis.status().undecodable).toBe(nth + 1)
          yield* cache.put([fillOf("a", 1)])
          expect(yield* valuesOf(redis, "a")).toEqual(["a@1"])
          yield* call(server)("SET", nameOfA, text)
          yield* cache.invalidate([{ key: "a", version: 5 }])
          yield* cache.put([fillOf("a", 4)])
          expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        }
      })
    )
  )

  it.live("takes an entry from the future for missing: the clock was set back", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        yield* redis.cache.put([fillOf("a", 1)])
        const entry = String(yield* call(server)("GET", nameOfA))
        const later = entry.replace(/ (\d{13}) /, (_, at) => ` ${Number(at) + 600_000} `)
        expect(later).not.toBe(entry)
        yield* call(server)("SET", nameOfA, later)
        expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        expect(redis.status().undecodable).toBe(0)
      })
    )
  )

  it.live("limits alone where the bucket belongs to another", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { server, ...redis } = yield* staged()
        const limit = { count: 10, windowMillis: 3_600_000 }
        yield* redis.limiter.take("writes", limit, "a")
        const [bucket = ""] = (yield* call(server)(
          "KEYS",
          "holdfast:limit:*"
        )) as ReadonlyArray<string>
        yield* call(server)("DEL", bucket)
        yield* call(server)("RPUSH", bucket, "theirs")
        expect(yield* redis.limiter.take("writes", limit, "a")).toMatchObject({ remaining: 4 })
        expect(redis.status().problem).toBe(undefined)
      })
    )
  )
})
