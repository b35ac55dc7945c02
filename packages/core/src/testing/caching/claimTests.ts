/** Of those who want to load a key, one is chosen. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { OnStage } from "./cacheContract.ts"
import { fillOf, seenOf } from "./copyTests.ts"

const hour = 3_600_000

/** Tests of claims. */
export const claimTests = (onStage: OnStage): void => {
  onStage("lets the first who asks load a key, and no other", ({ cache }) =>
    Effect.gen(function* () {
      expect(yield* cache.claimLoads(["a", "b"], hour)).toEqual([true, true])
      expect(yield* cache.claimLoads(["b", "c", "a"], hour)).toEqual([false, true, false])
      expect(yield* cache.claimLoads(["d", "d"], hour)).toEqual([true, false])
    })
  )

  onStage("lets one of very many load a key", ({ cache }) =>
    Effect.gen(function* () {
      const asks = Array.from({ length: 300 }, () => cache.claimLoads(["a"], hour))
      const answers = yield* Effect.all(asks, { concurrency: "unbounded" })
      expect(answers.flat().filter((isFirst) => isFirst).length).toBe(1)
    })
  )

  onStage("lets another load it when the time of the first is over", ({ cache, pass }) =>
    Effect.gen(function* () {
      expect(yield* cache.claimLoads(["a"], 40)).toEqual([true])
      yield* pass(60)
      expect(yield* cache.claimLoads(["a"], hour)).toEqual([true])
      expect(yield* cache.claimLoads(["a"], hour)).toEqual([false])
    })
  )

  onStage("ends a claim when a copy is put, whether it is taken or not", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.invalidate([{ key: "late", version: 5 }])
      yield* cache.claimLoads(["a", "late", "other"], hour)
      yield* cache.put([fillOf("a", 1), fillOf("late", 4)])
      expect(yield* cache.claimLoads(["a", "late", "other"], hour)).toEqual([true, true, false])
    })
  )

  onStage("ends a claim when the key is invalidated: what is loading may be old", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.claimLoads(["a", "b"], hour)
      yield* cache.invalidate([{ key: "a", version: 5 }])
      expect(yield* cache.claimLoads(["a", "b"], hour)).toEqual([true, false])
    })
  )

  onStage("keeps claims apart from copies", ({ cache }) =>
    Effect.gen(function* () {
      yield* cache.put([fillOf("a", 1)])
      expect(yield* cache.claimLoads(["a", "b"], hour)).toEqual([true, true])
      expect(yield* seenOf(cache, "a", "b")).toEqual(["1 a@1", "none"])
    })
  )
}
