// Redis servers for the lifetime of a scope.
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type RedisOptions, type RedisServer, startRedis } from "./RedisServer.ts"
import {
  type RedisCluster,
  startRedisCluster,
  startWatchedRedis,
  type WatchedRedis
} from "./redisGroups.ts"

const scoped = <Server extends { readonly stop: () => Promise<void> }>(
  start: () => Promise<Server>
): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.promise(start), (server) => Effect.promise(() => server.stop()))

/** A server of its own. Dies when it cannot be started. */
export const scopedRedis = (
  options: RedisOptions = {}
): Effect.Effect<RedisServer, never, Scope.Scope> => scoped(() => startRedis(options))

/** A server with a replica and three sentinels. */
export const scopedWatchedRedis: Effect.Effect<WatchedRedis, never, Scope.Scope> = scoped(() =>
  startWatchedRedis()
)

/** A cluster of three. */
export const scopedRedisCluster: Effect.Effect<RedisCluster, never, Scope.Scope> = scoped(() =>
  startRedisCluster()
)
