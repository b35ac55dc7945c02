/** Counts that are written many at once: when, how often, and what becomes of them when they cannot be. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { type DayCount, makeDayCounts } from "../../src/engine/methods/DayCounts.ts"
import { StoreError } from "../../src/kernel/StoreError.ts"

const down = new StoreError({ reason: "Unavailable", message: "down" })

/** Counts into a list of writes; `isDown` says whether a write fails. */
const counting = Effect.fnUntraced(function* (idsMax?: number) {
  const writes: Array<ReadonlyArray<DayCount>> = []
  const about = { isDown: false, tries: 0, during: () => undefined as void }
  const scope = yield* Scope.make()
  const counts = yield* Scope.provide(
    makeDayCounts(
      (rows) =>
        Effect.suspend(() => {
          about.tries += 1
          about.during()
          if (about.isDown) return Effect.fail(down)
          writes.push(rows)
          return Effect.void
        }),
      { whenFailing: "counts cannot be written", countMax: 5, everyMillis: 1_000, idsMax }
    ),
    scope
  )
  // The writer waits for its first count.
  yield* TestClock.adjust(0)
  const close = Scope.close(scope, Exit.void)
  const written = () => writes.flat().reduce((sum, { count }) => sum + count, 0)
  return { about, close, counts, writes, written }
})

describe("counts by day", () => {
  it.effect("are written once a while, summed by day and id", () =>
    Effect.gen(function* () {
      const { counts, writes } = yield* counting()
      yield* TestClock.setTime(Date.parse("2026-03-01T23:59:59.500Z"))
      counts.add("b", 2)
      counts.add("a", 1)
      counts.add("b", 3)
      yield* TestClock.adjust(600)
      expect(writes).toEqual([])
      expect(counts.read()).toEqual({ counted: 3, waiting: 3, leftOut: 0 })
      counts.add("a")
      yield* TestClock.adjust(400)
      expect(writes).toEqual([
        [
          { day: "2026-03-01", id: "a", count: 1, units: 1 },
          { day: "2026-03-01", id: "b", count: 2, units: 5 },
          { day: "2026-03-02", id: "a", count: 1, units: 0 }
        ]
      ])
      expect(counts.read()).toEqual({ counted: 4, waiting: 0, leftOut: 0 })
      yield* TestClock.adjust(60_000)
      expect(writes.length).toBe(1)
    })
  )

  it.effect("are written at once when many wait", () =>
    Effect.gen(function* () {
      const { counts, written } = yield* counting()
      for (let n = 0; n < 5; n++) counts.add("a")
      yield* TestClock.adjust(0)
      expect(written()).toBe(5)
    })
  )

  it.effect("are written when the scope closes", () =>
    Effect.gen(function* () {
      const { close, counts, written } = yield* counting()
      counts.add("a")
      yield* close
      expect(written()).toBe(1)
    })
  )

  it.effect("wait while they cannot be written, and none is lost or written twice", () =>
    Effect.gen(function* () {
      const { about, counts, written } = yield* counting()
      about.isDown = true
      for (let n = 0; n < 7; n++) counts.add(`id-${n % 2}`)
      yield* TestClock.adjust(10_000)
      expect(about.tries).toBeGreaterThan(1)
      // It is not tried for each count.
      expect(about.tries).toBeLessThan(12)
      expect(counts.read().waiting).toBe(7)
      about.isDown = false
      yield* TestClock.adjust(3_000)
      expect(written()).toBe(7)
      expect(counts.read().waiting).toBe(0)
    })
  )

  it.effect("keep a bounded number of ids, and say how many were left out", () =>
    Effect.gen(function* () {
      const { about, counts, written } = yield* counting(2)
      about.isDown = true
      for (const id of ["a", "b", "c", "a", "d"]) counts.add(id)
      expect(counts.read()).toEqual({ counted: 5, waiting: 3, leftOut: 2 })
      about.isDown = false
      yield* TestClock.adjust(3_000)
      expect(written()).toBe(3)
    })
  )

  it.effect("keep no more ids than that however often a write fails while others come", () =>
    Effect.gen(function* () {
      const { about, counts, written } = yield* counting(2)
      about.isDown = true
      let made = 0
      about.during = () => {
        counts.add(`id-${made++}`)
        counts.add(`id-${made++}`)
      }
      about.during()
      yield* TestClock.adjust(10_000)
      expect(about.tries).toBeGreaterThan(2)
      expect(counts.read()).toEqual({ counted: made, waiting: 2, leftOut: made - 2 })
      about.during = () => undefined
      about.isDown = false
      yield* TestClock.adjust(3_000)
      expect(written()).toBe(2)
    })
  )
})
