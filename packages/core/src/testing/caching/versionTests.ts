/** No older copy over a newer one, and none that was invalidated. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { OnStage } from "./cacheContract.ts"
import { fillOf, seenOf } from "./copyTests.ts"

const hour = 3_600_000

/** The highest versions there are, which a number of 53 bits still tells apart. */
const high = Number.MAX_SAFE_INTEGER - 1

/** Versions from 1 to 200, each once, in an order without order. */
const shuffled = Array.from({ length: 200 }, (_, n) => ((n * 77) % 200) + 1)

const copyVersions = (onStage: OnStage): void => {
  onStage("keeps the newer of two copies, in whatever order they come", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("a", 5)])
      yield* cache.put([fillOf("a", 4)])
      expect(yield* seenOf(cache, "a")).toEqual(["5 a@5"])
      yield* cache.put([fillOf("a", 6)])
      expect(yield* seenOf(cache, "a")).toEqual(["6 a@6"])
      yield* cache.put([fillOf("b", 2), fillOf("b", 3), fillOf("b", 1)])
      expect(yield* seenOf(cache, "b")).toEqual(["3 b@3"])
    })
  )

  onStage("puts a copy of the same version in the place of the one that is there", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("a", 5)])
      yield* cache.put([fillOf("a", 5, { value: "again" })])
      expect(yield* seenOf(cache, "a")).toEqual(["5 again"])
      yield* cache.put([fillOf("a", 5, { value: null })])
      expect(yield* seenOf(cache, "a")).toEqual(["5 null"])
    })
  )

  onStage("keeps an older copy out while a stale one is there", ({ cache, pass }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("a", 5, { livesMillis: 20, staleMillis: hour })])
      yield* pass(40)
      yield* cache.put([fillOf("a", 4)])
      expect(yield* seenOf(cache, "a")).toEqual(["5 a@5"])
    })
  )

  onStage("tells the highest versions apart", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("a", high)])
      yield* cache.put([fillOf("a", high - 1)])
      expect(yield* seenOf(cache, "a")).toEqual([`${high} a@${high}`])
      yield* cache.invalidate([{ key: "a", version: high + 1 }])
      yield* cache.put([fillOf("a", high)])
      expect(yield* seenOf(cache, "a")).toEqual(["none"])
      yield* cache.put([fillOf("a", high + 1)])
      expect(yield* seenOf(cache, "a")).toEqual([`${high + 1} a@${high + 1}`])
    })
  )
}

const invalidations = (onStage: OnStage): void => {
  onStage("drops copies older than an invalidation, and no other", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("old", 4), fillOf("same", 5), fillOf("new", 6), fillOf("other", 1)])
      yield* cache.invalidate(["old", "same", "new"].map((key) => ({ key, version: 5 })))
      const seen = yield* seenOf(cache, "old", "same", "new", "other")
      expect(seen).toEqual(["none", "5 same@5", "6 new@6", "1 other@1"])
    })
  )

  onStage("drops a stale copy, and that there is nothing", ({ cache, pass }) =>
    Effect.gen(function* () {
      yield* cache.put([
        fillOf("stale", 1, { livesMillis: 20, staleMillis: hour }),
        fillOf("nothing", 0, { value: null })
      ])
      yield* pass(40)
      yield* cache.invalidate([
        { key: "stale", version: 2 },
        { key: "nothing", version: 1 }
      ])
      expect(yield* cache.get(["stale", "nothing"])).toEqual([undefined, undefined])
    })
  )

  onStage("keeps out what was read before an invalidation and comes after it", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("known", 4)])
      yield* cache.invalidate(["known", "unknown"].map((key) => ({ key, version: 5 })))
      yield* cache.put([fillOf("known", 4), fillOf("unknown", 4)])
      yield* cache.put([fillOf("unknown", 0, { value: null })])
      expect(yield* seenOf(cache, "known", "unknown")).toEqual(["none", "none"])
      yield* cache.put([fillOf("known", 5), fillOf("unknown", 6)])
      expect(yield* seenOf(cache, "known", "unknown")).toEqual(["5 known@5", "6 unknown@6"])
    })
  )

  onStage("counts the highest of several invalidations", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.invalidate([3, 9, 5].map((version) => ({ key: "a", version })))
      yield* cache.invalidate([{ key: "a", version: 4 }])
      yield* cache.put([fillOf("a", 8)])
      expect(yield* seenOf(cache, "a")).toEqual(["none"])
      yield* cache.put([fillOf("a", 9)])
      yield* cache.invalidate([{ key: "a", version: 2 }])
      expect(yield* seenOf(cache, "a")).toEqual(["9 a@9"])
      yield* cache.put([fillOf("a", 8)])
      expect(yield* seenOf(cache, "a")).toEqual(["9 a@9"])
    })
  )

  onStage("remembers an invalidation although the copy that came after it has died", (stage) =>
    Effect.gen(function* () {
      const { cache, pass } = stage
      yield* cache.invalidate([{ key: "a", version: 5 }])
      yield* cache.put([fillOf("a", 5, { livesMillis: 20 })])
      yield* pass(40)
      yield* cache.put([fillOf("a", 4)])
      expect(yield* seenOf(cache, "a")).toEqual(["none"])
    })
  )

  onStage(
    "takes any copy once an invalidation is forgotten",
    ({ cache, pass }) =>
      Effect.gen(function* () {
        yield* cache.invalidate([{ key: "a", version: 5 }])
        yield* pass(120)
        yield* cache.put([fillOf("a", 4)])
        expect(yield* seenOf(cache, "a")).toEqual(["4 a@4"])
      }),
    { remembersMillis: 80 }
  )
}

/** Tests of versions. */
export const versionTests = (onStage: OnStage): void => {
  copyVersions(onStage)
  invalidations(onStage)
  onStage("ends with the newest when many fill and invalidate one key at once", ({ cache }) =>
    Effect.gen(function* () {
      const invalidate = (version: number) => cache.invalidate([{ key: "a", version }])
      const put = (version: number) => cache.put([fillOf("a", version), fillOf("b", version)])
      yield* Effect.forEach(
        shuffled,
        (version) => (version % 3 === 0 ? invalidate(version + 10) : put(version)),
        { concurrency: "unbounded", discard: true }
      )
      // The highest invalidation is of 208, and no fill is as new as that.
      expect(yield* seenOf(cache, "a", "b")).toEqual(["none", "200 b@200"])
      yield* put(208)
      expect(yield* seenOf(cache, "a")).toEqual(["208 a@208"])
    })
  )
}
