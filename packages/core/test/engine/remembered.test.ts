/** What many ask at once is asked once; what was answered is good for a moment of a clock that nobody sets. */
import { expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as References from "effect/References"
import { rememberedFor } from "../../src/engine.ts"

/** A clock whose time of day and whose monotonic time are set apart. */
const setClock = () => {
  const state = { millis: 1_000_000, nanos: 0n }
  const clock = Effect.map(
    Clock.Clock,
    (usual): Clock.Clock =>
      Object.assign(Object.create(usual), {
        currentTimeMillisUnsafe: () => state.millis,
        monotonicTimeNanosUnsafe: () => state.nanos
      })
  )
  return { state, clock }
}

it.effect("asks once for those who come together, and for those who come soon after", () =>
  Effect.gen(function* () {
    let asked = 0
    const answered = yield* Deferred.make<number>()
    const work = rememberedFor(
      Effect.suspend(() => {
        asked += 1
        return Deferred.await(answered)
      }),
      500
    )
    const { clock, state } = setClock()
    const ask = Effect.provideService(work, Clock.Clock, yield* clock)
    const first = yield* Effect.forkChild(ask, { startImmediately: true })
    const others = yield* Effect.forEach(Array.from({ length: 50 }), () =>
      Effect.forkChild(ask, { startImmediately: true })
    )
    // Who asked first is gone, and the others are answered all the same.
    yield* Fiber.interrupt(first)
    yield* Deferred.succeed(answered, 7)
    expect(yield* Effect.forEach(others, Fiber.join)).toEqual(Array(50).fill(7))
    expect(asked).toBe(1)
    state.nanos = 499_000_000n
    yield* ask
    expect(asked).toBe(1)
    state.nanos = 501_000_000n
    yield* ask
    expect(asked).toBe(2)
  })
)

it.effect("asks once also when the first asker has to let others go on at any moment", () =>
  Effect.gen(function* () {
    let asked = 0
    const work = rememberedFor(
      Effect.suspend(() => {
        asked += 1
        return Effect.as(Effect.yieldNow, asked)
      }),
      500
    )
    const ask = Effect.provideService(work, References.MaxOpsBeforeYield, 3)
    const askers = yield* Effect.forEach(Array.from({ length: 10 }), () => Effect.forkChild(ask))
    expect(yield* Effect.forEach(askers, Fiber.join)).toEqual(Array(10).fill(1))
    expect(asked).toBe(1)
  })
)

it.effect("asks again when the clock of the machine was set back for an hour", () =>
  Effect.gen(function* () {
    let asked = 0
    const work = rememberedFor(
      Effect.suspend(() => {
        asked += 1
        return Effect.fail("away")
      }),
      500
    )
    const { clock, state } = setClock()
    const ask = Effect.provideService(Effect.flip(work), Clock.Clock, yield* clock)
    expect([yield* ask, yield* ask, asked]).toEqual(["away", "away", 1])
    state.millis -= 3_600_000
    state.nanos += 600_000_000n
    yield* ask
    expect(asked).toBe(2)
  })
)
