/** Where a server keeps copies of what it reads, and for how long: the settings. */
import type { CacheSettings } from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import { durationMillis, namedFlag, oneOf, setting } from "../settings.ts"

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

/** Settings that say for how long, and need to know where. */
const lives = {
  "cache-categories": "cacheCategories",
  "cache-products": "cacheProducts",
  "cache-stock": "cacheStock",
  "cache-stale": "cacheStale"
} as const satisfies Readonly<Record<string, keyof CacheInput>>

/** Refuses a cache in a Redis that is not named, and lives of copies where none are kept. */
export const checkedCache = (
  input: CacheInput,
  hasRedis: boolean
): Effect.Effect<void, CommandFailure> =>
  Effect.suspend(() => {
    const { cache = hasRedis ? "redis" : "none" } = input
    if (cache === "redis" && !hasRedis) {
      return Effect.fail(usageFailure(`--cache redis needs ${namedFlag("redis")}`))
    }
    const [flag] = Object.entries(lives).find(([, life]) => input[life] !== undefined) ?? []
    if (flag === undefined || cache !== "none") return Effect.void
    const where =
      input.cache === "none" ? "another --cache than none" : "--cache memory, or --redis"
    return Effect.fail(usageFailure(`${namedFlag(flag)} needs ${where}: no copies are kept`))
  })

/** How reads are cached, as the settings ask for. */
export const cachingOf = (input: CacheInput): CacheSettings => ({
  categoriesMillis: input.cacheCategories,
  productsMillis: input.cacheProducts,
  stockMillis: input.cacheStock,
  staleMillis: input.cacheStale
})
