/**
 * The port of a cache: copies of what was read from the store, in memory or on a server that processes
 * share. A cache never decides: who writes or reserves asks the store.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** The cache did not answer, or not in time. Readers ask the store instead. */
export class CacheUnavailable extends Data.TaggedError("CacheUnavailable")<{
  readonly cause: unknown
}> {}

/** A copy as the cache has it. */
export interface CachedCopy {
  /** The version of what was read, as its events count it. */
  readonly version: number
  /** What was read, encoded; null when there was nothing of that key. */
  readonly value: string | null
  /** How long the cache has had it, in milliseconds of the cache's own clock. */
  readonly ageMillis: number
  /**
   * How much longer it may be answered with, in milliseconds; 0 when it is past the life that it was
   * given, and is kept for those who prefer an old answer.
   */
  readonly leftMillis: number
}

/** A copy to keep. */
export interface CacheFill {
  readonly key: string
  readonly version: number
  readonly value: string | null
  /** How long it may be answered with, in milliseconds: 1 to 86,400,000. */
  readonly livesMillis: number
  /** How long it is kept beyond that, in milliseconds, to be answered with as stale. */
  readonly staleMillis: number
}

/** That a key has reached a version: no older copy may be kept from now on. */
export interface Invalidation {
  readonly key: string
  readonly version: number
}

/**
 * What a cache can do. Each takes many keys in one round trip, and each key by itself in one step; a key
 * may stand in a list more than once.
 *
 * A cache that has lost what it was asked to drop, as a server does that comes back with an old file or a
 * replica that was behind, must not answer with what it kept before: it begins empty.
 */
export interface ReadCacheService {
  /**
   * Whether processes share it. Then one of them is enough to drop what events touch, and of all
   * readers one loads.
   */
  readonly isShared: boolean
  /** The copies of keys, in the order of the keys; undefined where there is none. */
  readonly get: (
    keys: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<CachedCopy | undefined>, CacheUnavailable>
  /**
   * Like `get`, for who answers a request without a fiber; `done` gets undefined when the cache does not
   * answer. Left out where it would cost as much as `get`.
   */
  readonly look?:
    | ((
        keys: ReadonlyArray<string>,
        done: (copies: ReadonlyArray<CachedCopy | undefined> | undefined) => void
      ) => void)
    | undefined
  /**
   * Keeps copies, and ends the claims of their keys. A copy whose version is less than that of the copy
   * or of the invalidation that is there is left out; an equal one takes its place.
   */
  readonly put: (fills: ReadonlyArray<CacheFill>) => Effect.Effect<void, CacheUnavailable>
  /**
   * Drops copies that are older than a version, and refuses such copies for a while: longer than the
   * slowest read that may be under way takes. Of several versions the highest counts. Ends the claims of
   * the keys.
   */
  readonly invalidate: (
    invalidations: ReadonlyArray<Invalidation>
  ) => Effect.Effect<void, CacheUnavailable>
  /**
   * Says of each key whether the asker is the one to load it: the first who asks, of all processes,
   * until a copy is put, the key is invalidated or the time is over. It does not look whether a copy is
   * there.
   */
  readonly claimLoads: (
    keys: ReadonlyArray<string>,
    forMillis: number
  ) => Effect.Effect<ReadonlyArray<boolean>, CacheUnavailable>
}

/** The cache that readers ask before the store. */
export class ReadCache extends Context.Service<ReadCache, ReadCacheService>()(
  "@holdfast/core/caching/ReadCache"
) {}
