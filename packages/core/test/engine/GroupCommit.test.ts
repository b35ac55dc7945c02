import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as GroupCommit from "../../src/engine/GroupCommit.ts"
import { StoreError } from "../../src/kernel/StoreError.ts"
import { settableDay } from "../steadyTime.ts"
import { bounds, ended, gated, nameless } from "./gatedLanes.ts"

describe("group commit", () => {
  it.effect("commits at once when it is idle", () =>
    Effect.gen(function* () {
      const { batches, gate, submit } = yield* gated()
      yield* gate.open
      expect(yield* submit(0, 1, 1)).toBe("answer 1")
      expect(yield* submit(0, 2, 1)).toBe("answer 2")
      expect(batches).toEqual([[1], [2]])
    })
  )

  it.effect("wakes for who comes at the moment at which it falls asleep, wherever it yields", () =>
    Effect.gen(function* () {
      const hung: Array<number> = []
      for (let opsOfCommit = 0; opsOfCommit < 128; opsOfCommit++) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const submit = yield* Effect.provideService(
              GroupCommit.make<number, string, never>(bounds, nameless, (batch) =>
                Effect.gen(function* () {
                  for (let op = 0; op < opsOfCommit; op++) yield* Effect.suspend(() => Effect.void)
                  return batch.map(() => ended("answer"))
                })
              ),
              References.MaxOpsBeforeYield,
              64
            )
            yield* Effect.yieldNow
            yield* submit(0, 1, 1)
            yield* Effect.yieldNow
            const second = yield* Effect.forkChild(submit(0, 2, 1), { startImmediately: true })
            for (let turn = 0; turn < 20; turn++) yield* Effect.yieldNow
            if (second.pollUnsafe() !== undefined) return
            hung.push(opsOfCommit)
            yield* submit(0, 3, 1)
          })
        )
      }
      expect(hung).toEqual([])
    })
  )

  it.effect(
    "gathers what arrives while a batch commits, within the bounds of count and weight",
    () =>
      Effect.gen(function* () {
        const { arrived, batches, begun, gate } = yield* gated()
        const fibers = [yield* begun(0)]
        yield* arrived
        for (const n of [1, 2, 3, 4, 5, 6]) fibers.push(yield* begun(n))
        for (const [n, weight] of [
          [7, 6],
          [8, 4],
          [9, 1],
          [10, 25],
          [11, 1]
        ] as const) {
          fibers.push(yield* begun(n, weight))
        }
        yield* gate.open
        const answers = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
        expect(answers).toEqual(answers.map((_, n) => `answer ${n}`))
        expect(batches[0]).toEqual([0])
        expect(batches.flat()).toEqual(answers.map((_, n) => n))
        expect(batches).toContainEqual([10])
        for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(5)
      })
  )

  it.effect(
    "withdraws a caller who leaves before the batch is formed, even once it was taken",
    () =>
      Effect.gen(function* () {
        const { arrived, batches, begun, gate, reached } = yield* gated()
        const first = yield* begun(0)
        yield* arrived
        const [heavy, heavier, light] = [yield* begun(1, 9), yield* begun(2, 9), yield* begun(3)]
        yield* gate.release
        yield* Fiber.join(first)
        yield* reached(2)
        expect(batches).toEqual([[0], [1]])
        yield* Fiber.interrupt(heavier)
        yield* gate.open
        yield* Fiber.join(heavy)
        yield* Fiber.join(light)
        expect(batches).toEqual([[0], [1], [3]])
      })
  )

  it.effect("lets a caller leave a batch that is under way, and commits it all the same", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate, submit } = yield* gated()
      const first = yield* begun(0)
      yield* arrived
      yield* Fiber.interrupt(first)
      yield* gate.open
      expect(yield* submit(0, 1, 1)).toBe("answer 1")
      expect(batches).toEqual([[0], [1]])
    })
  )

  it.effect("turns away at once who finds the queue full", () =>
    Effect.gen(function* () {
      const { arrived, begun, gate, submit } = yield* gated({ queueMax: 2 })
      const first = yield* begun(0)
      yield* arrived
      const waiting = [yield* begun(1), yield* begun(2)]
      const refusal = yield* Effect.flip(submit(0, 3, 1))
      expect(refusal).toMatchObject({ reason: "Overloaded", isRetryable: true })
      yield* gate.open
      yield* Fiber.joinAll([first, ...waiting])
      expect(yield* submit(0, 4, 1)).toBe("answer 4")
    })
  )

  it.effect("B16 gives the place of a caller who has left to somebody else", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate, submit } = yield* gated({ queueMax: 2 })
      const first = yield* begun(0)
      yield* arrived
      for (const n of [1, 2, 3, 4, 5, 6]) yield* Fiber.interrupt(yield* begun(n))
      const waiting = [yield* begun(7), yield* begun(8)]
      expect(yield* Effect.flip(submit(0, 9, 1))).toMatchObject({ reason: "Overloaded" })
      yield* gate.open
      yield* Fiber.joinAll([first, ...waiting])
      expect(batches).toEqual([[0], [7, 8]])
    })
  )

  it.effect("turns away who has waited too long, unstarted", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate } = yield* gated()
      const first = yield* begun(0)
      yield* arrived
      const old = yield* begun(1)
      yield* TestClock.adjust(600)
      const young = yield* begun(2)
      yield* TestClock.adjust(401)
      yield* gate.open
      expect(yield* Fiber.join(first)).toBe("answer 0")
      expect(yield* Effect.flip(Fiber.join(old))).toMatchObject({
        reason: "TimedOut",
        isRetryable: true
      })
      expect(yield* Fiber.join(young)).toBe("answer 2")
      expect(batches).toEqual([[0], [2]])
    })
  )

  it.effect("turns nobody away because somebody sets the clock of the day", () =>
    Effect.gen(function* () {
      const { clock, set } = yield* settableDay
      const { arrived, batches, begun, gate } = yield* Effect.provideService(
        gated(),
        Clock.Clock,
        clock
      )
      const first = yield* begun(0)
      yield* arrived
      const second = yield* begun(1)
      set(3_600_000)
      yield* gate.open
      expect(yield* Fiber.join(first)).toBe("answer 0")
      expect(yield* Fiber.join(second)).toBe("answer 1")
      expect(batches).toEqual([[0], [1]])
    })
  )

  it.effect("counts the time behind other batches that were taken together", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate, reached } = yield* gated()
      const first = yield* begun(0)
      yield* arrived
      const [heavy, behind] = [yield* begun(1, 10), yield* begun(2, 10)]
      yield* gate.release
      yield* Fiber.join(first)
      yield* reached(2)
      yield* TestClock.adjust(1_001)
      yield* gate.open
      expect(yield* Fiber.join(heavy)).toBe("answer 1")
      expect(yield* Effect.flip(Fiber.join(behind))).toMatchObject({ reason: "TimedOut" })
      expect(batches).toEqual([[0], [1]])
    })
  )

  it.effect("does not run a request whose caller leaves when another of its requests is late", () =>
    Effect.gen(function* () {
      const { arrived, batches, begun, gate, submit } = yield* gated()
      yield* begun(0)
      yield* arrived
      const second = Effect.andThen(Effect.sleep(500), submit(0, 2, 1))
      const both = yield* Effect.forkChild(
        Effect.all([submit(0, 1, 1), second], { concurrency: "unbounded" })
      )
      const other = yield* Effect.forkChild(Effect.andThen(Effect.sleep(600), submit(0, 3, 1)))
      yield* Effect.yieldNow
      yield* TestClock.adjust(1_200)
      yield* gate.open
      expect(yield* Effect.flip(Fiber.join(both))).toMatchObject({ reason: "TimedOut" })
      expect(yield* Fiber.join(other)).toBe("answer 3")
      expect(batches).toEqual([[0], [3]])
    })
  )

  it.effect("fails all of a batch alike, or dies with it, and lives on", () =>
    Effect.gen(function* () {
      const down = new StoreError({ reason: "Unavailable", message: "down" })
      const submit = yield* GroupCommit.make<number, number, never>(
        bounds,
        nameless,
        ([first = 0]) => {
          if (first === 1) return Effect.fail(down)
          if (first === 2) return Effect.die("broken")
          if (first === 3) throw new Error("thrown")
          if (first === 4) return Effect.succeed([])
          return Effect.succeed([ended(first)])
        }
      )
      expect(yield* Effect.exit(submit(0, 1, 1))).toEqual(Exit.fail(down))
      expect(yield* Effect.exit(submit(0, 2, 1))).toEqual(Exit.die("broken"))
      expect(String(yield* Effect.exit(submit(0, 3, 1)))).toContain("thrown")
      expect(String(yield* Effect.exit(submit(0, 4, 1)))).toContain("unanswered")
      expect(yield* submit(0, 5, 1)).toBe(5)
    })
  )

  it.effect("answers what waits when it closes, lane by lane, and is closed at once", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { arrived, batches, begun, gate, submit } = yield* Scope.provide(
        gated({ lanes: 2, batchMax: 2 }),
        scope
      )
      const fibers = [yield* begun(0, 1, 0)]
      yield* arrived
      for (const n of [1, 2, 3]) fibers.push(yield* begun(n, 1, 0))
      fibers.push(yield* begun(4, 1, 1), yield* begun(5, 1, 1))
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* Effect.yieldNow
      expect(yield* Effect.flip(submit(0, 9, 1))).toMatchObject({ reason: "Closed" })
      yield* gate.open
      yield* Fiber.join(closing)
      const answers = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
      expect(answers).toEqual([0, 1, 2, 3, 4, 5].map((n) => `answer ${n}`))
      expect(batches.flat().sort()).toEqual([0, 1, 2, 3, 4, 5])
      expect(yield* Effect.flip(submit(0, 9, 1))).toMatchObject({ reason: "Closed" })
    })
  )
})
