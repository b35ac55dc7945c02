/** A cache for a host that knows no Effect, and how reads are cached. No type of Effect is reachable. */

/** A cache that an engine is opened with: `memoryCache()`, or what an adapter gives. */
export interface HoldfastCache {
  /** Whether processes share it. */
  readonly isShared: boolean
}

/** How much a cache in memory keeps. */
export interface MemoryCacheOptions {
  /** The most copies, from 1 to 10,000,000: 100,000. So many keys are also remembered as invalidated. */
  readonly entriesMax?: number | undefined
  /** The most bytes that copies take, from 1,024 to 2^40: 67,108,864. */
  readonly bytesMax?: number | undefined
  /** How long an invalidation refuses older copies, in milliseconds, from 1 to 86,400,000: 60,000. */
  readonly remembersMillis?: number | undefined
}

/** How reads are cached. All times are in milliseconds; a life of 0 turns a cache off. */
export interface CachingOptions {
  /** How long categories and the tree are kept at most: 3,600,000. */
  readonly categoriesMillis?: number | undefined
  /** How long products are kept at most: 600,000. */
  readonly productsMillis?: number | undefined
  /** How long the stock of a SKU is kept at most: 30,000. */
  readonly stockMillis?: number | undefined
  /** How long it is kept that an id is unknown: 5,000. */
  readonly unknownMillis?: number | undefined
  /** How long a copy is kept past its life, for those who would wait while one loads: 0. */
  readonly staleMillis?: number | undefined
  /** How long a reader waits for the process that loads a copy: 300. */
  readonly waitMillis?: number | undefined
  /** How long copies of products and categories are kept in front of a shared cache: 0. */
  readonly nearMillis?: number | undefined
  /** The most copies that are kept in front of a shared cache: 10,000. */
  readonly nearEntriesMax?: number | undefined
  /** How many reads go to the store at a time while the cache is away: 8. */
  readonly storeReadsMax?: number | undefined
}

/** What was read of one kind since the engine was opened. */
export interface CacheCounts {
  readonly hits: number
  readonly misses: number
  readonly stale: number
  readonly unknown: number
  readonly joined: number
  readonly undecodable: number
  readonly tooOld: number
  readonly bypassed: number
}

/** How the log of a context is followed. Times are in milliseconds. */
export interface CacheFollowerStatus {
  readonly context: string
  readonly state: "STARTING" | "FOLLOWING" | "STANDING_BY" | "STOPPED"
  readonly position: number | null
  /** How old a copy may be by now, since that is how long nobody knows whether something changed. */
  readonly behindMillis: number | null
  /** How old the oldest event of the last page was when its copies were dropped, and the most ever. */
  readonly lagMillis: number
  readonly lagMillisMax: number
  readonly problem: string | null
}

/** What the caches of an engine do and have done. */
export interface CacheStatus {
  readonly isAway: boolean
  /** How often the cache did not answer. */
  readonly failures: number
  readonly counts: Readonly<Record<"product" | "category" | "tree" | "stock", CacheCounts>>
  readonly followers: ReadonlyArray<CacheFollowerStatus>
}
