/** The Redis that this server shares with others: opened once, for all that uses it. */
import { openRedis, type RedisServices } from "@holdfast/adapter-redis"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ChosenRedis } from "../../cli/network/redisSettings.ts"

/** Opens it until the scope closes; undefined when there is none. It waits a second for Redis at most. */
export const sharedRedisOf = (
  chosen: ChosenRedis | undefined
): Effect.Effect<RedisServices | undefined, never, Scope.Scope> =>
  chosen === undefined ? Effect.succeed(undefined) : openRedis(chosen.options, chosen.settings)
