/** The contract of caches, on the cache in memory, with a clock that moves when a test says so. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeMemoryCache } from "../../src/caching/memoryCache.ts"
import type { ReadCacheService } from "../../src/caching/ReadCache.ts"
import { type CacheStages, cacheContract } from "../../src/testing/caching/cacheContract.ts"

const open: CacheStages["open"] = ({ remembersMillis }) =>
  Effect.gen(function* () {
    const clock = yield* TestClock.make()
    const made = makeMemoryCache({ remembersMillis })
    const timed = Effect.provideService(Clock.Clock, clock)
    const cache: ReadCacheService = {
      isShared: made.isShared,
      get: (keys) => timed(made.get(keys)),
      put: (fills) => timed(made.put(fills)),
      invalidate: (invalidations) => timed(made.invalidate(invalidations)),
      claimLoads: (keys, forMillis) => timed(made.claimLoads(keys, forMillis))
    }
    return { cache, pass: (millis) => clock.adjust(millis) }
  })

cacheContract("the cache in memory", Effect.succeed({ open }))
