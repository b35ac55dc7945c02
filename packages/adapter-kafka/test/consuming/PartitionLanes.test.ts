/** The lanes of a member: what is finished, what is given back, and what is never skipped. */
import { expect, it } from "@effect/vitest"
import { HandleError } from "@holdfast/core/events"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Committed, FetchedBatch } from "../../src/clients/KafkaConsumerClient.ts"
import { makePartitionLanes } from "../../src/consuming/PartitionLanes.ts"

const batch = (partition: number, from: number, count: number): FetchedBatch => ({
  topic: "t",
  partition,
  from,
  next: from + count,
  end: from + count,
  messages: Array.from({ length: count }, (_, n) => ({
    offset: from + n,
    key: null,
    value: null,
    headers: {}
  }))
})

const places = (...partitions: ReadonlyArray<number>) =>
  partitions.map((partition) => ({ topic: "t", partition }))

/** Lanes whose handlers end when the test says so. */
const world = Effect.gen(function* () {
  const run = Effect.runForkWith(yield* Effect.context<never>())
  const begun: Array<string> = []
  const ended: Array<string> = []
  const marks: Array<Committed> = []
  const jumps: Array<readonly [number, number]> = []
  const gates = new Map<string, Deferred.Deferred<void, HandleError>>()
  const gateOf = (name: string) => {
    const gate = gates.get(name) ?? Deferred.makeUnsafe<void, HandleError>()
    gates.set(name, gate)
    return gate
  }
  let settles = 0
  const lanes = makePartitionLanes({
    handling: {
      handle: ({ partition }, { offset }) => {
        const name = `${partition}/${offset}`
        begun.push(name)
        return Effect.onExit(Deferred.await(gateOf(name)), () =>
          Effect.sync(() => void ended.push(name))
        )
      },
      triesMax: 10,
      handleTimeoutMillis: 60_000,
      deadLetters: { write: () => Effect.never },
      adviceOf: () => "nobody takes it"
    },
    mark: (mark) => void marks.push(mark),
    settle: Effect.sync(() => void settles++),
    graceMillis: 10_000,
    deadLettered: Effect.void,
    onJump: (_, from, to) => void jumps.push([from, to]),
    fork: (effect) => run(effect)
  })
  return {
    lanes,
    begun,
    ended,
    marks,
    jumps,
    settles: () => settles,
    succeed: (name: string) => Deferred.succeed(gateOf(name), undefined),
    fail: (name: string) =>
      Effect.andThen(
        Deferred.fail(gateOf(name), new HandleError({ message: "not now", isRetryable: true })),
        Effect.sync(() => void gates.delete(name))
      )
  }
})

const turn = Effect.promise(() => new Promise<void>((done) => setImmediate(done)))

const giveBack = (lanes: { readonly giveBack: Effect.Effect<void> }) =>
  Effect.forkChild(lanes.giveBack, { startImmediately: true })

it.effect("finish the message in hand before they give the rest back", () =>
  Effect.gen(function* () {
    const { begun, lanes, marks, succeed } = yield* world
    lanes.assigned(places(0, 1))
    void lanes.received(batch(0, 5, 3))
    void lanes.received(batch(1, 0, 2))
    const giving = yield* giveBack(lanes)
    yield* turn
    expect(giving.pollUnsafe()).toBeUndefined()
    yield* succeed("0/5")
    yield* succeed("1/0")
    yield* Fiber.join(giving)
    expect(begun).toEqual(["0/5", "1/0"])
    expect(marks).toEqual([
      { topic: "t", partition: 0, offset: 6 },
      { topic: "t", partition: 1, offset: 1 }
    ])
    // Nothing is taken before partitions are assigned again, and then what was given back comes.
    expect(lanes.received(batch(0, 6, 2))).toBe(false)
    lanes.assigned(places(0))
    void lanes.received(batch(0, 6, 2))
    yield* turn
    expect(begun.at(-1)).toBe("0/6")
    expect(lanes.received(batch(1, 1, 1))).toBe(false)
  })
)

