/** Reads through a cache in memory over a store that a test writes, on the clock of the test. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { CacheMeter } from "../../src/caching/CacheMeter.ts"
import { type CacheSettings, fullCacheSettings } from "../../src/caching/CacheSettings.ts"
import { makeMemoryCache } from "../../src/caching/memoryCache.ts"
import { CacheUnavailable, type ReadCacheService } from "../../src/caching/ReadCache.ts"
import { type CopyKind, demandedAs, textOf } from "../../src/caching/reading/CopyKind.ts"
import { readThrough } from "../../src/caching/reading/readThrough.ts"
import type { StoreError } from "../../src/kernel/StoreError.ts"

/** A thing that is read, with its version. */
export const Thing = Schema.Struct({
  id: Schema.String,
  version: Schema.Int,
  text: Schema.String,
  changesInMillis: Schema.NullOr(Schema.Finite)
})
export type Thing = typeof Thing.Type

/** Things as a kind of copy. */
export const thingKind = (livesMillis: number): CopyKind<string, Thing> => ({
  ...textOf(Thing),
  ...demandedAs("product", ({ version }: Thing) => version),
  ...{ name: "product", form: 1, generation: "catalog", livesMillis },
  idOf: ({ id }) => id,
  versionOf: ({ version }) => version,
  changesInMillis: ({ changesInMillis }) => changesInMillis
})

/** What the tests move. */
export class World {
  readonly things = new Map<string, Thing>()

  readonly cache: ReadCacheService

  readonly meter = new CacheMeter()

  loads: Array<ReadonlyArray<string>> = []

  /** Reads of the store under way now, and at most. */
  under = 0

  underMax = 0

  isFollowed = true

  isAway = false

  isShared = false

  /** What a read of the store waits for, and how it may fail. */
  slow: Effect.Effect<void, StoreError> = Effect.void

  constructor(cache: ReadCacheService = makeMemoryCache()) {
    const unlessAway = <A>(asked: Effect.Effect<A, CacheUnavailable>) =>
      Effect.suspend(() =>
        this.isAway ? Effect.fail(new CacheUnavailable({ cause: new Error("gone") })) : asked
      )
    this.cache = {
      isShared: false,
      get: (keys) => unlessAway(cache.get(keys)),
      put: (fills) => unlessAway(cache.put(fills)),
      invalidate: (invalidations) => unlessAway(cache.invalidate(invalidations)),
      claimLoads: (keys, millis) => unlessAway(cache.claimLoads(keys, millis))
    }
  }

  /** Writes a thing, one version further. */
  write(id: string, about: Partial<Thing> = {}): Thing {
    const version = (this.things.get(id)?.version ?? 0) + 1
    const thing = { id, version, text: `${id}@${version}`, changesInMillis: null, ...about }
    this.things.set(id, thing)
    return thing
  }

  readonly load = (ids: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Thing>, StoreError> =>
    Effect.gen({ self: this }, function* () {
      this.loads.push(ids)
      this.under += 1
      this.underMax = Math.max(this.underMax, this.under)
      const found = ids.flatMap((id) => this.things.get(id) ?? [])
      yield* Effect.ensuring(
        this.slow,
        Effect.sync(() => {
          this.under -= 1
        })
      )
      return found
    })

  /** Reads as one process of those that share the cache. */
  reads(settings: CacheSettings = {}) {
    const full = fullCacheSettings(settings)
    return Effect.gen({ self: this }, function* () {
      const scope: Scope.Scope = yield* Effect.scope
      const over = {
        cache: { ...this.cache, isShared: this.isShared },
        settings: full,
        meter: this.meter,
        prefix: () => "test",
        scope,
        seats: yield* Semaphore.make(full.storeReadsMax),
        isFollowed: () => this.isFollowed
      }
      return readThrough(thingKind(full.productsMillis), over, this.load)
    })
  }

  /** The key of a copy. */
  keyOf(id: string): string {
    return `test:product.1:${id}`
  }
}
