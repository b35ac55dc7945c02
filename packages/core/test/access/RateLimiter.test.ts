import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeMemoryRateLimiter } from "../../src/access/memoryRateLimiter.ts"
import { type Bucket, type RateLimit, takeToken } from "../../src/access/RateLimiter.ts"
import { settableDay } from "../steadyTime.ts"

const seven: RateLimit = { count: 7, windowMillis: 1_000 }

/** Takes until it is refused; how many were allowed. */
const drain = (limiter: ReturnType<typeof makeMemoryRateLimiter>, limit: RateLimit, key = "a") =>
  Effect.gen(function* () {
    for (let taken = 0; ; taken++) {
      const decision = yield* limiter.take("writes", limit, key)
      if (!decision.isAllowed) return { taken, ...decision }
    }
  })

describe("a bucket", () => {
  it("gives nothing twice when the clock is set back", () => {
    let bucket: Bucket | undefined
    const take = (now: number) => {
      const [decision, next] = takeToken(bucket, seven, now)
      bucket = next
      return decision.isAllowed
    }
    expect(Array.from({ length: 8 }, () => take(10_000))).toEqual([...Array(7).fill(true), false])
    expect(take(0)).toBe(false)
    expect(take(10_142)).toBe(false)
    expect(take(10_143)).toBe(true)
  })
})

it.effect("a limit grants what it says when somebody sets the clock of the day", () =>
  Effect.gen(function* () {
    const { clock, set } = yield* settableDay
    const limiter = makeMemoryRateLimiter()
    const drained = Effect.provideService(drain(limiter, seven), Clock.Clock, clock)
    expect((yield* drained).taken).toBe(7)
    for (const apart of [-3_600_000, 3_600_000]) {
      set(apart)
      expect(yield* drained).toMatchObject({ taken: 0, retryMillis: 143 })
      yield* TestClock.adjust(1_000)
      expect((yield* drained).taken).toBe(7)
    }
  })
)

describe("the memory of a limiter", () => {
  it.effect("forgets a bucket that nobody touched for two windows", () =>
    Effect.gen(function* () {
      const limiter = makeMemoryRateLimiter()
      for (let n = 0; n < 1_000; n++) yield* limiter.take("writes", seven, `key-${n}`)
      expect(limiter.size()).toBe(1_000)
      yield* TestClock.adjust("1 seconds")
      yield* limiter.take("writes", seven, "late")
      yield* TestClock.adjust("1 seconds")
      yield* limiter.take("writes", seven, "late")
      expect(limiter.size()).toBe(1)
    })
  )

  it.effect("keeps a bucket that is in use through every turn", () =>
    Effect.gen(function* () {
      const limiter = makeMemoryRateLimiter()
      let granted = (yield* drain(limiter, seven)).taken
      for (let turn = 0; turn < 50; turn++) {
        yield* TestClock.adjust("100 millis")
        granted += (yield* drain(limiter, seven)).taken
      }
      expect(granted).toBe(7 + 35)
    })
  )

  it.effect(
    "has room for so many keys; those beyond share one bucket, and gain nothing by it",
    () =>
      Effect.gen(function* () {
        const limiter = makeMemoryRateLimiter(100)
        for (let n = 0; n < 100; n++) yield* limiter.take("writes", seven, `key-${n}`)
        let granted = 0
        for (let n = 100; n < 10_000; n++) {
          granted += (yield* limiter.take("writes", seven, `key-${n}`)).isAllowed ? 1 : 0
        }
        expect(granted).toBe(7)
        expect(limiter.size()).toBe(101)
        // Who was there before is served on.
        expect((yield* drain(limiter, seven, "key-5")).taken).toBe(6)
      })
  )
})
