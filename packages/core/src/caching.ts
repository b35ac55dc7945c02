/** Copies of what was read: the port of a cache, and the versions that a reader demands. */
export { type MinVersions, RequestIsCurrent, RequestMinVersions } from "./caching/MinVersions.ts"
export {
  type CachedCopy,
  type CacheFill,
  CacheUnavailable,
  type Invalidation,
  ReadCache,
  type ReadCacheService
} from "./caching/ReadCache.ts"
