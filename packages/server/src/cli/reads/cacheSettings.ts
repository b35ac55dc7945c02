/** Where a server keeps copies of what it reads, and for how long: the settings. */
import type { CacheSettings } from "@holdfast/core/caching"
import { durationMillis, oneOf, setting } from "../settings.ts"

/** Where copies are kept: nowhere, in the memory of the process, or in the Redis that servers share. */
export type CachePlace = "none" | "memory" | "redis"

const life = (name: string, description: string, otherwise: string) =>
  setting<number, undefined>(
    name,
    {
      metavar: "<time>",
      description: `${description} (default: ${otherwise}; 0s: not)`,
      read: durationMillis("0s", "24h")
    },
    undefined
  )

/** The settings. */
export const cacheFlags = {
  cache: setting<CachePlace, undefined>(
    "cache",
    {
      metavar: "<none|memory|redis>",
      description:
        "Where copies of products, categories and stock are kept (default: redis with --redis, else none)",
      read: oneOf("none", "memory", "redis")
    },
    undefined
  ),
  cacheCategories: life("cache-categories", "How long categories are kept", "1h"),
  cacheProducts: life("cache-products", "How long products are kept", "10m"),
  cacheStock: life("cache-stock", "How long the stock of a SKU is kept", "30s"),
  cacheStale: life("cache-stale", "How long a copy past its life is given while one loads", "0s")
}

/** The settings as read. */
export interface CacheInput {
  readonly cache: CachePlace | undefined
  readonly cacheCategories: number | undefined
  readonly cacheProducts: number | undefined
  readonly cacheStock: number | undefined
  readonly cacheStale: number | undefined
}

/** How reads are cached, as the settings ask for. */
export const cachingOf = (input: CacheInput): CacheSettings => ({
  categoriesMillis: input.cacheCategories,
  productsMillis: input.cacheProducts,
  stockMillis: input.cacheStock,
  staleMillis: input.cacheStale
})
