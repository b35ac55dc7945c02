/** How much a cache in memory keeps, and what it does when there is no room. */
import { expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeMemoryCache } from "../../src/caching/memoryCache.ts"
import type { CacheFill } from "../../src/caching/ReadCache.ts"
import { settableDay } from "../steadyTime.ts"

const fill = (key: string, version = 1, value = "x"): CacheFill => ({
  ...{ key, version, value },
  livesMillis: 10_000,
  staleMillis: 0
})

const keysOf = (count: number) => Array.from({ length: count }, (_, n) => `key-${n}`)

it.effect("drops what was not asked for the longest when it has too many entries", () =>
  Effect.gen(function* () {
    const cache = makeMemoryCache({ entriesMax: 3 })
    yield* cache.put(["a", "b", "c"].map((key) => fill(key)))
    yield* cache.get(["a"])
    yield* cache.put([fill("d")])
    const copies = yield* cache.get(["a", "b", "c", "d"])
    expect(copies.map((copy) => copy !== undefined)).toEqual([true, false, true, true])
    expect(cache.size().entries).toBe(3)
  })
)

it.effect("takes no more bytes than it may, and no text that is longer than all of them", () =>
  Effect.gen(function* () {
    const cache = makeMemoryCache({ bytesMax: 10_000 })
    for (const key of keysOf(50)) yield* cache.put([fill(key, 1, "y".repeat(1_000))])
    expect(cache.size().bytes).toBeLessThanOrEqual(10_000)
    expect(cache.size().entries).toBe(4)
    yield* cache.put([fill("key-49", 2, "z".repeat(5_000))])
    expect(yield* cache.get(["key-49"])).toEqual([undefined])
    expect(cache.size().entries).toBe(3)
    yield* cache.put([fill("key-48", 2, "short")])
    expect(cache.size().bytes).toBeLessThanOrEqual(10_000)
  })
)

it.effect("refuses what is unknown when it had to forget an invalidation before its time", () =>
  Effect.gen(function* () {
    const cache = makeMemoryCache({ entriesMax: 10, remembersMillis: 60_000 })
    yield* cache.invalidate(keysOf(11).map((key) => ({ key, version: 5 })))
    expect(cache.size().remembered).toBe(10)
    // key-0 is forgotten, so its old copy could not be told from a good one.
    yield* cache.put([fill("key-0", 4), fill("stranger", 1), fill("key-10", 5)])
    const copies = yield* cache.get(["key-0", "stranger", "key-10"])
    expect(copies.map((copy) => copy?.version)).toEqual([undefined, undefined, 5])
  })
)

it.effect("keeps claims within its bound", () =>
  Effect.gen(function* () {
    const cache = makeMemoryCache({ entriesMax: 10 })
    const claims = yield* cache.claimLoads(keysOf(30), 60_000)
    expect(claims.every((isFirst) => isFirst)).toBe(true)
    expect(yield* cache.claimLoads(["key-29", "key-0"], 60_000)).toEqual([false, true])
  })
)

it("names the options that cannot be used", () => {
  const wrong = { entriesMax: 0, bytesMax: 1.5, size: 3 }
  expect(() => makeMemoryCache(wrong)).toThrow(/entriesMax.*bytesMax|bytesMax.*entriesMax/)
  expect(() => makeMemoryCache(wrong)).toThrow(/size/)
})

it.effect("keeps a copy for as long as it lives, whatever somebody sets the clock to", () =>
  Effect.gen(function* () {
    const { clock, set } = yield* settableDay
    const cache = makeMemoryCache()
    const there = Effect.provideService(cache.get(["a"]), Clock.Clock, clock)
    yield* Effect.provideService(cache.put([fill("a")]), Clock.Clock, clock)
    set(3_600_000)
    expect(yield* there).toMatchObject([{ version: 1 }])
    set(-3_600_000)
    yield* TestClock.adjust(10_001)
    expect(yield* there).toEqual([undefined])
  })
)
