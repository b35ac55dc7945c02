/**
 * The copies of each context, as layers over its reads and its log: what questions for people are answered
 * with. Commands, and what the contexts ask of each other, do not know them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { CatalogCopies } from "../catalog/ports/CatalogCopies.ts"
import { CatalogLog } from "../catalog/ports/CatalogLog.ts"
import { CatalogReads } from "../catalog/ports/CatalogReads.ts"
import { StockStatus } from "../catalog/ports/StockStatus.ts"
import { InventoryLog } from "../inventory/ports/InventoryLog.ts"
import { StockCopies } from "../inventory/ports/StockCopies.ts"
import { StockReads } from "../inventory/ports/StockReads.ts"
import { type CacheCounts, type CachedKind, CacheMeter } from "./CacheMeter.ts"
import { RequestCacheNotes } from "./CacheNotes.ts"
import { type CacheSettings, type FullCacheSettings, fullCacheSettings } from "./CacheSettings.ts"
import { showCache, showFollower } from "./cachingMetrics.ts"
import {
  type CacheFollower,
  type CacheFollowerOptions,
  type CacheFollowerStatus,
  makeCacheFollower
} from "./following/CacheFollower.ts"
import { RequestIsCurrent } from "./MinVersions.ts"
import { ReadCache, type ReadCacheService } from "./ReadCache.ts"
import { categoryKind, productKind, stockKind, treeId, treeKind } from "./reading/copyKinds.ts"
import type { CachedReadsOver } from "./reading/KeptCopies.ts"
import { readThrough } from "./reading/readThrough.ts"
import { tieredCache } from "./tieredCache.ts"

/** What the caches of a process do and have done. */
export interface CachingStatus {
  /** Whether the cache did not answer when it was last asked. */
  readonly isAway: boolean
  /** How often it did not answer. */
  readonly failures: number
  readonly counts: Readonly<Record<CachedKind, CacheCounts>>
  /** How each log is followed. */
  readonly followers: ReadonlyArray<CacheFollowerStatus>
}

/** The caching of a process: one cache, and what its contexts have in common. */
export class Caching extends Context.Service<
  Caching,
  {
    readonly settings: FullCacheSettings
    readonly meter: CacheMeter
    /** The cache; `near` has copies in front of it, where that is asked for. */
    readonly cache: ReadCacheService
    readonly near: ReadCacheService
    readonly seats: Semaphore.Semaphore
    /** Whether replicas may be further behind than it is remembered what was dropped. */
    readonly isFarBehind: boolean
    /** Follows a log for as long as the scope is open. */
    readonly follow: (
      options: Omit<CacheFollowerOptions, "cache" | "meter" | "forms">
    ) => Effect.Effect<CacheFollower, never, Scope.Scope>
    readonly status: Effect.Effect<CachingStatus>
  }
>()("@holdfast/core/caching/Caching") {}

/** How a process caches. */
export interface CachingOptions extends CacheSettings {
  /** The name of the durable cursor of a shared cache: `cache`. */
  readonly cursor?: string | undefined
  /** Who follows, for people: a process and its host, say. */
  readonly owner?: string | undefined
  /** How far replicas may be behind that products are read from, in milliseconds: 5,000. */
  readonly replicaLagMillis?: number | undefined
}

/** Replicas that may be further behind show nothing that is kept, in milliseconds. */
const replicaLagMillisMax = 30_000

const forms = {
  stock: stockKind(0).form,
  product: productKind(0).form,
  category: categoryKind(0).form
}

/** The caching of a process over a cache. Throws `InvalidOptions` when the settings cannot be used. */
export const layerCaching = (
  options: CachingOptions = {}
): Layer.Layer<Caching, never, ReadCache> => {
  const { cursor, owner, replicaLagMillis = 0, ...given } = options
  const settings = fullCacheSettings(given)
  const { nearEntriesMax: entriesMax, nearMillis, storeReadsMax } = settings
  return Layer.effect(
    Caching,
    Effect.gen(function* () {
      const cache = yield* ReadCache
      const meter = new CacheMeter()
      yield* showCache(meter)
      const near =
        cache.isShared && nearMillis > 0 ? tieredCache(cache, { nearMillis, entriesMax }) : cache
      const followers: Array<CacheFollower> = []
      return Caching.of({
        ...{ cache, meter, near, settings },
        isFarBehind: replicaLagMillis > replicaLagMillisMax,
        seats: yield* Semaphore.make(storeReadsMax),
        follow: (about) =>
          Effect.gen(function* () {
            const follower = makeCacheFollower({
              ...{ cursor, owner, ...about },
              ...{ cache: near, meter, forms }
            })
            followers.push(follower)
            yield* showFollower(follower, about.log.context)
            yield* Effect.forkScoped(follower.run)
            return follower
          }),
        status: Effect.map(
          Effect.forEach(followers, ({ status }) => status),
          (all) => ({
            isAway: meter.isAway,
            failures: meter.failures,
            counts: structuredClone(meter.counts),
            followers: all
          })
        )
      })
    })
  )
}

