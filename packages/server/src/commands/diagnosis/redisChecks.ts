/** What `doctor` finds about the Redis that servers share. */
import { openRedis, type RedisFinding } from "@holdfast/adapter-redis"
import * as Effect from "effect/Effect"
import type { ChosenRedis } from "../../cli/network/redisSettings.ts"
import type { Check } from "./diagnosisChecks.ts"

const statuses = { ok: "ok", advice: "warn", problem: "fail" } as const

const checkOf = ({ found, level, next, subject }: RedisFinding): Check => ({
  name: `redis: ${subject}`,
  status: statuses[level],
  found,
  next
})

/** The checks; none without a Redis. */
export const redisChecks = (redis: ChosenRedis | undefined): Effect.Effect<ReadonlyArray<Check>> =>
  redis === undefined
    ? Effect.succeed([])
    : Effect.scoped(
        Effect.gen(function* () {
          const { check } = yield* openRedis(redis.options, redis.settings)
          const { findings } = yield* check
          return findings.map(checkOf)
        })
      )
