/** Pages and stock of a warm cache in Redis, through HTTP, and what the cache costs those who write. */
import { scopedRedis } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Redis } from "ioredis"
import type { Bench, Benchmark } from "../../Bench.ts"
import { type Contender, race } from "../../Contender.ts"
import { cachedShop, pageOf, pathsFile } from "../../caching/cachedShop.ts"
import { writing } from "../../caching/writing.ts"
import {
  askServer,
  bareCachedServer,
  deployedServer,
  httpContender,
  type RunningServer
} from "../../http/childProcess.ts"
import { skuNames } from "../../seed.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

const bare = "bare node:http, one GET of ioredis"
const warm = "product page, warm cache"
const uncached = "product page, no cache"
const stockWarm = "stock of 100 SKUs, warm cache"
const stockCold = "stock of 100 SKUs, no cache"
const reserveOn = "reserve, caches and their followers on"
const reserveOff = "reserve, no caches"

/** Keep-alive connections of the load generator. */
const connections = 64

/** Pages that are asked for in turn, so that they are warm. */
const warmPages = 1_000

const skusAtOnce = 100

const writesPerSecond = 100

/** Puts the bytes of pages into the Redis of the bare server. */
const copyPages = (url: string, paths: ReadonlyArray<string>, redisPort: number) =>
  Effect.promise(async () => {
    const redis = new Redis(redisPort, "127.0.0.1")
    for (const path of paths) {
      const page = await fetch(`${url}${path}`, { headers: { "accept-encoding": "identity" } })
      await redis.set(path, Buffer.from(await page.arrayBuffer()))
    }
    redis.disconnect()
  })

/** Requests that make pages warm before they are measured: between two turns the copies of stock are over. */
const warmingRequests = 5_000

/** A contender whose pages are asked for first. */
const warmed = (
  contender: Contender,
  { url }: RunningServer,
  ask: { readonly getOf: string; readonly isZipf: boolean }
): Contender => ({
  ...contender,
  turn: (budget) =>
    Effect.andThen(
      askServer({ url, connections, budget: { operations: warmingRequests }, ask }),
      contender.turn(budget)
    )
})

const counted = (count: number): string => count.toLocaleString("en-US")

/** Pages of many products, a few of them asked for often, while others write. */
const zipf = Effect.fnUntraced(function* (
  bench: Bench,
  server: RunningServer,
  { productIds, skuCount }: { productIds: ReadonlyArray<string>; skuCount: number }
) {
  const { budget } = bench.race
  const { url } = server
  const getOf = yield* pathsFile(productIds.map(pageOf))
  const about = { url, productIds, skuCount, perSecond: writesPerSecond }
  const writer = yield* Effect.forkChild(writing(about))
  const ask = () => askServer({ url, connections, budget, ask: { getOf, isZipf: true } })
  bench.race.onTurn?.("pages by Zipf", 0)
  for (let round = 0; round < bench.race.warmUps + bench.race.rounds; round++) yield* ask()
  const { hitShare = 0, ...sample } = yield* ask()
  yield* Fiber.interrupt(writer)
  const name =
    `pages of ${counted(productIds.length)} products, the n-th with 1/n, beside ` +
    `${writesPerSecond} writes a second: ${(hitShare * 100).toFixed(0)} % hits`
  return { name, ...sample }
})

/** Reads through caches, and writes beside them. */
export const caching: Benchmark = {
  name: "caching",
  run: Effect.fnUntraced(function* (bench) {
    const databases = yield* bench.databases
    const { copy, skuCount } = databases
    const onStep = (step: string) => bench.race.onTurn?.(step, 0)
    const shop = yield* cachedShop(databases, bench.catalog.cached, onStep)
    const settings = { maxmemory: "512mb", "maxmemory-policy": "allkeys-lru" }
    const redis = yield* scopedRedis({ settings })
    // Redis shares the cores with all others, and may be late by no fault of its own.
    const inRedis = ["--redis", redis.url, "--redis-timeout", "10s"]
    const beside = inRedis
    const writes = yield* Effect.forEach(["on", "off"], (name) => copy(`caching_reserve_${name}`))
    const [on = "", off = ""] = writes
    const [cached, direct, reservingOn, reservingOff] = yield* Effect.all(
      [
        deployedServer("--database", shop.url, ...inRedis),
        deployedServer("--database", shop.url),
        deployedServer("--database", on, ...beside),
        deployedServer("--database", off)
      ],
      { concurrency: "unbounded" }
    )
    const paths = shop.productIds.slice(0, warmPages).map(pageOf)
    const bareServer = yield* bareCachedServer(redis.port)
    yield* copyPages(cached.url, paths, redis.port)
    const pages = { getOf: yield* pathsFile(paths), isZipf: false }
    const stock = {
      post: "/api/inventory/stock-status",
      body: JSON.stringify({ skuIds: skuNames(Math.min(skusAtOnce, skuCount)) })
    }
    const reserve = { reserveOf: skuCount }
    const contenders = [
      httpContender(bare, bareServer, pages, connections),
      warmed(httpContender(warm, cached, pages, connections), cached, pages),
      httpContender(uncached, direct, pages, connections),
      httpContender(stockWarm, cached, stock, connections),
      httpContender(stockCold, direct, stock, connections),
      httpContender(reserveOn, reservingOn, reserve, connections),
      httpContender(reserveOff, reservingOff, reserve, connections)
    ]
    const medians = yield* race(contenders, bench.race)
    const spread = yield* zipf(bench, cached, { productIds: shop.productIds, skuCount })
    return {
      name: "caching",
      title: "Reads through a cache in Redis",
      about:
        `${connections} keep-alive connections of a client in its own process. Pages are of ${counted(paths.length)} products ` +
        "with two options each, with their category and stock; the bare server answers with the same bytes, and each turn of the warm cache comes after 5,000 requests that are not measured. The client, the " +
        "servers, PostgreSQL and Redis share the machine.",
      ratioIs: "of bare",
      rows: [...rowsOfShares(medians, bare), spread],
      aims: [
        aimAt(medians, [warm, bare], "page of a warm cache, against bare", 0.7),
        aimAt(medians, [warm, uncached], "page of a warm cache, against no cache", 5),
        aimAt(medians, [stockWarm, stockCold], "stock of 100 SKUs, warm against none", 1),
        aimAt(medians, [reserveOn, reserveOff], "reserving with caches, against without", 0.9)
      ]
    }
  })
}
