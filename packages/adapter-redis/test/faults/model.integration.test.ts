/**
 * Writers, readers and a Redis that is killed again and again, to come back with its data, with an older
 * dump or with nothing. Whatever happens, a read that begins after an invalidation was acknowledged never
 * answers with anything older.
 */
import { expect, it } from "@effect/vitest"
import type { ReadCacheService } from "@holdfast/core/caching"
import { type RedisServer, scopedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import { openRedis } from "../../src/index.ts"

const seed = Number(process.env["HOLDFAST_SEED"] ?? Date.now() % 1_000_000)

/** Numbers below one, the same for the same seed (mulberry32). */
const randomOf = (start: number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A fill may be so old when it is put, and an invalidation is remembered for longer than that. */
const loadMillisMax = 500
const remembersMillis = 700
const runMillis = 12_000

interface World {
  /** What the store has. */
  readonly stored: Map<string, number>
  /** The highest version whose invalidation was acknowledged. */
  readonly acknowledged: Map<string, number>
  readonly tally: { hits: number; misses: number; failures: number; writes: number; old: number }
}

const keys = ["a", "b", "c", "d"]

/** Reads through a cache: a miss is loaded, and put a while later. */
const reader = (world: World, cache: ReadCacheService, random: () => number) =>
  Effect.gen(function* () {
    const { acknowledged, stored, tally } = world
    const key = keys[Math.floor(random() * keys.length)] ?? "a"
    const demanded = acknowledged.get(key) ?? 0
    const found = yield* Effect.option(cache.get([key]))
    if (found._tag === "None") {
      tally.failures += 1
    } else {
      const [copy] = found.value
      if (copy === undefined) tally.misses += 1
      else tally.hits += 1
      if (copy !== undefined && copy.version < demanded) tally.old += 1
      if (copy !== undefined) return
    }
    const version = stored.get(key) ?? 0
    // Most loads are quick, and some outlast a restart.
    const most = random() < 0.25 ? loadMillisMax : 20
    yield* Effect.sleep(Math.floor(random() * most))
    const fill = { key, version, value: `${version}`, livesMillis: 60_000, staleMillis: 0 }
    yield* Effect.ignore(cache.put([fill]))
  }).pipe(Effect.andThen(Effect.sleep(Math.floor(random() * 3))))

/** Writes, and says so until it is acknowledged, as a subscriber does. */
const writer = (world: World, cache: ReadCacheService, random: () => number) =>
  Effect.gen(function* () {
    const key = keys[Math.floor(random() * keys.length)] ?? "a"
    const version = (world.stored.get(key) ?? 0) + 1
    world.stored.set(key, version)
    world.tally.writes += 1
    const invalidation = cache.invalidate([{ key, version }])
    while (!(yield* Effect.isSuccess(invalidation))) yield* Effect.sleep(20)
    world.acknowledged.set(key, Math.max(version, world.acknowledged.get(key) ?? 0))
    yield* Effect.sleep(Math.floor(random() * 150))
  })

/** Kills the server, and starts it again with some memory. */
const disturbance = (server: RedisServer, random: () => number) =>
  Effect.promise(async () => {
    const kind = Math.floor(random() * 3)
    if (kind === 1) await server.keepDump()
    await new Promise((resolve) => setTimeout(resolve, 100 + random() * 800))
    await server.kill9()
    if (kind === 1) server.forget("dump")
    if (kind === 2) server.forget("nothing")
    await server.restart()
    await new Promise((resolve) => setTimeout(resolve, 800 + random() * 600))
  })

describeRedis("a Redis that is killed again and again", () => {
  it.live(
    `never answers with anything older than what was acknowledged (HOLDFAST_SEED=${seed})`,
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const random = randomOf(seed)
          const server = yield* scopedRedis()
          const settings = { timeoutMillis: 200, remembersMillis }
          const processes = yield* Effect.forEach([1, 2], () => openRedis(server.url, settings))
          const world: World = {
            stored: new Map(),
            acknowledged: new Map(),
            tally: { hits: 0, misses: 0, failures: 0, writes: 0, old: 0 }
          }
          const caches = processes.map(({ cache }) => cache)
          const actors = [
            ...caches.flatMap((cache) => Array(6).fill(reader(world, cache, random))),
            ...caches.map((cache) => writer(world, cache, random)),
            disturbance(server, random)
          ] as ReadonlyArray<Effect.Effect<void>>
          yield* Effect.all(
            actors.map((actor) => Effect.forever(actor)),
            { concurrency: "unbounded" }
          ).pipe(Effect.timeoutOption(runMillis))
          console.log(
            `seed ${seed}:`,
            world.tally,
            processes.map(({ status }) => status().restarts)
          )
          expect(world.tally.old).toBe(0)
          // What was to be seen was there to be seen.
          expect(world.tally.hits).toBeGreaterThan(300)
          expect(world.tally.misses).toBeGreaterThan(50)
          expect(world.tally.failures).toBeGreaterThan(10)
          expect(world.tally.writes).toBeGreaterThan(50)
          for (const { status } of processes) expect(status().restarts).toBeGreaterThan(1)
        })
      ),
    60_000
  )
})
