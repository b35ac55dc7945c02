/**
 * What a batch sheds: each request is answered when its own transaction has ended, and waits only
 * for what it wants itself.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as GroupCommit from "../../../src/engine/GroupCommit.ts"
import type { StoreError } from "../../../src/kernel/StoreError.ts"

/** A request for things, of one order or of none. */
interface Wanted {
  readonly name: string
  readonly wants: ReadonlyArray<string>
  readonly order?: string
}

type End = GroupCommit.End<Wanted, string, never, { readonly name: string }>

const ended = (request: Wanted): End => ({ _tag: "Ended", exit: Exit.succeed(request.name) })

const namesOf = (batch: ReadonlyArray<Wanted>) => batch.map(({ name }) => name).join(" ")

const ordersOf = ({ order }: Wanted) => (order === undefined ? [] : [`order ${order}`])

const requestNames: GroupCommit.RequestNames<Wanted> = {
  claims: ordersOf,
  touches: (request) => [...request.wants, ...ordersOf(request)]
}

const options: GroupCommit.GroupCommitOptions = {
  lanes: 1,
  waiters: 4,
  queueMax: 100,
  batchMax: 10,
  weightMax: 100,
  waitMillisMax: 1_000
}

const lanesOver = Effect.fnUntraced(function* (
  commit: GroupCommit.Commit<Wanted, string, never, { readonly name: string }>
) {
  const submit = yield* GroupCommit.make(options, requestNames, commit)
  /** Submits all at the same moment, so that they are one batch. */
  const together = (...requests: ReadonlyArray<Wanted>) =>
    Effect.tap(
      Effect.forEach(requests, (request) =>
        Effect.forkChild(submit(0, request, 1), { startImmediately: true })
      ),
      () => settled
    )
  return { submit, together }
})

/** Lets every fiber run as far as it can. */
const settled = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })

const hasEnded = <A, E>(fiber: Fiber.Fiber<A, E>) => fiber.pollUnsafe() !== undefined

/**
 * Lanes over a store in which others hold some things locked. A batch sheds the requests that want
 * one of them, and waits for its obstacle if it has one.
 */
const overLocks = Effect.gen(function* () {
  const locks = new Map<string, Latch.Latch>()
  const batches: Array<string> = []
  const lanes = yield* lanesOver((batch, awaited) =>
    Effect.gen(function* () {
      batches.push(awaited == null ? namesOf(batch) : `${awaited.name}: ${namesOf(batch)}`)
      yield* locks.get(awaited?.name ?? "")?.await ?? Effect.yieldNow
      return batch.map((request): End => {
        const name = request.wants.find((thing) => locks.has(thing))
        return name === undefined ? ended(request) : { _tag: "Waits", obstacle: { name } }
      })
    })
  )
  const lock = (...things: ReadonlyArray<string>) =>
    Effect.forEach(things, (thing) => Effect.map(Latch.make(), (it) => locks.set(thing, it)))
  const unlock = (thing: string) =>
    Effect.suspend(() => {
      const latch = locks.get(thing)
      locks.delete(thing)
      return Effect.andThen(latch === undefined ? Effect.void : latch.open, settled)
    })
  return { ...lanes, batches, lock, unlock }
})

