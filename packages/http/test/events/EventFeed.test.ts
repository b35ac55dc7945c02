/** The end of a log that several followers share. */
import { type EventLog, LogWatchers, PositionGone } from "@holdfast/core/events"
import { StoreError } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import { type EventFeed, makeEventFeed } from "../../src/events/EventFeed.ts"
import { EventStreams, layerEventStreams } from "../../src/events/EventStreams.ts"
import { ServedContexts } from "../../src/events/ServedContexts.ts"
import { HttpSettings, settingsOf } from "../../src/kit/HttpOptions.ts"
import { eventAt } from "./eventAt.ts"

/** A log that a test lengthens, shortens at its beginning, and closes. */
const growingLog = () => {
  const watchers = new LogWatchers()
  const state = { head: 0, horizon: 0, isClosed: false, reads: 0, life: "" }
  const log = {
    head: Effect.sync(() => state.head),
    watch: watchers.watch,
    read: (after: number, limit: number) =>
      Effect.suspend((): ReturnType<EventLog["read"]> => {
        state.reads++
        if (state.isClosed) {
          return Effect.fail(new StoreError({ reason: "Closed", message: "Holdfast is closed" }))
        }
        if (after < state.horizon) {
          return Effect.fail(new PositionGone({ after, horizon: state.horizon }))
        }
        const count = Math.max(0, Math.min(limit, state.head - after))
        return Effect.succeed(
          Array.from({ length: count }, (_, index) =>
            eventAt(after + index + 1, { eventId: `${after + index + 1}${state.life}` })
          )
        )
      })
  } as unknown as EventLog
  const change = (changed: Partial<typeof state>) =>
    Effect.sync(() => {
      Object.assign(state, changed)
      watchers.wake()
    })
  return { change, log, state }
}

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) =>
  Effect.runPromise(Effect.scoped(effect))

/** The positions that a follower gets until it has one. */
const follow = Effect.fnUntraced(function* (feed: EventFeed, after: number, until: number) {
  const positions: Array<number> = []
  while ((positions.at(-1) ?? after) < until) {
    const events = yield* feed.next(positions.at(-1) ?? after)
    expect(events.length).toBeLessThanOrEqual(100)
    positions.push(...events.map(({ position }) => position))
  }
  return positions
})

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe("a feed", () => {
  it("begins at the end of the log, and gives what comes next to everybody who waits", () =>
    run(
      Effect.gen(function* () {
        const { change, log, state } = growingLog()
        yield* change({ head: 7 })
        const feed = yield* makeEventFeed(log)
        expect(feed.end()).toEqual({ position: 7, eventId: "7" })
        const waiting = yield* Effect.forkScoped(
          Effect.all(
            from(1, 50).map(() => follow(feed, 7, 9)),
            { concurrency: "unbounded" }
          ),
          { startImmediately: true }
        )
        const before = state.reads
        yield* change({ head: 9 })
        const followed = yield* Fiber.join(waiting)
        for (const positions of followed) expect(positions).toEqual([8, 9])
        // One reader read for fifty: the page, and then that there was no other.
        expect(state.reads - before).toBeLessThanOrEqual(3)
      })
    ))

  it("gives the whole log to a follower that is far behind, also one that fell behind", () =>
    run(
      Effect.gen(function* () {
        const { change, log } = growingLog()
        yield* change({ head: 2_500 })
        const feed = yield* makeEventFeed(log)
        expect(yield* follow(feed, 0, 2_500)).toEqual(from(1, 2_500))
        yield* change({ head: 6_000 })
        expect(yield* follow(feed, 2_400, 6_000)).toEqual(from(2_401, 6_000))
      })
    ))

  it("says what was dropped, and to nobody else", () =>
    run(
      Effect.gen(function* () {
        const { change, log } = growingLog()
        yield* change({ head: 5_000 })
        const feed = yield* makeEventFeed(log)
        yield* change({ horizon: 4_500 })
        expect(yield* Effect.flip(feed.next(100))).toMatchObject({ after: 100, horizon: 4_500 })
        expect(yield* follow(feed, 4_900, 5_000)).toEqual(from(4_901, 5_000))
      })
    ))

  it("ends for everybody when the log is closed", () =>
    run(
      Effect.gen(function* () {
        const { change, log } = growingLog()
        const feed = yield* makeEventFeed(log)
        const waiting = yield* Effect.forkScoped(Effect.flip(feed.next(0)), {
          startImmediately: true
        })
        yield* change({ isClosed: true })
        expect(yield* Fiber.join(waiting)).toMatchObject({ reason: "Closed" })
        expect(yield* Effect.flip(feed.next(0))).toMatchObject({ reason: "Closed" })
      })
    ))

  it.each([
    ["before anything came", 7],
    ["after some had come", 9]
  ])("ends for everybody when the log was restored, %s", (_, head) =>
    run(
      Effect.gen(function* () {
        for (const restoredHead of [5, 20]) {
          const { change, log } = growingLog()
          yield* change({ head: 7 })
          const feed = yield* makeEventFeed(log)
          yield* change({ head })
          if (head > 7) expect(yield* follow(feed, 7, head)).toEqual(from(8, head))
          const waiting = yield* Effect.forkScoped(Effect.flip(feed.next(head)), {
            startImmediately: true
          })
          yield* change({ head: restoredHead, life: "again" })
          expect(yield* Fiber.join(waiting)).toMatchObject({
            message: expect.stringContaining("restored to an earlier state")
          })
        }
      })
    )
  )

  it("goes on when its last event was dropped", () =>
    run(
      Effect.gen(function* () {
        const { change, log } = growingLog()
        yield* change({ head: 7 })
        const feed = yield* makeEventFeed(log)
        yield* change({ horizon: 7 })
        yield* change({ head: 9 })
        expect(yield* follow(feed, 7, 9)).toEqual([8, 9])
      })
    ))

  it("is over for old streams alone: one that begins afterwards follows the log as it is", () =>
    run(
      Effect.gen(function* () {
        const { change, log } = growingLog()
        yield* change({ head: 7 })
        const served = { context: "inventory", log, page: Effect.die, ping: Effect.void } as const
        const layer = layerEventStreams.pipe(
          Layer.provide(Layer.succeed(ServedContexts, [served])),
          Layer.provide(Layer.succeed(HttpSettings, settingsOf({})))
        )
        const streams = Context.get(yield* Layer.build(layer), EventStreams).of("inventory")
        // An old stream keeps its feed for as long as its reader does not read.
        const old = yield* streams.feed
        expect(yield* streams.feed).toBe(old)
        const waiting = yield* Effect.forkScoped(Effect.flip(old.next(7)), {
          startImmediately: true
        })
        yield* change({ head: 5, life: "again" })
        yield* Fiber.join(waiting)
        const feed = yield* streams.feed
        expect(feed.end()).toEqual({ position: 5, eventId: "5again" })
        yield* change({ head: 6 })
        expect(yield* follow(feed, 5, 6)).toEqual([6])
      })
    ))
})
