/**
 * The contract of `RateLimiter`: one suite of vitest tests that every limiter runs. Pass it and a limit
 * grants what it says, to the millisecond, and never a fraction more.
 */
import { expect, it as vitest } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { RateLimit, RateLimiter } from "../../access/RateLimiter.ts"

/** A limiter without any buckets, and its clock. */
export interface LimiterStage {
  readonly limiter: RateLimiter
  /** Moves the clock of the limiter by so much, in milliseconds: back, when it is negative. */
  readonly pass: (millis: number) => Effect.Effect<void>
}

/** Gives each test a limiter of its own. */
export interface LimiterStages {
  readonly open: Effect.Effect<LimiterStage, never, Scope.Scope>
}

const Stages = Context.Service<LimiterStages>("@holdfast/core/testing/LimiterStages")

const seven: RateLimit = { count: 7, windowMillis: 1_000 }

/** The largest limit there is: its numbers have 13 digits. */
const largest: RateLimit = { count: 1_000_000, windowMillis: 3_600_000 }

/** Takes until it is refused; how many were allowed. */
const drain = (limiter: RateLimiter, limit: RateLimit, key = "a") =>
  Effect.gen(function* () {
    for (let taken = 0; ; taken++) {
      const decision = yield* limiter.take("writes", limit, key)
      if (!decision.isAllowed) return { taken, ...decision }
    }
  })

type OnStage = (
  sentence: string,
  test: (stage: LimiterStage) => Effect.Effect<void, never, Scope.Scope>
) => void

const buckets = (onStage: OnStage): void => {
  onStage("holds its count, and says when the next token is there", ({ limiter, pass }) =>
    Effect.gen(function* () {
      const first = yield* drain(limiter, seven)
      expect(first).toMatchObject({ taken: 7, remaining: 0, resetMillis: 1_000, retryMillis: 143 })
      yield* pass(142)
      expect(yield* drain(limiter, seven)).toMatchObject({ taken: 0, retryMillis: 1 })
      yield* pass(1)
      expect(yield* drain(limiter, seven)).toMatchObject({ taken: 1 })
    })
  )

  onStage("says how many may still come", ({ limiter }) =>
    Effect.gen(function* () {
      const decision = yield* limiter.take("writes", seven, "a")
      expect(decision).toEqual({ isAllowed: true, remaining: 6, resetMillis: 143, retryMillis: 0 })
      const many = yield* limiter.take("reads", largest, "a")
      expect(many).toEqual({ isAllowed: true, remaining: 999_999, resetMillis: 4, retryMillis: 0 })
    })
  )

  onStage("gives exactly its count in any window after the first", ({ limiter, pass }) =>
    Effect.gen(function* () {
      expect((yield* drain(limiter, seven)).taken).toBe(7)
      let granted = 0
      for (let millis = 0; millis < 10_000; millis += 7) {
        yield* pass(7)
        granted += (yield* drain(limiter, seven)).taken
      }
      // 1,429 steps of 7 ms are 10.003 s.
      expect(granted).toBe(10 * 7)
    })
  )

  onStage("is full again after a window, and holds no more than that", ({ limiter, pass }) =>
    Effect.gen(function* () {
      yield* drain(limiter, seven)
      yield* pass(3_600_000)
      expect((yield* drain(limiter, seven)).taken).toBe(7)
    })
  )

  onStage("gives nothing twice when the clock is set back", ({ limiter, pass }) =>
    Effect.gen(function* () {
      expect((yield* drain(limiter, seven)).taken).toBe(7)
      yield* pass(-10_000)
      expect((yield* drain(limiter, seven)).taken).toBe(0)
      yield* pass(10_142)
      expect((yield* drain(limiter, seven)).taken).toBe(0)
      yield* pass(1)
      expect((yield* drain(limiter, seven)).taken).toBe(1)
    })
  )
}

const sharing = (onStage: OnStage): void => {
  onStage("has a bucket for each key, and for each limit", ({ limiter }) =>
    Effect.gen(function* () {
      yield* drain(limiter, seven, "a")
      expect((yield* drain(limiter, seven, "b")).taken).toBe(7)
      expect((yield* limiter.take("reads", seven, "a")).isAllowed).toBe(true)
    })
  )

  onStage("grants its count to very many who ask at once", ({ limiter }) =>
    Effect.gen(function* () {
      const asks = Array.from({ length: 400 }, () => limiter.take("writes", seven, "a"))
      const decisions = yield* Effect.all(asks, { concurrency: "unbounded" })
      expect(decisions.filter(({ isAllowed }) => isAllowed).length).toBe(7)
    })
  )

  onStage("takes any text as a key", ({ limiter }) =>
    Effect.gen(function* () {
      const keys = [" ", "a b", "a{b}c", "USER:ключ", "🧵", "2001:db8:0:1", "x".repeat(10_000)]
      for (const key of keys) {
        expect((yield* limiter.take("writes", seven, key)).remaining).toBe(6)
      }
    })
  )
}

/** Declares the suite. `stages` is opened once; each test opens a limiter of its own with it. */
export const rateLimiterContract = <E>(
  name: string,
  stages: Effect.Effect<LimiterStages, E, Scope.Scope>
): void => {
  const opening = { timeout: "120 seconds", excludeTestServices: true } as const
  vitest.layer(Layer.effect(Stages, stages), opening)(
    `${name} keeps the contract of limits`,
    (it) => {
      const onStage: OnStage = (sentence, test) =>
        it.effect(
          sentence,
          () => Effect.scoped(Effect.flatMap(Stages, ({ open }) => Effect.flatMap(open, test))),
          120_000
        )
      buckets(onStage)
      sharing(onStage)
    }
  )
}