describe("what others hold locked", () => {
  it.effect("B7 delays only the commands of a batch that want it", () =>
    Effect.gen(function* () {
      const { batches, lock, together, unlock } = yield* overLocks
      yield* lock("tea")
      const requests = Array.from({ length: 10 }, (_, n) => ({
        name: `r${n}`,
        wants: [n === 4 ? "tea" : `sku-${n}`]
      }))
      const fibers = yield* together(...requests)
      expect(fibers.map(hasEnded)).toEqual(requests.map((_, n) => n !== 4))
      expect(batches).toEqual(["r0 r1 r2 r3 r4 r5 r6 r7 r8 r9", "tea: r4"])
      yield* unlock("tea")
      expect(yield* Fiber.joinAll(fibers)).toEqual(requests.map(({ name }) => name))
    })
  )

  it.effect("B7 keeps behind it only requests for the same thing or of the same order", () =>
    Effect.gen(function* () {
      const { batches, lock, together, unlock } = yield* overLocks
      yield* lock("tea")
      const [first] = yield* together({ name: "first", wants: ["tea", "cup"], order: "1" })
      const later = yield* together(
        { name: "same", wants: ["tea"] },
        { name: "order", wants: ["pot"], order: "1" },
        { name: "cup", wants: ["cup"] },
        { name: "pot", wants: ["pot"], order: "2" }
      )
      expect(later.map(hasEnded)).toEqual([false, false, true, true])
      expect(batches).toEqual(["first", "tea: first", "cup pot"])
      yield* unlock("tea")
      yield* Fiber.joinAll([...(first === undefined ? [] : [first]), ...later])
      expect(batches.slice(3)).toEqual(["same order"])
    })
  )

  it.effect("B7 is waited for by one group for each thing; a request for two waits for both", () =>
    Effect.gen(function* () {
      const { batches, lock, together, unlock } = yield* overLocks
      yield* lock("tea", "cup")
      const [tea, cup, both, pot] = yield* together(
        { name: "tea", wants: ["tea"] },
        { name: "cup", wants: ["cup"] },
        { name: "both", wants: ["tea", "cup"] },
        { name: "pot", wants: ["pot"] }
      )
      const all = () => [tea, cup, both, pot].map((it) => it !== undefined && hasEnded(it))
      expect(all()).toEqual([false, false, false, true])
      yield* unlock("tea")
      expect(all()).toEqual([true, false, false, true])
      yield* unlock("cup")
      expect(all()).toEqual([true, true, true, true])
      expect(batches).toEqual([
        "tea cup both pot",
        // Two groups: what is free now goes at once, and here that is nothing.
        "tea cup both",
        "tea: tea both",
        "cup: cup",
        "both"
      ])
    })
  )

  it.effect("B7 lets a waiting caller leave", () =>
    Effect.gen(function* () {
      const { batches, lock, together, unlock } = yield* overLocks
      yield* lock("tea")
      yield* together({ name: "first", wants: ["tea"] })
      const later = yield* together(
        { name: "leaver", wants: ["tea"] },
        { name: "b", wants: ["tea"] }
      )
      yield* Effect.forEach(later.slice(0, 1), Fiber.interrupt)
      yield* unlock("tea")
      expect(batches).toEqual(["first", "tea: first", "b"])
    })
  )

  it.effect("B7 counts the time of waiting for it", () =>
    Effect.gen(function* () {
      const { lock, together, unlock } = yield* overLocks
      yield* lock("tea")
      const [first] = yield* together({ name: "first", wants: ["tea"] })
      yield* TestClock.adjust(600)
      const [old] = yield* together({ name: "old", wants: ["tea"] })
      yield* TestClock.adjust(600)
      const [young] = yield* together({ name: "young", wants: ["tea"] })
      yield* TestClock.adjust(600)
      yield* unlock("tea")
      if (first === undefined || old === undefined || young === undefined) throw new Error("none")
      expect(yield* Fiber.join(first)).toBe("first")
      expect(yield* Effect.flip(Fiber.join(old))).toMatchObject({ reason: "TimedOut" })
      expect(yield* Fiber.join(young)).toBe("young")
    })
  )

  it.effect(
    "B7 is waited for until the time of the first is up, and on by those who came later",
    () =>
      Effect.gen(function* () {
        const untils: Array<number> = []
        const fibersEnded: Array<number> = []
        const lanes = yield* lanesOver((batch, awaited, untilMillis = 0) =>
          Effect.gen(function* () {
            if (awaited == null) {
              return batch.map((): End => ({ _tag: "Waits", obstacle: { name: "tea" } }))
            }
            untils.push(untilMillis)
            yield* Effect.sleep(untilMillis - (yield* Clock.currentTimeMillis) + 1)
            return batch.map((): End => ({ _tag: "Waits", obstacle: awaited }))
          })
        )
        const fibers: Array<Fiber.Fiber<string, StoreError>> = []
        for (const name of ["first", "second", "third"]) {
          fibers.push(...(yield* lanes.together({ name, wants: ["tea"] })))
          yield* TestClock.adjust(300)
        }
        for (const millis of [101, 300, 300]) {
          yield* Effect.andThen(TestClock.adjust(millis), settled)
          fibersEnded.push(fibers.filter(hasEnded).length)
        }
        expect(fibersEnded).toEqual([1, 2, 3])
        for (const fiber of fibers) {
          expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ reason: "TimedOut" })
        }
        // The second group is of two.
        expect(untils).toEqual([1_000, 1_300, 1_600])
      })
  )

  it.effect("B7 keeps its order when another thing that it waited for is free", () =>
    Effect.gen(function* () {
      const { batches, lock, together, unlock } = yield* overLocks
      yield* lock("tea", "cup")
      yield* together({ name: "cup", wants: ["cup"], order: "1" })
      yield* together({ name: "tea", wants: ["tea"], order: "2" })
      const fibers = yield* together({ name: "reserve", wants: ["tea"], order: "1" })
      yield* unlock("cup")
      fibers.push(...(yield* together({ name: "release", wants: [], order: "1" })))
      expect(fibers.map(hasEnded)).toEqual([false, false])
      yield* unlock("tea")
      expect(fibers.map(hasEnded)).toEqual([true, true])
      expect(batches.join(" | ").indexOf("release")).toBeGreaterThan(
        batches.join(" | ").lastIndexOf("reserve")
      )
    })
  )

  it.effect("B7 does not end a lane at a request whose names cannot be read", () =>
    Effect.gen(function* () {
      const { lock, together, unlock } = yield* overLocks
      yield* lock("tea")
      yield* together({ name: "first", wants: ["tea"] })
      const unreadable = { name: "unreadable", wants: [], order: Symbol("none") as never }
      const later = yield* together(unreadable, { name: "later", wants: [] })
      expect(later.map(hasEnded)).toEqual([true, true])
      yield* unlock("tea")
    })
  )

  it.effect("B7 is waited for when the engine closes meanwhile", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { lock, submit, together, unlock } = yield* Scope.provide(overLocks, scope)
      yield* lock("tea", "cup")
      const fibers = yield* together({ name: "first", wants: ["tea", "cup"] })
      fibers.push(...(yield* together({ name: "behind", wants: ["tea"] })))
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* settled
      expect(hasEnded(closing)).toBe(false)
      const late = submit(0, { name: "late", wants: [] }, 1)
      expect(yield* Effect.flip(late)).toMatchObject({ reason: "Closed" })
      yield* unlock("tea")
      expect(hasEnded(closing)).toBe(false)
      yield* unlock("cup")
      yield* Fiber.join(closing)
      expect(yield* Fiber.joinAll(fibers)).toEqual(["first", "behind"])
    })
  )
})

