import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeMemoryRateLimiter } from "../../src/limits/memoryRateLimiter.ts"
import { type Bucket, type RateLimit, takeToken } from "../../src/limits/RateLimiter.ts"

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
  it.effect("holds its count, and says when the next token is there, to the millisecond", () =>
    Effect.gen(function* () {
      const limiter = makeMemoryRateLimiter()
      const first = yield* drain(limiter, seven)
      expect(first).toMatchObject({ taken: 7, remaining: 0, resetMillis: 1_000, retryMillis: 143 })
      yield* TestClock.adjust("142 millis")
      expect(yield* drain(limiter, seven)).toMatchObject({ taken: 0, retryMillis: 1 })
      yield* TestClock.adjust("1 millis")
      expect(yield* drain(limiter, seven)).toMatchObject({ taken: 1 })
    })
  )

  it.effect(
    "gives exactly its count in any window after the first, and never a fraction more",
    () =>
      Effect.gen(function* () {
        const limiter = makeMemoryRateLimiter()
        expect((yield* drain(limiter, seven)).taken).toBe(7)
        let granted = 0
        for (let millis = 0; millis < 60_000; millis += 7) {
          yield* TestClock.adjust("7 millis")
          granted += (yield* drain(limiter, seven)).taken
        }
        // 8,572 steps of 7 ms are 60.004 s.
        expect(granted).toBe(60 * 7)
      })
  )

  it.effect("is full again after a window, and holds no more than that", () =>
    Effect.gen(function* () {
      const limiter = makeMemoryRateLimiter()
      yield* drain(limiter, seven)
      yield* TestClock.adjust("1 hour")
      expect((yield* drain(limiter, seven)).taken).toBe(7)
    })
  )

  it.effect("is one for each key, and for each limit", () =>
    Effect.gen(function* () {
      const limiter = makeMemoryRateLimiter()
      yield* drain(limiter, seven, "a")
      expect((yield* drain(limiter, seven, "b")).taken).toBe(7)
      expect((yield* limiter.take("reads", seven, "a")).isAllowed).toBe(true)
    })
  )

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