/** Which tables are read: the first words of every key. */
export interface CopiesOf {
  /** The database schema of the context. */
  readonly schema: string
}

const overOf = (
  { cache, meter, near, seats, settings }: Caching["Service"],
  scope: Scope.Scope,
  { isFollowed, prefix }: CacheFollower
): { readonly near: CachedReadsOver; readonly direct: CachedReadsOver } => {
  const direct = { cache, isFollowed, meter, prefix, scope, seats, settings }
  return { direct, near: { ...direct, cache: near } }
}

/**
 * Reads where it is written. A generation says what had happened before a read began, and a replica that is
 * behind would have it say too much. A product alone goes by its own version, once its log was followed for
 * as long as a replica may be behind.
 */
const current = Effect.provideService(RequestIsCurrent, true)

const tablesOf = (context: string, { schema }: CopiesOf): string => `${context}:${schema}`

/** Copies of the stock of SKUs. Those in front of a shared cache are left out: stock moves too fast. */
export const layerStockCopies = (
  of: CopiesOf
): Layer.Layer<StockCopies, never, Caching | StockReads | InventoryLog> =>
  Layer.effect(
    StockCopies,
    Effect.gen(function* () {
      const caching = yield* Caching
      const reads = yield* StockReads
      const log = yield* InventoryLog
      const tables = tablesOf("inventory", of)
      const follower = yield* caching.follow({ log, tables, generations: ["stock"] })
      const { direct } = overOf(caching, yield* Effect.scope, follower)
      const load: typeof reads.stock = (skuIds) => current(reads.stock(skuIds))
      return { stock: readThrough(stockKind(caching.settings.stockMillis), direct, load) }
    })
  )

/** Copies of products and categories. The stock beside them is as `StockStatus` says. */
export const layerCatalogCopies = (
  of: CopiesOf
): Layer.Layer<CatalogCopies, never, Caching | CatalogReads | CatalogLog | StockStatus> =>
  Layer.effect(
    CatalogCopies,
    Effect.gen(function* () {
      const caching = yield* Caching
      const { categoriesMillis, productsMillis } = caching.settings
      const reads = yield* CatalogReads
      const { stockOf } = yield* StockStatus
      const log = yield* CatalogLog
      const tables = tablesOf("catalog", of)
      const generations = ["catalog", "categories"] as const
      const follower = yield* caching.follow({ log, tables, generations })
      const { near } = overOf(caching, yield* Effect.scope, follower)
      const whole = Effect.map(current(reads.allCategories), (categories) => [{ categories }])
      const some: typeof reads.categories = (ids) => current(reads.categories(ids))
      const products: typeof reads.products = (ids) =>
        Effect.flatMap(follower.isSettled, (isSettled) =>
          isSettled && !caching.isFarBehind ? reads.products(ids) : current(reads.products(ids))
        )
      const checked: typeof stockOf = (skuIds) =>
        Effect.flatMap(stockOf(skuIds), (stock) =>
          Effect.map(RequestCacheNotes, (notes) => {
            // Where the inventory is another process, its answer is no copy of ours.
            notes?.sources?.require("stock", skuIds)
            return stock
          })
        )
      const tree = readThrough(treeKind(categoriesMillis), near, () => whole)
      return {
        products: readThrough(productKind(productsMillis), near, products),
        categories: readThrough(categoryKind(categoriesMillis), near, some),
        allCategories: Effect.map(tree([treeId]), ([found]) => found?.categories ?? []),
        stockOf: checked
      }
    })
  )
