/** Opens what the adapter has over one client of Redis, for programs of Effect. */
import type { RateLimiter } from "@holdfast/core/access"
import { ReadCache, type ReadCacheService } from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { makeRedisReadCache } from "./caching/redisReadCache.ts"
import { checkRedis } from "./checking/checkRedis.ts"
import type { RedisReport } from "./checking/RedisReport.ts"
import { type HostClient, isHostClient, overHostClient } from "./clients/hostClients.ts"
import { openOwnClient, whereOf } from "./clients/ownClient.ts"
import type { RedisConnection } from "./clients/RedisConnection.ts"
import type { FailureCounts } from "./guarding/Breaker.ts"
import { guardRedis } from "./guarding/guardRedis.ts"
import { makeRedisRateLimiter } from "./limits/redisRateLimiter.ts"
import type { RedisConnectionOptions, RedisSettings } from "./options/RedisOptions.ts"
import { type ReadSettings, readSettings, readTarget } from "./options/readRedisOptions.ts"

/** A client of the host, where Redis is, or a URL of it. */
export type RedisSource = HostClient | RedisConnectionOptions | string

/** How things stand with Redis, as this process sees it. */
export interface RedisStatus {
  /** Hosts and ports. */
  readonly where: string
  /** Why Redis is not asked; undefined while it is. */
  readonly problem: string | undefined
  /** How often it was given up. */
  readonly openings: number
  readonly failures: FailureCounts
  /** How often another run of a server was met than before: a restart, or a failover. */
  readonly restarts: number
  /** Keys of ours that hold something of another application, counted each time they were met. */
  readonly foreign: number
  /** Entries that could not be read. */
  readonly undecodable: number
}

/** What one client of Redis is good for. */
export interface RedisServices {
  readonly cache: ReadCacheService
  /** Limits that servers share; it grants its share alone while Redis is away. */
  readonly limiter: RateLimiter
  readonly status: () => RedisStatus
  /** Looks at the settings of Redis, and says what to change. */
  readonly check: Effect.Effect<RedisReport>
}

/** A connection over a client of the host, or over a client of its own. Throws `InvalidInput`. */
export const connectionTo = (source: RedisSource): RedisConnection => {
  if (isHostClient(source)) return overHostClient(source)
  return openOwnClient(readTarget(typeof source === "string" ? { url: source } : source))
}

/**
 * Where options say that Redis is, as hosts and ports. It connects to nothing. Throws `InvalidInput` for
 * options that cannot be read.
 */
export const redisPlace = (options: RedisConnectionOptions): string => whereOf(readTarget(options))

/** What there is over a connection until the scope closes, and an end of the wait for its first contact. */
export const servicesOver = Effect.fnUntraced(function* (
  connection: RedisConnection,
  { localShare, ...settings }: ReadSettings
): Effect.fn.Return<RedisServices & { readonly settled: Effect.Effect<void> }, never, Scope.Scope> {
  const redis = yield* guardRedis(connection, settings)
  const { counts, ...cache } = makeRedisReadCache(redis, settings.remembersMillis)
  const { breaker, runs, settled } = redis
  return {
    cache,
    limiter: makeRedisRateLimiter(redis, localShare),
    check: Effect.andThen(settled, checkRedis(redis)),
    settled,
    status: () => ({
      where: connection.where,
      problem: breaker.problem,
      openings: breaker.openings,
      failures: { ...breaker.counts },
      restarts: runs.changes,
      ...counts
    })
  }
})

/**
 * Opens Redis until the scope closes; a client of the host is left open. It waits up to a second for the
 * first contact, and goes on without: Redis is asked as soon as it is there. Throws `InvalidInput` for
 * settings that cannot be read.
 */
export const openRedis = Effect.fnUntraced(function* (
  source: RedisSource,
  settings: RedisSettings = {}
): Effect.fn.Return<RedisServices, never, Scope.Scope> {
  const read = readSettings(settings)
  const connection = yield* Effect.acquireRelease(
    Effect.sync(() => connectionTo(source)),
    ({ close }) => Effect.promise(close)
  )
  const { settled, ...services } = yield* servicesOver(connection, read)
  yield* settled
  return services
})

/** The cache over Redis, as a layer. Throws `InvalidInput` for settings that cannot be read. */
export const layerRedisCache = (
  source: RedisSource,
  settings: RedisSettings = {}
): Layer.Layer<ReadCache> =>
  Layer.effect(
    ReadCache,
    Effect.map(openRedis(source, settings), ({ cache }) => cache)
  )
