/**
 * The contract of `ReadCache`: one suite of vitest tests that every cache runs. Pass it and no older copy
 * ever stands over a newer one, and what was invalidated is not answered with.
 */
import { expect, it as vitest } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { CacheUnavailable, ReadCacheService } from "../../caching/ReadCache.ts"
import { claimTests } from "./claimTests.ts"
import { copyTests } from "./copyTests.ts"
import { versionTests } from "./versionTests.ts"

/** An empty cache for one test. */
export interface CacheStage {
  readonly cache: ReadCacheService
  /** Lets at least so much time of the cache's own clock pass, in milliseconds. */
  readonly pass: (millis: number) => Effect.Effect<void>
  /** Takes the cache away, or brings it back. Undefined for one that is always there. */
  readonly setAway?: ((isAway: boolean) => Effect.Effect<void>) | undefined
}

/** Gives each test an empty cache of its own, which remembers an invalidation for so long. */
export interface CacheStages {
  readonly open: (options: {
    readonly remembersMillis: number
  }) => Effect.Effect<CacheStage, never, Scope.Scope>
}

/** How a cache differs from others. */
export interface CacheContractOptions {
  /** Whether the cache may be away; then `setAway` is there: false. */
  readonly mayBeAway?: boolean | undefined
}

/** Declares one test on a stage of its own. */
export type OnStage = (
  sentence: string,
  test: (stage: CacheStage) => Effect.Effect<void, CacheUnavailable, Scope.Scope>,
  options?: { readonly remembersMillis: number }
) => void

const Stages = Context.Service<CacheStages>("@holdfast/core/testing/CacheStages")

/** Long enough that nothing ends while a test runs, in milliseconds. */
export const longMillis = 3_600_000

const awayTests = (onStage: OnStage): void => {
  onStage("fails while the cache is away, and answers again when it is back", (stage) =>
    Effect.gen(function* () {
      const { cache, setAway = () => Effect.void } = stage
      const fill = { key: "a", version: 1, value: "1", livesMillis: longMillis, staleMillis: 0 }
      const asked = [
        Effect.asVoid(cache.get(["a"])),
        cache.put([fill]),
        cache.invalidate([{ key: "a", version: 1 }]),
        Effect.asVoid(cache.claimLoads(["a"], 100))
      ]
      yield* setAway(true)
      for (const one of asked) {
        const error = yield* Effect.orDie(Effect.flip(one))
        expect(error._tag).toBe("CacheUnavailable")
      }
      yield* setAway(false)
      const isBack = Effect.isSuccess(cache.get(["a"]))
      while (!(yield* isBack)) yield* Effect.sleep("20 millis")
      yield* cache.put([fill])
      expect((yield* cache.get(["a"])).map((copy) => copy?.value)).toEqual(["1"])
    })
  )
}

/** Declares the suite. `stages` is opened once; each test opens a cache of its own with it. */
export const cacheContract = <E>(
  name: string,
  stages: Effect.Effect<CacheStages, E, Scope.Scope>,
  { mayBeAway = false }: CacheContractOptions = {}
): void => {
  const opening = { timeout: "120 seconds", excludeTestServices: true } as const
  vitest.layer(Layer.effect(Stages, stages), opening)(
    `${name} keeps the contract of caches`,
    (it) => {
      const onStage: OnStage = (sentence, test, options = { remembersMillis: 60_000 }) =>
        it.effect(
          sentence,
          () =>
            Effect.scoped(
              Effect.flatMap(Stages, ({ open }) => Effect.flatMap(open(options), test))
            ),
          120_000
        )
      copyTests(onStage)
      versionTests(onStage)
      claimTests(onStage)
      if (mayBeAway) awayTests(onStage)
    }
  )
}
