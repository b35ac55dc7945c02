/** What a cache does with copies, and how long it keeps them. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CacheFill, ReadCacheService } from "../../caching/ReadCache.ts"
import type { OnStage } from "./cacheContract.ts"

const hour = 3_600_000

/** A copy to keep for an hour, unless the test says otherwise. */
export const fillOf = (
  key: string,
  version: number,
  about: Partial<CacheFill> = {}
): CacheFill => ({
  key,
  version,
  value: `${key}@${version}`,
  livesMillis: hour,
  staleMillis: 0,
  ...about
})

/** The versions and values of keys, as text. */
export const seenOf = (cache: ReadCacheService, ...keys: ReadonlyArray<string>) =>
  Effect.map(cache.get(keys), (copies) =>
    copies.map((copy) => (copy === undefined ? "none" : `${copy.version} ${copy.value}`))
  )

const texts = [
  "",
  " ",
  "null",
  "naïve ☕ 🧵 \u0000 \r\n \"quoted\" 'and' \\slashed",
  "{tag}:*?[a]",
  "x".repeat(300_000)
]

/** Tests of keeping copies. */
export const copyTests = (onStage: OnStage): void => {
  onStage(
    "gives copies in the order of the keys, and nothing for what it does not have",
    ({ cache }) =>
      Effect.gen(function* () {
        expect(yield* cache.get([])).toEqual([])
        yield* cache.put([])
        yield* cache.invalidate([])
        expect(yield* cache.claimLoads([], 1_000)).toEqual([])
        yield* cache.put([fillOf("a", 3), fillOf("b", 5)])
        expect(yield* seenOf(cache, "b", "c", "a", "b")).toEqual([
          "5 b@5",
          "none",
          "3 a@3",
          "5 b@5"
        ])
      })
  )

  onStage("keeps that there is nothing, which is not the same as knowing nothing", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("a", 0, { value: null }), fillOf("b", 0, { value: "" })])
      const [a, b, c] = yield* cache.get(["a", "b", "c"])
      expect([a?.value, b?.value, c]).toEqual([null, "", undefined])
    })
  )

  onStage("keeps any text under any text", ({ cache }) =>
    Effect.gen(function* () {
      const keys = ["a", "A", "a b", "a:b", "a{b}c", "a\nb", "*", "ключ", "🧵"]
      for (const text of texts) {
        yield* cache.put(keys.map((key) => fillOf(key, 1, { value: `${key}${text}` })))
        const copies = yield* cache.get(keys)
        expect(copies.map((copy) => copy?.value)).toEqual(keys.map((key) => `${key}${text}`))
      }
    })
  )

  onStage("takes a thousand keys at once", ({ cache }) =>
    Effect.gen(function* () {
      const keys = Array.from({ length: 1_000 }, (_, n) => `key-${n}`)
      yield* cache.put(keys.map((key, n) => fillOf(key, n)))
      expect(yield* seenOf(cache, ...keys)).toEqual(keys.map((key, n) => `${n} ${key}@${n}`))
      yield* cache.invalidate(keys.map((key) => ({ key, version: 500 })))
      const left = yield* cache.get(keys)
      expect(left.filter((copy) => copy !== undefined).length).toBe(500)
      expect((yield* cache.claimLoads(keys, hour)).every((isFirst) => isFirst)).toBe(true)
    })
  )

  onStage("says how long it has had a copy, and how much longer it may be answered with", (stage) =>
    Effect.gen(function* () {
      const { cache, pass } = stage
      yield* cache.put([fillOf("a", 1)])
      yield* pass(120)
      const [copy] = yield* cache.get(["a"])
      expect(copy?.ageMillis).toBeGreaterThanOrEqual(120)
      expect(copy?.ageMillis).toBeLessThan(120_000)
      expect((copy?.ageMillis ?? 0) + (copy?.leftMillis ?? 0)).toBe(hour)
      yield* cache.put([fillOf("a", 1)])
      const [again] = yield* cache.get(["a"])
      expect(again?.leftMillis).toBeGreaterThan(copy?.leftMillis ?? hour)
    })
  )

  onStage("drops a copy whose life is over", ({ cache, pass }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("short", 1, { livesMillis: 40 }), fillOf("long", 1)])
      yield* pass(60)
      expect(yield* seenOf(cache, "short", "long")).toEqual(["none", "1 long@1"])
    })
  )

  onStage("keeps a copy as stale for as long as it was asked to", ({ cache, pass }) =>
    Effect.gen(function* () {
      yield* cache.put([
        fillOf("stale", 1, { livesMillis: 40, staleMillis: hour }),
        fillOf("dead", 1, { livesMillis: 20, staleMillis: 20 })
      ])
      yield* pass(60)
      const [stale, dead] = yield* cache.get(["stale", "dead"])
      expect(stale).toMatchObject({ version: 1, value: "stale@1", leftMillis: 0 })
      expect(dead).toBeUndefined()
      yield* cache.put([fillOf("stale", 2)])
      const [fresh] = yield* cache.get(["stale"])
      expect(fresh?.leftMillis).toBeGreaterThan(0)
    })
  )
}
