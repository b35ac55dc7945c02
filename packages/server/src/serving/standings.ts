/**
 * How what a server may do without stands: its caches and who follows for them, its Redis, its replicas. A
 * server is ready without any of them, so this is for people and for metrics.
 */

import {
  type PgSessions,
  type ReplicaStanding,
  replicaStandings
} from "@holdfast/adapter-pg/effect"
import type { RedisServices, RedisStatus } from "@holdfast/adapter-redis"
import { Caching, type CachingStatus } from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** How each of them stands; undefined where there is none. */
export interface Standings {
  readonly cache: CachingStatus | undefined
  readonly redis: RedisStatus | undefined
  readonly replicas: ReadonlyArray<ReplicaStanding>
}

/** The standings of a server, which has to be up before there is anything to say. */
export interface ServerStandings {
  /** Asks nobody: what was last seen is enough. */
  readonly read: Effect.Effect<Standings>
  /** Lets them be read for as long as a server is up. */
  readonly layer: Layer.Layer<never, never, PgSessions>
}

/** The standings of a server with these caches and this Redis. */
export const serverStandings = (
  caching: Layer.Layer<Caching> | undefined,
  redis: RedisServices | undefined
): ServerStandings => {
  let cacheStatus: Effect.Effect<CachingStatus | undefined> = Effect.succeed(undefined)
  let replicas: Effect.Effect<ReadonlyArray<ReplicaStanding>> = Effect.succeed([])
  const registered = Effect.gen(function* () {
    const sessions = yield* Effect.context<PgSessions>()
    const cache = yield* Effect.serviceOption(Caching)
    replicas = Effect.provide(replicaStandings, sessions)
    if (Option.isSome(cache)) cacheStatus = cache.value.status
  })
  const layer = Layer.effectDiscard(registered)
  return {
    read: Effect.zipWith(
      Effect.suspend(() => cacheStatus),
      Effect.suspend(() => replicas),
      (cache, standings) => ({ cache, redis: redis?.status(), replicas: standings })
    ),
    layer: caching === undefined ? layer : Layer.provide(layer, caching)
  }
}

/** How long a follower may have had no answer of its log before there is a note of it, in milliseconds. */
const behindMillisMax = 5_000

const seconds = (millis: number): string => `${(millis / 1_000).toFixed(1)} s`

const cacheNotes = ({ followers, isAway }: CachingStatus, isSaid: boolean) => [
  ...(isAway && !isSaid ? ["the cache does not answer: reads go to the database"] : []),
  ...followers.flatMap(({ behindMillis, context, problem, state }) => {
    if (state === "STANDING_BY" || behindMillis === null || behindMillis <= behindMillisMax)
      return []
    const why = problem === null ? "" : `: ${problem}`
    return [`copies of the ${context} may be ${seconds(behindMillis)} old${why}`]
  })
]

/** What a person who looks at `/health/ready` should know of them, in sentences; none when all is well. */
export const standingNotes = ({ cache, redis, replicas }: Standings): ReadonlyArray<string> => [
  ...(redis?.problem === undefined
    ? []
    : [`Redis at ${redis.where} is not asked: ${redis.problem}`]),
  ...(cache === undefined ? [] : cacheNotes(cache, redis?.problem !== undefined)),
  ...replicas.flatMap(({ place, state, why }) =>
    state === "IN" ? [] : [`the replica ${place} is left out: ${why ?? state}`]
  )
]
