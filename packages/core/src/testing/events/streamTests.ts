/** The log of a store as a Stream: to its end, or for as long as somebody follows it. */
import { expect } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { KeptEvent } from "../../events/EventLog.ts"
import { logEvents, logPages } from "../../events/logStream.ts"
import { EventId } from "../../kernel/Identifier.ts"
import type { LogIt } from "./cursorTests.ts"
import { LogSubject } from "./LogSubject.ts"

const positionsOf = (events: ReadonlyArray<KeptEvent>) => events.map(({ position }) => position)

/** What stands in the log after a position. */
const after = (position: number) =>
  Effect.flatMap(LogSubject, ({ log }) => Stream.runCollect(logEvents(log, { after: position })))

/** Declares what a stream gives over the log of any store. */
export const streamTests = (it: LogIt): void => {
  it.effect("a stream ends at the end of the log, with its events in order, by pages", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const aggregateId = fresh("streamed")
      yield* append(aggregateId, 1)
      const head = yield* log.head
      yield* append(aggregateId, 7)
      const events = yield* after(head)
      expect(events).toHaveLength(7)
      expect(events.every((event) => event.aggregateId === aggregateId)).toBe(true)
      const versions = events.map(({ version }) => version)
      expect(versions).toEqual(versions.map((_, index) => (versions[0] ?? 0) + index))
      for (const [size, sizes] of [
        [3, [3, 3, 1]],
        [7, [7]],
        [100, [7]]
      ] as const) {
        const pages = yield* Stream.runCollect(logPages(log, { after: head, size }))
        expect(pages.map((page) => page.length)).toEqual(sizes)
        expect(pages.flatMap(positionsOf)).toEqual(positionsOf(events))
      }
      expect(yield* after(events.at(-1)?.position ?? 0)).toEqual([])
    })
  )

  it.effect("a stream that follows waits for what comes, and ends when nobody pulls", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      const aggregateId = fresh("followed")
      yield* append(aggregateId, 1)
      const head = yield* log.head
      const first = Deferred.makeUnsafe<void>()
      const fiber = yield* Effect.forkChild(
        logEvents(log, { after: head, follow: true, size: 2 }).pipe(
          Stream.tap(() => Deferred.succeed(first, undefined)),
          Stream.take(5),
          Stream.runCollect
        )
      )
      yield* append(aggregateId, 1)
      yield* Deferred.await(first)
      yield* append(aggregateId, 4)
      const events = yield* Fiber.join(fiber)
      expect(positionsOf(events)).toEqual(positionsOf(yield* after(head)))
      expect(events).toHaveLength(5)
    })
  )

  it.effect("a stream fails when the log is another one than it has read", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      yield* append(fresh("restored"), 4)
      const head = yield* log.head
      let isRestored = false
      const read = (position: number, limit: number) =>
        Effect.map(log.read(position, limit), (page) =>
          isRestored
            ? page.map((event) => ({ ...event, eventId: EventId.make(crypto.randomUUID()) }))
            : page
        )
      const seen: Array<KeptEvent> = []
      const error = yield* logPages({ read, watch: log.watch }, { after: head - 4, size: 2 }).pipe(
        Stream.runForEach((page) =>
          Effect.sync(() => {
            seen.push(...page)
            isRestored = true
          })
        ),
        Effect.flip
      )
      expect(seen).toHaveLength(2)
      expect(error).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
      expect(error.message).toContain("restored")
    })
  )
}