it.effect("give a message back whose handler takes too long, and never mark it", () =>
  Effect.gen(function* () {
    const { ended, lanes, marks, succeed } = yield* world
    lanes.assigned(places(0))
    void lanes.received(batch(0, 0, 2))
    const giving = yield* giveBack(lanes)
    yield* turn
    expect(ended).toEqual([])
    yield* TestClock.adjust("10 seconds")
    yield* Fiber.join(giving)
    expect(ended).toEqual(["0/0"])
    yield* succeed("0/0")
    yield* turn
    expect(marks).toEqual([])
  })
)

it.effect("give a message back at once that waits for its next try", () =>
  Effect.gen(function* () {
    const { begun, fail, lanes, marks } = yield* world
    lanes.assigned(places(0))
    void lanes.received(batch(0, 0, 2))
    yield* fail("0/0")
    yield* turn
    expect(lanes.partitions()).toMatchObject([{ held: 2, problem: "not now" }])
    yield* lanes.giveBack
    expect(begun).toEqual(["0/0"])
    expect(marks).toEqual([])
  })
)

it.effect("begin no other try of a message that fails while they give back", () =>
  Effect.gen(function* () {
    const { begun, fail, lanes, marks } = yield* world
    lanes.assigned(places(0))
    void lanes.received(batch(0, 0, 2))
    const giving = yield* giveBack(lanes)
    yield* fail("0/0")
    yield* Fiber.join(giving)
    expect(begun).toEqual(["0/0"])
    expect(marks).toEqual([])
  })
)

it.effect("try a message again after a pause, while others go on", () =>
  Effect.gen(function* () {
    const { begun, fail, lanes, succeed } = yield* world
    lanes.assigned(places(0, 1))
    void lanes.received(batch(0, 0, 1))
    yield* fail("0/0")
    void lanes.received(batch(1, 0, 1))
    yield* succeed("1/0")
    yield* turn
    expect(lanes.partitions()).toMatchObject([
      { partition: 0, lag: 1, problem: "not now" },
      { partition: 1, lag: 0, problem: null }
    ])
    yield* TestClock.adjust("200 millis")
    yield* turn
    expect(begun).toEqual(["0/0", "1/0", "0/0"])
    yield* succeed("0/0")
    yield* turn
    expect(lanes.partitions()).toMatchObject([{ lag: 0, held: 0, problem: null }, {}])
  })
)

it.effect("take no batch that leaves something out, and say so", () =>
  Effect.gen(function* () {
    const { jumps, lanes, marks, succeed } = yield* world
    lanes.assigned(places(0))
    void lanes.received(batch(0, 0, 1))
    yield* succeed("0/0")
    yield* turn
    // Marks of transactions only, from 1 to 4: nothing is left out.
    lanes.passed({ topic: "t", partition: 0 }, 1, 4)
    expect(marks.at(-1)).toEqual({ topic: "t", partition: 0, offset: 4 })
    lanes.passed({ topic: "t", partition: 0 }, 7, 9)
    expect(lanes.received(batch(0, 9, 1))).toBe(false)
    expect(jumps).toEqual([[4, 9]])
    expect(lanes.received(batch(0, 4, 1))).toBe(false)
  })
)

it.effect("commit before they are more than 100 messages ahead", () =>
  Effect.gen(function* () {
    const { lanes, marks, settles, succeed } = yield* world
    lanes.assigned(places(0))
    for (let offset = 0; offset < 250; offset++) yield* succeed(`0/${offset}`)
    void lanes.received(batch(0, 0, 250))
    while (marks.length < 251) yield* turn
    expect(settles()).toBe(2)
  })
)

it.effect("remember where a partition begins that nobody has read, and commit that", () =>
  Effect.gen(function* () {
    const { lanes, marks } = yield* world
    lanes.assigned(places(0, 1))
    expect(lanes.partitions()).toMatchObject([{ lag: null }, { lag: null }])
    lanes.learn([
      { topic: "t", partition: 0, first: 0, end: 8, committed: null, start: 8 },
      { topic: "t", partition: 1, first: 0, end: 8, committed: 3, start: 8 }
    ])
    expect(lanes.partitions()).toMatchObject([{ lag: 0 }, { lag: 5 }])
    expect(marks).toEqual([{ topic: "t", partition: 0, offset: 8 }])
  })
)
