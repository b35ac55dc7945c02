import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { makePace, skimming } from "../../src/events/relay/skimming.ts"

/** Whether a rest that begins now is over after so many milliseconds, and not one before. */
const restsFor = (rest: Effect.Effect<void>, millis: number) =>
  Effect.gen(function* () {
    const resting = yield* Effect.forkChild(rest, { startImmediately: true })
    yield* TestClock.adjust(millis - 1)
    expect(resting.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust(1)
    yield* Fiber.join(resting)
  })

const busyFor = (millis: number) => Effect.sleep(millis)

const worked = (part: Effect.Effect<void>, millis: number) =>
  Effect.gen(function* () {
    const working = yield* Effect.forkChild(part, { startImmediately: true })
    yield* TestClock.adjust(millis)
    yield* Fiber.join(working)
  })

it.effect("rests for twenty times as long as all parts of a round took, and at most a second", () =>
  Effect.gen(function* () {
    const pace = makePace()
    yield* pace.rest
    yield* worked(pace.work(busyFor(10)), 10)
    yield* worked(pace.work(busyFor(5)), 5)
    yield* restsFor(pace.rest, 300)
    yield* pace.rest
    yield* worked(pace.work(busyFor(90)), 90)
    yield* restsFor(pace.rest, 1_000)
  })
)

it.effect("skims large pages at a pace, and gives small ones whole and at once", () =>
  Effect.gen(function* () {
    const asked: Array<string> = []
    const page = (what: string) => (after: number, limit: number) =>
      Effect.sync(() => {
        asked.push(`${what} ${after} ${limit}`)
        return []
      })
    const pace = makePace()
    const leftOut = { types: [], exceptOf: Effect.succeed(null) }
    const log = skimming({ read: page("read"), skim: page("skim") }, { pace, size: 1_000, leftOut })
    yield* log.read(7, 1)
    yield* log.read(7, 1_000)
    yield* log.read(7, 1_001)
    const plain = skimming({ read: page("read") }, { pace, size: 1_000, leftOut })
    yield* plain.read(7, 1_000)
    expect(asked).toEqual(["read 7 1", "skim 7 100000", "skim 7 100000", "read 7 1000"])
    yield* worked(pace.work(busyFor(20)), 20)
    yield* log.read(8, 1)
    yield* restsFor(Effect.asVoid(log.read(8, 1_000)), 400)
  })
)
