/** Every way to reach Redis: by URL and by options, over TLS, with a user, sentinels, or a cluster. */
import { expect, it } from "@effect/vitest"
import {
  makeAuthority,
  scopedRedis,
  scopedRedisCluster,
  scopedWatchedRedis
} from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { openOwnClient } from "../../src/clients/ownClient.ts"
import type { RedisSource } from "../../src/index.ts"
import {
  failsInTime,
  fillOf,
  opened,
  timeoutMillis,
  until,
  untilAway,
  untilBack,
  valuesOf
} from "../faults/staged.ts"

const host = "127.0.0.1"

/** Sees a copy put and read. */
const works = (source: RedisSource) =>
  Effect.gen(function* () {
    const redis = yield* opened(source)
    yield* redis.cache.put([fillOf("a", 1), fillOf("b", 1)])
    expect(yield* valuesOf(redis, "a", "b")).toEqual(["a@1", "b@1"])
    expect(
      yield* redis.limiter.take("writes", { count: 10, windowMillis: 1_000 }, "x")
    ).toMatchObject({
      isAllowed: true
    })
    expect(redis.status().problem).toBe(undefined)
    return redis
  })

describeRedis("a Redis alone", () => {
  it.live("is reached by host and port, in any of its databases", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* scopedRedis()
        yield* works({ host, port })
        yield* works(`redis://${host}:${port}`)
        const other = yield* opened(`redis://${host}:${port}/3`)
        expect(yield* valuesOf(other, "a")).toEqual([undefined])
        yield* works({ host, port, db: 3 })
      })
    )
  )

  it.live("is reached by a user with the rights that the README names, and no others", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { call, port } = yield* scopedRedis()
        const rights =
          "+evalsha +eval +mget +get +getrange +set +del +pttl +pexpire +time +info +ping +client|setname +hello +select"
        yield* Effect.promise(() =>
          call("ACL", "SETUSER", "shop", "on", ">p@ss:w/rd", "~holdfast:*", ...rights.split(" "))
        )
        yield* works(`redis://shop:${encodeURIComponent("p@ss:w/rd")}@${host}:${port}/0`)
        yield* works({ host, port, username: "shop", password: Redacted.make("p@ss:w/rd") })
        const url = Redacted.make(`redis://shop@${host}:${port}`)
        const redis = yield* works({ url, password: Redacted.make("p@ss:w/rd") })
        expect(redis.status().where).toBe(`${host}:${port}`)
      })
    )
  )
})

describeRedis(
  "a Redis over TLS",
  () => {
    it.live("is reached when its certificate is good and ours is shown, and else not", () =>
      Effect.scoped(
        Effect.gen(function* () {
          const authority = yield* Effect.promise(() => makeAuthority())
          const names = ["DNS:localhost", "IP:127.0.0.1"]
          const certified = yield* Effect.promise(() => authority.issue({ names }))
          const client = yield* Effect.promise(() => authority.issue({ usage: "client" }))
          const ca = authority.pem
          const { port } = yield* scopedRedis({ tls: { ...certified, ca } })
          const own = { cert: client.cert, key: Redacted.make(client.key) }
          yield* works({ host, port, tls: { ca, ...own } })
          yield* works({ url: `rediss://${host}:${port}`, tls: { ca, ...own } })
          const stranger = yield* opened({ url: `rediss://${host}:${port}`, tls: own })
          expect(stranger.status().problem).toContain("its certificate or ours was refused")
          yield* failsInTime(stranger.cache.get(["a"]))
          const unnamed = yield* opened({
            host,
            port,
            tls: { ca, ...own, servername: "redis.shop" }
          })
          expect(unnamed.status().problem).toContain("ERR_TLS_CERT_ALTNAME_INVALID")
          const nobody = yield* opened({ host, port, tls: { ca } })
          yield* failsInTime(nobody.cache.get(["a"]))
          const plain = yield* opened({ host, port })
          yield* failsInTime(plain.cache.get(["a"]))
        })
      )
    )

    it.live(
      "may be left while both still shake hands, and nothing is thrown where nobody hears it",
      () =>
        Effect.scoped(
          Effect.gen(function* () {
            const authority = yield* Effect.promise(() => makeAuthority())
            const certified = yield* Effect.promise(() => authority.issue({ names: ["DNS:shop"] }))
            const { port } = yield* scopedRedis({ tls: { ...certified, ca: authority.pem } })
            const heard: Array<unknown> = []
            const hear = (error: unknown) => heard.push(error)
            process.on("uncaughtException", hear)
            yield* Effect.addFinalizer(() =>
              Effect.sync(() => process.off("uncaughtException", hear))
            )
            const places = [{ host, port }]
            for (const patienceMillis of Array.from({ length: 100 }, (_, round) => round % 10)) {
              const connection = openOwnClient({
                kind: "standalone",
                places,
                sentinel: undefined,
                username: undefined,
                password: undefined,
                db: 0,
                tls: {}
              })
              yield* Effect.sleep(patienceMillis)
              yield* Effect.promise(() => connection.close())
            }
            yield* Effect.sleep("100 millis")
            expect(heard).toEqual([])
          })
        )
    )
  },
  { tls: true }
)

