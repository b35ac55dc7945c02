/**
 * A cache in the memory of one process, bounded in entries and in bytes. What was not asked for the
 * longest is dropped first. Time is that of a steady clock, which no change of the wall clock moves.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { steadyMillisNow } from "../metrics/steadyMillis.ts"
import { checkedMemoryCacheOptions } from "./cacheOptions.ts"
import {
  type CachedCopy,
  type CacheFill,
  type Invalidation,
  ReadCache,
  type ReadCacheService
} from "./ReadCache.ts"

/** How much a cache in memory keeps. */
export interface MemoryCacheOptions {
  /** The most copies, from 1 to 10,000,000: 100,000. So many keys are also remembered as invalidated. */
  readonly entriesMax?: number | undefined
  /** The most bytes that copies take, from 1,024 to 2^40: 67,108,864. */
  readonly bytesMax?: number | undefined
  /** How long an invalidation refuses older copies, in milliseconds, from 1 to 86,400,000: 60,000. */
  readonly remembersMillis?: number | undefined
}

/** What a cache in memory holds at a moment. */
export interface MemoryCacheSize {
  readonly entries: number
  readonly bytes: number
  readonly remembered: number
}

/** What an entry takes beside its texts, in bytes: about what an object and its place in a map take. */
const overheadBytes = 200

interface Kept extends CacheFill {
  readonly keptAt: number
  readonly bytes: number
}

type Limits = { readonly [Name in keyof MemoryCacheOptions]-?: number }

interface Remembered {
  readonly version: number
  readonly until: number
}

/** The entries of one cache. The order of each map is that of use, or of what ends first. */
class Entries {
  bytes = 0

  readonly kept = new Map<string, Kept>()

  readonly remembered = new Map<string, Remembered>()

  readonly claims = new Map<string, number>()

  /** Until when a key that is unknown may have been invalidated, and forgotten for want of room. */
  private forgottenUntil = 0

  private readonly limits: Limits

  constructor(limits: Limits) {
    this.limits = limits
  }

  get(key: string, now: number): CachedCopy | undefined {
    const found = this.kept.get(key)
    if (found === undefined) return undefined
    const { keptAt, livesMillis, staleMillis, value, version } = found
    const ageMillis = now - keptAt
    if (ageMillis >= livesMillis + staleMillis) {
      this.drop(key, found)
      return undefined
    }
    this.kept.delete(key)
    this.kept.set(key, found)
    return { version, value, ageMillis, leftMillis: Math.max(0, livesMillis - ageMillis) }
  }

  put(fill: CacheFill, now: number): void {
    const { key, value, version } = fill
    this.claims.delete(key)
    const found = this.kept.get(key)
    const isDead =
      found !== undefined && now - found.keptAt >= found.livesMillis + found.staleMillis
    const remembered = this.remembered.get(key)
    const isRemembered = remembered !== undefined && now < remembered.until
    if (isRemembered && version < remembered.version) return
    if (found !== undefined && !isDead && version < found.version) return
    if (!isRemembered && now < this.forgottenUntil) return
    const bytes = 2 * (key.length + (value?.length ?? 0)) + overheadBytes
    if (found !== undefined) this.drop(key, found)
    if (bytes > this.limits.bytesMax) return
    this.kept.set(key, { ...fill, keptAt: now, bytes })
    this.bytes += bytes
    for (const [oldest, entry] of this.kept) {
      if (this.bytes <= this.limits.bytesMax && this.kept.size <= this.limits.entriesMax) break
      this.drop(oldest, entry)
    }
  }

  invalidate({ key, version }: Invalidation, now: number): void {
    this.claims.delete(key)
    const found = this.kept.get(key)
    if (found !== undefined && found.version < version) this.drop(key, found)
    const remembered = this.remembered.get(key)
    const isHigher = remembered !== undefined && remembered.version > version
    const highest = isHigher && now < remembered.until ? remembered.version : version
    this.remembered.delete(key)
    this.remembered.set(key, { version: highest, until: now + this.limits.remembersMillis })
    for (const [oldest, { until }] of this.remembered) {
      const isRoom = this.remembered.size <= this.limits.entriesMax
      if (isRoom && now < until) break
      // A fill that is older could land now; so none lands that nothing is known about.
      if (now < until) this.forgottenUntil = Math.max(this.forgottenUntil, until)
      this.remembered.delete(oldest)
    }
  }

  claim(key: string, forMillis: number, now: number): boolean {
    const until = this.claims.get(key)
    if (until !== undefined && now < until) return false
    this.claims.delete(key)
    this.claims.set(key, now + forMillis)
    for (const [oldest, ends] of this.claims) {
      if (this.claims.size <= this.limits.entriesMax && now < ends) break
      this.claims.delete(oldest)
    }
    return true
  }

  private drop(key: string, { bytes }: Kept): void {
    this.kept.delete(key)
    this.bytes -= bytes
  }
}

/** A cache of this process, which also says how much it holds. Throws `InvalidOptions`. */
export const makeMemoryCache = (
  options: MemoryCacheOptions = {}
): ReadCacheService & { readonly size: () => MemoryCacheSize } => {
  const checked = checkedMemoryCacheOptions(options)
  const { bytesMax = 64 * 1_024 * 1_024, entriesMax = 100_000 } = checked
  const { remembersMillis = 60_000 } = checked
  const entries = new Entries({ bytesMax, entriesMax, remembersMillis })
  const at = <A>(step: (now: number) => A): Effect.Effect<A> => Effect.map(steadyMillisNow, step)
  return {
    isShared: false,
    get: (keys) => at((now) => keys.map((key) => entries.get(key, now))),
    put: (fills) => at((now) => fills.forEach((fill) => entries.put(fill, now))),
    invalidate: (invalidations) =>
      at((now) => invalidations.forEach((one) => entries.invalidate(one, now))),
    claimLoads: (keys, forMillis) =>
      at((now) => keys.map((key) => entries.claim(key, forMillis, now))),
    size: () => ({
      entries: entries.kept.size,
      bytes: entries.bytes,
      remembered: entries.remembered.size
    })
  }
}

/** A cache in the memory of this process. */
export const layerMemoryCache = (options?: MemoryCacheOptions): Layer.Layer<ReadCache> =>
  Layer.sync(ReadCache, () => makeMemoryCache(options))
