/** The contract of limits, on the limiter in memory, with a clock that moves when a test says so. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeMemoryRateLimiter } from "../../src/access/memoryRateLimiter.ts"
import { rateLimiterContract } from "../../src/testing/limits/rateLimiterContract.ts"

rateLimiterContract(
  "the limiter in memory",
  Effect.succeed({
    open: Effect.gen(function* () {
      const clock = yield* TestClock.make()
      const made = makeMemoryRateLimiter()
      // A clock that can be set back stands beside the one of tests, which cannot.
      let shiftMillis = 0
      const shifted: Clock.Clock = {
        ...clock,
        monotonicTimeNanosUnsafe: () =>
          clock.monotonicTimeNanosUnsafe() + BigInt(shiftMillis) * 1_000_000n
      }
      return {
        limiter: {
          take: (name, limit, key) =>
            Effect.provideService(made.take(name, limit, key), Clock.Clock, shifted)
        },
        pass: (millis) =>
          Effect.sync(() => {
            shiftMillis += millis
          })
      }
    })
  })
)
