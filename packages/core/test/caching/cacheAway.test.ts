/** A cache that does not answer, and processes that share one. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { noted } from "../../src/caching/CacheNotes.ts"
import { makeMemoryCache } from "../../src/caching/memoryCache.ts"
import { World } from "./readingWorld.ts"

it.effect(
  "reads the store while the cache is away, so many reads at a time, and says so once",
  () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(({ message }) => {
        lines.push(String(Array.isArray(message) ? message[0] : message))
      })
      const world = new World()
      const ids = Array.from({ length: 40 }, (_, n) => `thing-${n}`)
      for (const id of ids) world.write(id)
      const read = yield* world.reads({ storeReadsMax: 3 })
      world.isAway = true
      world.slow = Effect.sleep(100)
      const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.provide(effect, Logger.layer([logger]))
      const reading = yield* Effect.forkChild(
        logged(Effect.forEach([...ids, ...ids], (id) => read([id]), { concurrency: "unbounded" })),
        { startImmediately: true }
      )
      yield* TestClock.adjust(5_000)
      const found = yield* Fiber.join(reading)
      expect(found.flat().length).toBe(80)
      // Those who want the same wait for one read, also now.
      expect(world.loads.length).toBe(40)
      expect(world.underMax).toBe(3)
      expect(lines).toEqual(["the cache does not answer, so reads go to the store"])
      world.isAway = false
      world.slow = Effect.void
      yield* logged(read(["thing-0"]))
      expect((yield* noted(read(["thing-0"])))[1].outcome).toBe("hit")
      expect(lines[1]).toBe("the cache answers again")
      expect(world.meter.counts.product.bypassed).toBe(80)
    })
)

it.effect("loads once for all processes that share a cache", () =>
  Effect.gen(function* () {
    const world = new World(makeMemoryCache())
    world.isShared = true
    world.write("hot")
    const processes = yield* Effect.forEach(Array.from({ length: 5 }), () => world.reads())
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const readers = yield* Effect.forEach(processes, (read) =>
      Effect.forkChild(noted(read(["hot"])), { startImmediately: true })
    )
    yield* TestClock.adjust(100)
    expect(world.loads.length).toBe(1)
    yield* Deferred.succeed(gate, undefined)
    yield* TestClock.adjust(100)
    const answers = yield* Effect.forEach(readers, (reader) => Fiber.join(reader))
    expect(answers.map(([[thing]]) => thing?.text)).toEqual(Array(5).fill("hot@1"))
    expect(answers.map(([, { outcome }]) => outcome).sort()).toEqual([
      "hit",
      "hit",
      "hit",
      "hit",
      "miss"
    ])
    expect(world.loads.length).toBe(1)
  })
)

it.effect("loads by itself when the other process takes too long", () =>
  Effect.gen(function* () {
    const world = new World(makeMemoryCache())
    world.isShared = true
    world.write("hot")
    const [one, two] = [yield* world.reads(), yield* world.reads({ waitMillis: 300 })]
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const first = yield* Effect.forkChild(one(["hot"]), { startImmediately: true })
    yield* TestClock.adjust(10)
    const second = yield* Effect.forkChild(two(["hot"]), { startImmediately: true })
    yield* TestClock.adjust(290)
    expect(world.loads.length).toBe(1)
    world.slow = Effect.void
    yield* TestClock.adjust(60)
    expect((yield* Fiber.join(second))[0]?.text).toBe("hot@1")
    expect(world.loads.length).toBe(2)
    yield* Deferred.succeed(gate, undefined)
    expect((yield* Fiber.join(first))[0]?.text).toBe("hot@1")
  })
)

it.effect(
  "takes the copy past its life that is there, in place of waiting for another process",
  () =>
    Effect.gen(function* () {
      const world = new World(makeMemoryCache())
      world.isShared = true
      world.write("hot")
      const settings = { productsMillis: 1_000, staleMillis: 60_000 }
      const [one, two] = [yield* world.reads(settings), yield* world.reads(settings)]
      yield* one(["hot"])
      yield* TestClock.adjust(1_000)
      const gate = yield* Deferred.make<void>()
      world.slow = Deferred.await(gate)
      const first = yield* Effect.forkChild(one(["hot"]), { startImmediately: true })
      yield* TestClock.adjust(1)
      const [found, notes] = yield* noted(two(["hot"]))
      expect([found[0]?.text, notes.outcome]).toEqual(["hot@1", "stale"])
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(first)
      expect(world.loads.length).toBe(2)
    })
)
