/** The caches of a server: where copies are kept, and which questions they answer. */
import { openRedis, type RedisServices } from "@holdfast/adapter-redis"
import {
  type Caching,
  layerCaching,
  layerCatalogCopies,
  layerMemoryCache,
  layerStockCopies,
  ReadCache
} from "@holdfast/core/caching"
import type { CatalogCopies, CatalogLog, CatalogReads, StockStatus } from "@holdfast/core/catalog"
import type { InventoryLog, StockCopies, StockReads } from "@holdfast/core/inventory"
import { layerCopiedStock } from "@holdfast/core/shelf"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { ChosenRedis } from "../cli/network/redisSettings.ts"
import { type CacheInput, cachingOf } from "../cli/reads/cacheSettings.ts"
import type { ReplicaInput } from "../cli/reads/replicaSettings.ts"
import { ownerHere } from "./relaying.ts"

/**
 * The Redis that this server shares with others, for all that uses it, until the scope closes; undefined when
 * there is none. It waits a second for Redis at most.
 */
export const sharedRedisOf = (
  chosen: ChosenRedis | undefined
): Effect.Effect<RedisServices | undefined, never, Scope.Scope> =>
  chosen === undefined ? Effect.succeed(undefined) : openRedis(chosen.options, chosen.settings)

/** Where the settings say that copies are kept; undefined when none are. */
const cacheOf = (
  { cache }: CacheInput,
  redis: RedisServices | undefined
): Layer.Layer<ReadCache> | undefined => {
  if (cache === "memory") return layerMemoryCache()
  return cache === "none" || redis === undefined ? undefined : Layer.succeed(ReadCache, redis.cache)
}

/** The caching of a process, as the settings ask for; undefined when there is none. */
export const layerCachingOf = (
  input: CacheInput & Pick<ReplicaInput, "replicaLagMax">,
  redis: RedisServices | undefined
): Layer.Layer<Caching> | undefined => {
  const cache = cacheOf(input, redis)
  const about = { owner: ownerHere(), replicaLagMillis: input.replicaLagMax }
  return cache && Layer.provide(layerCaching({ ...cachingOf(input), ...about }), cache)
}

/** The copies of the inventory, over its tables; none where nothing is cached. */
export const stockCopiesOf = <E, R>(
  caching: Layer.Layer<Caching> | undefined,
  tables: Layer.Layer<StockReads | InventoryLog, E, R>,
  schema: string
): Layer.Layer<StockCopies, E, R> | undefined =>
  caching && Layer.provide(layerStockCopies({ schema }), Layer.merge(caching, tables))

/**
 * The copies of the catalog, over its tables and the stock that it shows; none where nothing is cached.
 */
export const catalogCopiesOf = <E, R, E2, R2>(
  caching: Layer.Layer<Caching> | undefined,
  tables: Layer.Layer<CatalogReads | CatalogLog, E, R>,
  stock: Layer.Layer<StockStatus, E2, R2>,
  schema: string
): Layer.Layer<CatalogCopies, E | E2, R | R2> | undefined =>
  caching && Layer.provide(layerCatalogCopies({ schema }), Layer.mergeAll(caching, tables, stock))

/** The stock that a catalog shows, over the copies of the inventory in the same process. */
export const copiedStockOf = <E, R, E2, R2>(
  copies: Layer.Layer<StockCopies, E, R>,
  tables: Layer.Layer<StockReads, E2, R2>
): Layer.Layer<StockStatus, E | E2, R | R2> =>
  Layer.provide(layerCopiedStock(), Layer.merge(copies, tables))
