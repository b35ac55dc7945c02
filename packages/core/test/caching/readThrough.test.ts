/** Reads through a cache: what is loaded, what is not, and what is never given. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { noted } from "../../src/caching/CacheNotes.ts"
import { RequestIsCurrent, RequestMinVersions } from "../../src/caching/MinVersions.ts"
import { StoreError } from "../../src/kernel/StoreError.ts"
import { World } from "./readingWorld.ts"

const hour = 3_600_000

it.effect("loads what is missing in one read, and gives the rest from the cache", () =>
  Effect.gen(function* () {
    const world = new World()
    for (const id of ["a", "b", "c"]) world.write(id)
    const read = yield* world.reads()
    yield* read(["a", "b"])
    const [found, notes] = yield* noted(read(["c", "a", "b", "a", "nobody"]))
    expect(found.map(({ text }) => text).sort()).toEqual(["a@1", "b@1", "c@1"])
    expect(world.loads).toEqual([
      ["a", "b"],
      ["c", "nobody"]
    ])
    expect(notes.outcome).toBe("miss")
    const [, again] = yield* noted(read(["a", "nobody"]))
    expect(world.loads.length).toBe(2)
    expect(again.outcome).toBe("hit")
    expect(world.meter.counts.product).toMatchObject({ hits: 3, misses: 4, unknown: 1 })
  })
)

it.effect("loads once for 500 who ask for one copy whose life is over", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("hot")
    const read = yield* world.reads({ productsMillis: 1_000 })
    yield* read(["hot"])
    yield* TestClock.adjust(1_001)
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const readers = yield* Effect.forEach(Array.from({ length: 500 }), () =>
      Effect.forkChild(read(["hot"]), { startImmediately: true })
    )
    yield* Deferred.succeed(gate, undefined)
    const answers = yield* Effect.forEach(readers, (reader) => Fiber.join(reader))
    expect(answers.every(([thing]) => thing?.text === "hot@1")).toBe(true)
    expect(world.loads.length).toBe(2)
    expect(world.meter.counts.product.joined).toBe(499)
  })
)

it.effect("goes on loading for the others when the reader who began is gone", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const first = yield* Effect.forkChild(read(["a"]), { startImmediately: true })
    const second = yield* Effect.forkChild(read(["a"]), { startImmediately: true })
    yield* Fiber.interrupt(first)
    yield* Deferred.succeed(gate, undefined)
    expect((yield* Fiber.join(second)).map(({ text }) => text)).toEqual(["a@1"])
    expect(world.loads.length).toBe(1)
  })
)

it.effect("fails for all who wait when the store fails, and tries again for the next", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    world.slow = Effect.fail(new StoreError({ reason: "Unavailable", message: "gone" }))
    const errors = yield* Effect.all([Effect.flip(read(["a"])), Effect.flip(read(["a"]))], {
      concurrency: 2
    })
    expect(errors.map(({ reason }) => reason)).toEqual(["Unavailable", "Unavailable"])
    world.slow = Effect.void
    expect((yield* read(["a"])).length).toBe(1)
  })
)

it.effect("keeps no copy beyond its life, nor beyond the instant by which its answer changes", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("plain")
    world.write("lapsing", { changesInMillis: 3_000 })
    const read = yield* world.reads({ productsMillis: 10_000 })
    yield* read(["plain", "lapsing"])
    yield* TestClock.adjust(2_999)
    const [, before] = yield* noted(read(["lapsing"]))
    expect([before.outcome, before.leftMillis]).toEqual(["hit", 1])
    yield* TestClock.adjust(1)
    const [, after] = yield* noted(read(["lapsing"]))
    expect(after.outcome).toBe("miss")
    yield* TestClock.adjust(7_000)
    const [, over] = yield* noted(read(["plain"]))
    expect(over.outcome).toBe("miss")
  })
)

it.effect("takes the time of the read off the life of a copy", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a", { changesInMillis: 3_000 })
    world.slow = Effect.sleep(2_500)
    const read = yield* world.reads()
    const reading = yield* Effect.forkChild(read(["a"]), { startImmediately: true })
    yield* TestClock.adjust(2_500)
    yield* Fiber.join(reading)
    const [, notes] = yield* noted(read(["a"]))
    expect(notes.leftMillis).toBe(500)
  })
)

it.effect("keeps for a short while that an id is unknown", () =>
  Effect.gen(function* () {
    const world = new World()
    const read = yield* world.reads({ unknownMillis: 2_000 })
    yield* read(["new"])
    world.write("new")
    expect(yield* read(["new"])).toEqual([])
    yield* world.cache.invalidate([{ key: world.keyOf("new"), version: 1 }])
    expect((yield* read(["new"])).length).toBe(1)
    yield* read(["late"])
    world.write("late")
    yield* TestClock.adjust(2_000)
    expect((yield* read(["late"])).length).toBe(1)
  })
)

it.effect("goes past a copy that is older than the version that is demanded", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    yield* read(["a"])
    world.write("a")
    const demanding = (version: number) =>
      Effect.provideService(read(["a"]), RequestMinVersions, new Map([["product:a", version]]))
    expect((yield* read(["a"]))[0]?.version).toBe(1)
    expect((yield* demanding(1))[0]?.version).toBe(1)
    expect(world.loads.length).toBe(1)
    expect((yield* demanding(2))[0]?.version).toBe(2)
    // What was read for one who demanded it is there for the others.
    expect((yield* read(["a"]))[0]?.version).toBe(2)
    expect(world.loads.length).toBe(2)
    expect(world.meter.counts.product.tooOld).toBe(1)
    // A version that nobody has made is answered by the store, each time.
    expect((yield* demanding(99))[0]?.version).toBe(2)
    expect(world.loads.length).toBe(3)
  })
)

it.effect("does not join a read of the store that began before its demand", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const early = yield* Effect.forkChild(read(["a"]), { startImmediately: true })
    yield* Effect.yieldNow
    world.write("a")
    const late = yield* Effect.forkChild(
      Effect.provideService(read(["a"]), RequestMinVersions, new Map([["product:a", 2]])),
      { startImmediately: true }
    )
    yield* Deferred.succeed(gate, undefined)
    expect((yield* Fiber.join(early))[0]?.version).toBe(1)
    expect((yield* Fiber.join(late))[0]?.version).toBe(2)
    // The older of the two does not come to stand over the newer.
    expect((yield* read(["a"]))[0]?.version).toBe(2)
    expect(world.loads.length).toBe(2)
  })
)

it.effect("asks the store for those who want what there is now", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    yield* read(["a"])
    world.write("a")
    const [found, notes] = yield* noted(Effect.provideService(read(["a"]), RequestIsCurrent, true))
    expect([found[0]?.version, notes.outcome]).toEqual([2, "miss"])
  })
)

it.effect("keeps nothing while no log is followed, and nothing with a life of 0", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    world.isFollowed = false
    const read = yield* world.reads()
    yield* read(["a"])
    yield* read(["a"])
    world.isFollowed = true
    const off = yield* world.reads({ productsMillis: 0 })
    yield* off(["a"])
    const [, notes] = yield* noted(off(["a"]))
    expect(notes.outcome).toBeUndefined()
    expect(world.loads.length).toBe(4)
    expect(yield* world.cache.get([world.keyOf("a")])).toEqual([undefined])
  })
)

it.effect("gives a copy past its life to the others while one loads, where that is asked for", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads({ productsMillis: 1_000, staleMillis: hour })
    yield* read(["a"])
    yield* TestClock.adjust(1_000)
    world.write("a")
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const first = yield* Effect.forkChild(noted(read(["a"])), { startImmediately: true })
    const [old, notes] = yield* noted(read(["a"]))
    expect([old[0]?.version, notes.outcome]).toEqual([1, "stale"])
    yield* Deferred.succeed(gate, undefined)
    const [fresh, own] = yield* Fiber.join(first)
    expect([fresh[0]?.version, own.outcome]).toEqual([2, "miss"])
    expect(world.meter.counts.product.stale).toBe(1)
  })
)

const broken = [
  "no word before it",
  "",
  "{",
  JSON.stringify({ id: "a" }),
  JSON.stringify({ id: "a", version: "1", text: "x", changesInMillis: null }),
  "null"
]

it.effect("reads again what cannot be read, counts it, and puts a good copy in its place", () =>
  Effect.gen(function* () {
    for (const text of broken) {
      const world = new World()
      world.write("a")
      const read = yield* world.reads()
      yield* read(["a"])
      const [generation] = yield* world.cache.get(["test:generation:catalog"])
      const value = text.includes("word") ? text : `${generation?.value} ${text}`
      const fill = { key: world.keyOf("a"), version: 1, value, livesMillis: hour, staleMillis: 0 }
      yield* world.cache.put([fill])
      const [found, notes] = yield* noted(read(["a"]))
      expect([found[0]?.text, notes.outcome]).toEqual(["a@1", "miss"])
      expect(world.meter.counts.product.undecodable).toBe(text.includes("word") ? 0 : 1)
      expect((yield* noted(read(["a"])))[1].outcome).toBe("hit")
    }
  })
)

it.effect("gives no copy of a generation that is over", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    yield* read(["a"])
    const key = "test:generation:catalog"
    yield* world.cache.invalidate([{ key, version: 7 }])
    yield* world.cache.put([
      { key, version: 7, value: "another", livesMillis: hour, staleMillis: 0 }
    ])
    world.things.set("a", { id: "a", version: 1, text: "moved", changesInMillis: null })
    expect((yield* read(["a"]))[0]?.text).toBe("moved")
    expect((yield* read(["a"]))[0]?.text).toBe("moved")
    expect(world.loads.length).toBe(2)
  })
)

it.effect("does not let the wall clock end or lengthen the life of a copy", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads({ productsMillis: 10_000 })
    yield* read(["a"])
    const realNow = Date.now
    try {
      for (const jump of [-hour * 24 * 365, hour * 24 * 365]) {
        Date.now = () => realNow() + jump
        const [, notes] = yield* noted(read(["a"]))
        expect([notes.outcome, notes.ageMillis]).toEqual(["hit", 0])
      }
    } finally {
      Date.now = realNow
    }
    yield* TestClock.adjust(10_000)
    expect((yield* noted(read(["a"])))[1].outcome).toBe("miss")
  })
)

it.effect("joins no read that began long ago: what it has read may be old by now", () =>
  Effect.gen(function* () {
    const world = new World()
    world.write("a")
    const read = yield* world.reads()
    const gate = yield* Deferred.make<void>()
    world.slow = Deferred.await(gate)
    const slow = yield* Effect.forkChild(read(["a"]), { startImmediately: true })
    while (world.loads.length === 0) yield* Effect.yieldNow
    const { version } = world.write("a")
    yield* world.cache.invalidate([{ key: world.keyOf("a"), version }])
    world.slow = Effect.void
    yield* TestClock.adjust(999)
    const joined = yield* Effect.forkChild(read(["a"]), { startImmediately: true })
    yield* TestClock.adjust(1)
    expect((yield* read(["a"])).map(({ text }) => text)).toEqual(["a@2"])
    yield* Deferred.succeed(gate, undefined)
    for (const reader of [slow, joined]) {
      expect((yield* Fiber.join(reader)).map(({ text }) => text)).toEqual(["a@1"])
    }
    // What landed late took nobody's place.
    expect((yield* read(["a"])).map(({ text }) => text)).toEqual(["a@2"])
    expect(world.loads.length).toBe(2)
  })
)
