/** The contract of limits over a real Redis, with an instant that the test gives. */
import { rateLimiterContract } from "@holdfast/core/testing"
import { scopedRedis } from "@holdfast/test-servers"
import { describeRedis } from "@holdfast/test-servers/describeRedis"
import * as Effect from "effect/Effect"
import { guardRedis } from "../src/guarding/guardRedis.ts"
import { makeRedisRateLimiter } from "../src/limits/redisRateLimiter.ts"
import { connectionTo } from "../src/openRedis.ts"

let stages = 0

describeRedis("limits over Redis", () => {
  rateLimiterContract(
    "the limiter over Redis",
    Effect.map(scopedRedis(), ({ url }) => ({
      open: Effect.gen(function* () {
        const connection = yield* Effect.acquireRelease(
          Effect.sync(() => connectionTo(url)),
          ({ close }) => Effect.promise(close)
        )
        const redis = yield* guardRedis(connection, {
          prefix: `test-${++stages}`,
          timeoutMillis: 5_000,
          remembersMillis: 1_000
        })
        yield* redis.settled
        let now = Date.now()
        return {
          limiter: makeRedisRateLimiter(redis, 0.5, () => now),
          pass: (millis: number) =>
            Effect.sync(() => {
              now += millis
            })
        }
      })
    }))
  )
})
