/** Opens what the adapter has over one client of Redis, for hosts that know no Effect. */
import type { RateLimiter } from "@holdfast/core/access"
import type { ReadCacheService } from "@holdfast/core/caching"
import { loggerTo } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import type { RedisReport } from "./checking/RedisReport.ts"
import { connectionTo, type RedisSource, type RedisStatus, servicesOver } from "./openRedis.ts"
import type { RedisHostSettings } from "./options/RedisOptions.ts"
import { readSettings } from "./options/readRedisOptions.ts"

/** A Redis that is connected, or on the way to it. */
export interface ConnectedRedis {
  readonly cache: ReadCacheService
  /** For `limits: { limiter }` of `webHandler` and `toNodeHandler`. */
  readonly limiter: RateLimiter
  /** Resolves when it is known whether Redis is there: after the first contact, or a second. */
  readonly settled: () => Promise<void>
  readonly status: () => RedisStatus
  readonly check: () => Promise<RedisReport>
  /** Ends it. A client of the host is left open. A second call does nothing. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** A cache over Redis, for `createHoldfast({ cache })`. */
export type RedisCache = ReadCacheService & Omit<ConnectedRedis, "cache" | "limiter">

/**
 * Connects to Redis, in the background: nothing waits for it, and it is asked as soon as it is there. The
 * source is a client of ioredis or node-redis that the host has opened, a URL, or where Redis is. Throws
 * `InvalidInput` for settings that cannot be read.
 */
export const connectRedis = (
  source: RedisSource,
  settings: RedisHostSettings = {}
): ConnectedRedis => {
  const read = readSettings(settings)
  const connection = connectionTo(source)
  const scope = Effect.runSync(Scope.make())
  const { log } = settings
  const opening = Scope.provide(servicesOver(connection, read), scope)
  const { cache, check, limiter, settled, status } = Effect.runSync(
    log === undefined ? opening : Effect.provide(opening, Logger.layer([loggerTo(log)]))
  )
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= Effect.runPromise(Scope.close(scope, Exit.void)).then(connection.close)
    return closing
  }
  return {
    cache,
    limiter,
    status,
    settled: () => Effect.runPromise(settled),
    check: () => Effect.runPromise(check),
    close,
    [Symbol.asyncDispose]: close
  }
}

/** The same, as a cache and nothing else: `createHoldfast({ url, cache: redisCache(client) })`. */
export const redisCache = (source: RedisSource, settings: RedisHostSettings = {}): RedisCache => {
  const { cache, limiter: _, ...rest } = connectRedis(source, settings)
  return { ...cache, ...rest }
}
