/** The cache over Redis against bare commands of the same client, which know no version and no clock. */
import { openRedis } from "@holdfast/adapter-redis"
import { scopedRedis } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import type { Benchmark } from "../../Bench.ts"
import { type Budget, type Contender, race, type Sample } from "../../Contender.ts"

/** Requests under way at once. */
const concurrency = 64

/** Keys of a page of products. */
const pageSize = 100

/** Keys in all. */
const keyCount = 10_000

/** A product with three options, about. */
const value = JSON.stringify({ text: "x".repeat(1_000) })

const livesMillis = 600_000

const keyAt = (nth: number): string => `product:${nth % keyCount}`

const pageAt = (nth: number): ReadonlyArray<string> =>
  Array.from({ length: pageSize }, (_, index) => keyAt(nth * pageSize + index))

/** Does something again and again, 64 at once; `each` is how many keys it is about. */
const turnOf =
  (each: number, once: (nth: number) => Promise<unknown>) =>
  (budget: Budget): Effect.Effect<Sample> =>
    Effect.promise(async () => {
      const startedAt = performance.now()
      let begun = 0
      const isOver = () =>
        "seconds" in budget
          ? performance.now() - startedAt >= budget.seconds * 1_000
          : begun >= budget.operations
      const worker = async () => {
        while (!isOver()) await once(begun++)
      }
      await Promise.all(Array.from({ length: concurrency }, worker))
      return { perSecond: (begun * each) / ((performance.now() - startedAt) / 1_000) }
    })

/** What is compared: the cache's way and the bare one. */
const pairs = [
  { what: "get of one key", bare: "GET", aim: 0.4 },
  { what: `get of ${pageSize} keys`, bare: "MGET", aim: 0.5 },
  { what: "put of one key", bare: "SET PX", aim: 0.35 },
  { what: "request counted by a limit", bare: "INCR", aim: 0.35 }
] as const

/** Copies in Redis. */
export const redis: Benchmark = {
  name: "redis",
  run: Effect.fnUntraced(function* (bench) {
    const { port, url } = yield* scopedRedis({ settings: { maxmemory: "256mb" } })
    const { cache, limiter } = yield* openRedis(url, { timeoutMillis: 10_000 })
    const bare = yield* Effect.acquireRelease(
      Effect.sync(() => new Redis(port, "127.0.0.1")),
      (client) => Effect.sync(() => client.disconnect())
    )
    const fillOf = (nth: number) => ({
      key: keyAt(nth),
      version: 1,
      value,
      livesMillis,
      staleMillis: 0
    })
    const all = Array.from({ length: keyCount }, (_, nth) => nth)
    yield* Effect.orDie(cache.put(all.map(fillOf)))
    yield* Effect.promise(() => bare.mset(new Map(all.map((nth) => [keyAt(nth), value]))))
    const run = Effect.runPromise
    const limit = { count: 1_000_000, windowMillis: 3_600_000 }
    const ways: Readonly<Record<string, Contender["turn"]>> = {
      "get of one key": turnOf(1, (nth) => run(cache.get([keyAt(nth)]))),
      GET: turnOf(1, (nth) => bare.get(keyAt(nth))),
      [`get of ${pageSize} keys`]: turnOf(pageSize, (nth) => run(cache.get(pageAt(nth)))),
      MGET: turnOf(pageSize, (nth) => bare.mget(...pageAt(nth))),
      "put of one key": turnOf(1, (nth) => run(cache.put([fillOf(nth)]))),
      "SET PX": turnOf(1, (nth) => bare.set(keyAt(nth), value, "PX", livesMillis)),
      "request counted by a limit": turnOf(1, (nth) =>
        run(limiter.take("reads", limit, keyAt(nth)))
      ),
      INCR: turnOf(1, (nth) => bare.incr(`count:${keyAt(nth)}`))
    }
    const contenders = Object.entries(ways).map(([name, turn]) => ({ name, turn }))
    const medians = yield* race(contenders, bench.race)
    const rateOf = (name: string) => medians.get(name)?.perSecond ?? Number.NaN
    return {
      name: "redis",
      title: "Copies in Redis",
      about:
        "The cache gets and puts copies of 1 kB in scripts that compare versions, read the clock of Redis and know its run. The bare " +
        `commands of the same client do none of this. ${concurrency} requests at once on one connection; Redis shares the machine. ` +
        `Rates of ${pageSize} keys are of keys.`,
      ratioIs: "the cache is",
      rows: pairs.flatMap(({ bare: yardstick, what }) => [
        { name: what, perSecond: rateOf(what) },
        { name: yardstick, perSecond: rateOf(yardstick), ratio: rateOf(what) / rateOf(yardstick) }
      ]),
      aims: pairs.map(({ aim, bare: yardstick, what }) => ({
        what: `${what} against ${yardstick}`,
        unit: "×",
        bound: { atLeast: aim },
        measured: rateOf(what) / rateOf(yardstick)
      }))
    }
  })
}
