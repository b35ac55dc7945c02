/** The contract of caches over a real Redis: alone, behind a proxy that takes it away, and as a cluster. */
import { cacheContract } from "@holdfast/core/testing"
import {
  anyWire,
  type RedisServer,
  scopedRedis,
  scopedRedisCluster,
  scopedTcpProxy
} from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import { openRedis, type RedisConnectionOptions } from "../src/index.ts"

let stages = 0

/** Waits until the server's own clock has moved on. */
const passOn = (server: RedisServer) => (millis: number) =>
  Effect.promise(async () => {
    const now = async () => {
      const [seconds, micros] = (await server.call("TIME")) as ReadonlyArray<string>
      return Number(seconds) * 1_000 + Number(micros) / 1_000
    }
    const until = (await now()) + millis
    while ((await now()) < until) await new Promise((resolve) => setTimeout(resolve, 5))
  })

const openOn = (options: RedisConnectionOptions, remembersMillis: number) =>
  Effect.map(
    openRedis(options, {
      prefix: `test-${++stages}`,
      remembersMillis,
      // What is measured is what the cache keeps, on a machine that other tests share.
      timeoutMillis: 2_000
    }),
    ({ cache }) => cache
  )

describeRedis("the cache over Redis", () => {
  cacheContract(
    "the cache over Redis",
    Effect.map(scopedRedis(), (server) => ({
      open: ({ remembersMillis }) =>
        Effect.gen(function* () {
          const proxy = yield* scopedTcpProxy(server.port, anyWire)
          const cache = yield* openOn({ host: "127.0.0.1", port: proxy.port }, remembersMillis)
          const setAway = (isAway: boolean) =>
            Effect.promise(() => proxy.behave({ kind: isAway ? "refuse" : "pass" }))
          return { cache, pass: passOn(server), setAway }
        })
    })),
    { mayBeAway: true }
  )

  cacheContract(
    "the cache over a cluster of Redis",
    Effect.map(scopedRedisCluster, ({ nodes: [first] }) => ({
      open: ({ remembersMillis }) =>
        Effect.gen(function* () {
          if (first === undefined) throw new Error("a cluster has nodes")
          const cluster = [{ host: "127.0.0.1", port: first.port }]
          return { cache: yield* openOn({ cluster }, remembersMillis), pass: passOn(first) }
        })
    }))
  )
})