describe("rounds and halves", () => {
  /** Lanes over a store in which every transaction waits until the test lets it go. */
  const stepwise = (endOf: (request: Wanted, batch: ReadonlyArray<Wanted>) => End) =>
    Effect.gen(function* () {
      const gate = yield* Latch.make()
      const batches: Array<string> = []
      const lanes = yield* lanesOver((batch) =>
        Effect.gen(function* () {
          batches.push(namesOf(batch))
          yield* gate.await
          return batch.map((request) => endOf(request, batch))
        })
      )
      yield* Effect.addFinalizer(() => gate.open)
      return { ...lanes, batches, open: gate.open, step: Effect.andThen(gate.release, settled) }
    })

  it.effect("B6 answer a neighbour at once; a request that goes again is first in the lane", () =>
    Effect.gen(function* () {
      let rounds = 0
      const { batches, open, step, together } = yield* stepwise((request) =>
        request.name === "big" && rounds++ < 2 ? { _tag: "Again", request } : ended(request)
      )
      const [big, small] = yield* together({ name: "big", wants: [] }, { name: "small", wants: [] })
      yield* together({ name: "next", wants: [] })
      yield* step
      if (big === undefined || small === undefined) throw new Error("none")
      expect([hasEnded(big), hasEnded(small)]).toEqual([false, true])
      yield* open
      expect(yield* Fiber.join(big)).toBe("big")
      expect(batches).toEqual(["big small", "big next", "big"])
    })
  )

  it.effect("B6 count from the first deadline of a request", () =>
    Effect.gen(function* () {
      const { batches, step, together } = yield* stepwise((request) => ({ _tag: "Again", request }))
      const [big] = yield* together({ name: "big", wants: [] })
      yield* TestClock.adjust(600)
      yield* step
      yield* TestClock.adjust(600)
      yield* step
      if (big === undefined) throw new Error("none")
      expect(yield* Effect.flip(Fiber.join(big))).toMatchObject({ reason: "TimedOut" })
      expect(batches).toEqual(["big", "big"])
    })
  )

  it.effect("B6 answer the first half while the second is under way", () =>
    Effect.gen(function* () {
      const { batches, open, step, together } = yield* stepwise((request, batch) =>
        batch.length > 2 ? { _tag: "Apart" } : ended(request)
      )
      const fibers = yield* together(
        ...["a", "b", "c", "d"].map((name) => ({ name, wants: [] as ReadonlyArray<string> }))
      )
      yield* step
      yield* step
      expect(batches).toEqual(["a b c d", "a b", "c d"])
      expect(fibers.map(hasEnded)).toEqual([true, true, false, false])
      yield* open
      expect(yield* Fiber.joinAll(fibers)).toEqual(["a", "b", "c", "d"])
    })
  )
})