describeRedis("a Redis that sentinels watch", () => {
  it.live(
    "is found by them, and so is the replica that takes its place, which begins empty",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { sentinels, servers } = yield* scopedWatchedRedis
          const places = sentinels.map(({ port }) => ({ host, port }))
          yield* works({ sentinels: { name: "shop", places } })
          const hosts = places.map(({ port }) => `${host}:${port}`).join(",")
          const redis = yield* works(`redis+sentinel://${hosts}/shop`)
          expect(redis.status().where).toBe(`shop of the sentinels ${hosts}`)
          yield* redis.cache.invalidate([{ key: "a", version: 2 }])
          yield* Effect.promise(async () => servers[0]?.kill9())
          while (redis.status().restarts === 0) {
            const startedAt = performance.now()
            yield* Effect.exit(redis.cache.get(["a"]))
            expect(performance.now() - startedAt).toBeLessThan(2 * timeoutMillis)
            yield* Effect.sleep("5 millis")
          }
          yield* untilBack(redis)
          const role = yield* Effect.promise(async () => servers[1]?.call("ROLE"))
          expect(String(role)).toContain("master")
          // The replica has the copy, and answers with nothing that its predecessor kept.
          expect(yield* valuesOf(redis, "a", "b")).toEqual([undefined, undefined])
          expect(redis.status().restarts).toBe(1)
          // Nor is anything taken that was read before.
          yield* redis.cache.put([fillOf("a", 1)])
          expect(yield* valuesOf(redis, "a")).toEqual([undefined])
        })
      ),
    60_000
  )
})

describeRedis("a cluster of Redis", () => {
  it.live(
    "is reached by one of its nodes, and comes back by itself when one of them does",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { nodes } = yield* scopedRedisCluster
          const cluster = nodes.map(({ port }) => ({ host, port }))
          yield* works({ cluster })
          const redis = yield* works(`redis+cluster://${host}:${nodes[1]?.port}`)
          const keys = Array.from({ length: 300 }, (_, nth) => `key-${nth}`)
          yield* redis.cache.put(keys.map((key) => fillOf(key, 1)))
          const counts = yield* Effect.promise(() =>
            Promise.all(nodes.map(({ call }) => call("DBSIZE")))
          )
          for (const count of counts) expect(Number(count)).toBeGreaterThan(20)
          expect((yield* valuesOf(redis, ...keys)).every((value) => value !== undefined)).toBe(true)
          yield* Effect.promise(async () => nodes[2]?.kill9())
          yield* untilAway(redis)
          yield* failsInTime(redis.cache.get(keys))
          yield* Effect.promise(async () => nodes[2]?.restart())
          yield* untilBack(redis)
          // What the other two have kept is there, and the third has begun empty.
          const found = (yield* valuesOf(redis, ...keys)).filter((value) => value !== undefined)
          expect(found.length).toBeGreaterThan(100)
          expect(found.length).toBeLessThan(300)
          yield* until("the restart was met", () => redis.status().restarts > 0)
        })
      ),
    60_000
  )

  it.live(
    "is not asked at all while one node is dead, though the others would answer",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { nodes } = yield* scopedRedisCluster
          // As where somebody prefers a part of the answers: the living nodes go on without the third.
          yield* Effect.promise(() =>
            Promise.all(
              nodes.map(({ call }) => call("CONFIG", "SET", "cluster-require-full-coverage", "no"))
            )
          )
          const redis = yield* works({ cluster: nodes.map(({ port }) => ({ host, port })) })
          const keys = Array.from({ length: 30 }, (_, nth) => `key-${nth}`)
          yield* redis.cache.put(keys.map((key) => fillOf(key, 1)))
          yield* Effect.promise(async () => nodes[2]?.kill9())
          // An invalidation of all of them fails, as long as one node cannot be told: its follower stays
          // where it is. So no node may be read, or what comes behind it would be served without a bound.
          let refusals = 0
          yield* until("Redis is not asked", () => {
            refusals += 1
            Effect.runFork(Effect.ignore(redis.cache.get([`key-${refusals % 30}`])))
            return redis.status().problem !== undefined
          })
          yield* failsInTime(redis.cache.invalidate(keys.map((key) => ({ key, version: 2 }))))
          for (const key of keys) yield* failsInTime(redis.cache.get([key]))
          yield* Effect.promise(async () => nodes[2]?.restart())
          yield* untilBack(redis)
          yield* redis.cache.invalidate(keys.map((key) => ({ key, version: 2 })))
          expect((yield* valuesOf(redis, ...keys)).every((value) => value === undefined)).toBe(true)
        })
      ),
    60_000
  )

  it.live(
    "is found to have a dead node by itself, when nobody reads",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { nodes } = yield* scopedRedisCluster
          const redis = yield* works({ cluster: nodes.map(({ port }) => ({ host, port })) })
          yield* Effect.promise(async () => nodes[0]?.kill9())
          yield* untilAway(redis)
        })
      ),
    60_000
  )
})
