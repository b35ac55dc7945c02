/** Copies of what was read: the port of a cache, reads through it, and what keeps them true. */

export { type CacheCounts, type CachedKind, CacheMeter } from "./caching/CacheMeter.ts"
export {
  CacheNotes,
  type CacheOutcome,
  noted,
  RequestCacheNotes
} from "./caching/CacheNotes.ts"
export {
  type CacheSettings,
  CacheSettingsFields,
  type FullCacheSettings,
  fullCacheSettings
} from "./caching/CacheSettings.ts"
export { type CopySource, CopySources } from "./caching/CopySource.ts"
export { type CacheLayer, type CacheValue, cacheLayerOf, cacheValue } from "./caching/cacheValue.ts"
export type {
  CacheFollower,
  CacheFollowerOptions,
  CacheFollowerStatus
} from "./caching/following/CacheFollower.ts"
export {
  Caching,
  type CachingOptions,
  type CachingStatus,
  type CopiesOf,
  layerCaching,
  layerCatalogCopies,
  layerStockCopies
} from "./caching/layerCopies.ts"
export {
  type MinVersions,
  minVersionsMax,
  RequestIsCurrent,
  RequestMinVersions,
  readMinVersions,
  versionPattern,
  writeMinVersions
} from "./caching/MinVersions.ts"
export {
  layerMemoryCache,
  type MemoryCacheOptions,
  type MemoryCacheSize,
  makeMemoryCache
} from "./caching/memoryCache.ts"
export {
  type CachedCopy,
  type CacheFill,
  CacheUnavailable,
  type Invalidation,
  ReadCache,
  type ReadCacheService
} from "./caching/ReadCache.ts"
export { lookAgain, type SeenAgain } from "./caching/reading/lookAgain.ts"
