/**
 * Any order of fills, writes, invalidations and expiry, in a model of the store and its log: nothing that is
 * read is older than the bound, and no older value comes after a newer one that was there before.
 *
 * A load and a delivery of an event each take a time of their own, and the log may stop for longer than a copy
 * lives. What is read at an instant must have been true at some instant since the bound began: the
 * life of a copy, or, while the log is followed, the time by which it is late.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { RequestMinVersions } from "../../src/caching/MinVersions.ts"
import { beginGeneration } from "../../src/caching/reading/Generations.ts"
import { randomOf } from "./randomOf.ts"
import { World } from "./readingWorld.ts"

const runs = 400
const stepsOfRun = 250
const livesMillis = 1_000
const loadMillisMax = 200
const lagMillisMax = 300

interface Written {
  readonly version: number
  readonly at: number
}

/** What happened in all runs, so that the test shows that it has met what it is about. */
class Tally {
  steps = 0
  reads = 0
  hits = 0
  writes = 0
  invalidations = 0
  expired = 0
  stopped = 0
  oldGiven = 0
  raced = 0
  demanded = 0
  ended = 0
}

const things = ["a", "b", "c"]

/** One run: a number of steps, in the order that the seed says. */
const run = (seed: number, tally: Tally) =>
  Effect.gen(function* () {
    const random = randomOf(seed)
    const world = new World()
    const read = yield* world.reads({ productsMillis: livesMillis })
    const history = new Map<string, Array<Written>>(things.map((id) => [id, []]))
    const newest = new Map<string, number>()
    let now = 0
    let isStopped = false
    let stoppedAt = 0
    let overdue: Array<() => Effect.Effect<unknown>> = []
    const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
    const fork = <A, E>(work: Effect.Effect<A, E>) =>
      Effect.map(Effect.forkChild(work, { startImmediately: true }), (fiber) => {
        fibers.push(fiber)
      })

    const write = (id: string) =>
      Effect.gen(function* () {
        tally.writes += 1
        const { version } = world.write(id)
        history.get(id)?.push({ version, at: now })
        const deliver = () => {
          tally.invalidations += 1
          return Effect.orDie(world.cache.invalidate([{ key: world.keyOf(id), version }]))
        }
        // A subscriber handles events in their order, each some time after it was written.
        const late = Effect.andThen(
          Effect.sleep(random(lagMillisMax) + 1),
          Effect.suspend(() => {
            if (!isStopped) return deliver()
            overdue.push(deliver)
            return Effect.void
          })
        )
        yield* fork(late)
      })

    /** The versions that may be given at an instant to who began to ask at another. */
    const oldestAllowed = (id: string, askedAt: number): number => {
      const sinceStop = isStopped ? now - stoppedAt : 0
      const bound = Math.min(livesMillis, lagMillisMax + sinceStop) + loadMillisMax
      const written = history.get(id) ?? []
      const before = written.filter(({ at }) => at <= askedAt - bound)
      return before.at(-1)?.version ?? 0
    }

    const ask = (id: string) =>
      Effect.gen(function* () {
        const askedAt = now
        const current = world.things.get(id)?.version ?? 0
        const wants = random(4) === 0 && current > 0
        const demanded = wants ? new Map([[`product:${id}`, current]]) : new Map<string, number>()
        world.slow = Effect.sleep(random(loadMillisMax))
        const loadsBefore = world.loads.length
        const [found] = yield* Effect.provideService(read([id]), RequestMinVersions, demanded)
        const version = found?.version ?? 0
        tally.reads += 1
        if (world.loads.length === loadsBefore) tally.hits += 1
        if (version < (world.things.get(id)?.version ?? 0)) tally.oldGiven += 1
        expect(version).toBeGreaterThanOrEqual(oldestAllowed(id, askedAt))
        if (wants) {
          tally.demanded += 1
          expect(version).toBeGreaterThanOrEqual(current)
        }
      })

    /** The cache itself never goes back while a copy or an invalidation is remembered. */
    const look = Effect.gen(function* () {
      for (const id of things) {
        const [copy] = yield* world.cache.get([world.keyOf(id)])
        if (copy === undefined) {
          tally.expired += 1
          continue
        }
        if (copy.value !== null) {
          expect(copy.version).toBeGreaterThanOrEqual(newest.get(id) ?? 0)
          newest.set(id, copy.version)
        }
        expect(copy.ageMillis).toBeLessThanOrEqual(livesMillis)
      }
    })

    for (let step = 0; step < stepsOfRun; step++) {
      tally.steps += 1
      const id = things[random(things.length)] ?? "a"
      const kind = random(20)
      if (kind < 6) yield* write(id)
      else if (kind < 14) {
        if (world.under > 0) tally.raced += 1
        yield* fork(ask(id))
      } else if (kind < 18) {
        const millis = random(150) + 1
        now += millis
        yield* TestClock.adjust(millis)
        yield* look
      } else if (kind === 18) {
        now += livesMillis
        yield* TestClock.adjust(livesMillis)
      } else if (isStopped) {
        isStopped = false
        for (const deliver of overdue) yield* deliver()
        overdue = []
      } else {
        isStopped = true
        stoppedAt = now
        tally.stopped += 1
      }
      if (random(60) === 0) {
        tally.ended += 1
        yield* Effect.orDie(beginGeneration(world.cache, "test:generation:catalog", step + 1))
      }
    }
    now += 10_000
    yield* TestClock.adjust(10_000)
    for (const fiber of fibers) yield* Fiber.join(fiber)
  })

it.effect(
  "gives nothing older than the bound, and nothing older after something newer",
  () =>
    Effect.gen(function* () {
      const seed = Number(process.env["SEED"] ?? 20_261_126)
      const tally = new Tally()
      for (let n = 0; n < runs; n++) {
        yield* Effect.scoped(run(seed + n, tally)).pipe(
          Effect.tapCause(() => Effect.logError(`SEED=${seed + n}`))
        )
      }
      console.log(`seed ${seed}: ${JSON.stringify(tally)}`)
      expect(tally.steps).toBe(100_000)
      expect(tally.reads).toBeGreaterThan(35_000)
      expect(tally.hits).toBeGreaterThan(5_000)
      expect(tally.writes).toBeGreaterThan(25_000)
      expect(tally.invalidations).toBeGreaterThan(20_000)
      for (const least of [tally.expired, tally.stopped, tally.oldGiven, tally.raced]) {
        expect(least).toBeGreaterThan(1_000)
      }
      expect(tally.demanded).toBeGreaterThan(5_000)
      expect(tally.ended).toBeGreaterThan(1_000)
    }),
  240_000
)
