/** A cache in memory for a host that knows no Effect. */

import { checkedMemoryCacheOptions } from "../../caching/cacheOptions.ts"
import { cacheValue } from "../../caching/cacheValue.ts"
import { layerMemoryCache } from "../../caching/memoryCache.ts"
import type { HoldfastCache, MemoryCacheOptions } from "./HoldfastCache.ts"

/**
 * Copies in the memory of this process, bounded in entries and in bytes. Each process drops its own when
 * something changes. Throws an error that names each bad option.
 *
 * ```ts
 * const holdfast = await createHoldfast({ url, cache: memoryCache() })
 * ```
 */
export const memoryCache = (options: MemoryCacheOptions = {}): HoldfastCache =>
  cacheValue(false, layerMemoryCache(checkedMemoryCacheOptions(options)))
