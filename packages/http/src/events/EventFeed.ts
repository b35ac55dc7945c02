/**
 * The end of a log, read once for everybody who follows it in this process. It keeps the newest
 * events. A follower that is further behind reads the log by itself until it has caught up.
 */
import { type EventLog, endOfLog, type KeptEvent, type PositionGone } from "@holdfast/core/events"
import { StoreError } from "@holdfast/core/inventory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { eventText, type Place } from "./serverSentEvents.ts"

/** An event as it is streamed, made once for all streams. */
export interface FedEvent {
  readonly position: number
  readonly eventType: string
  readonly aggregateId: string
  readonly text: string
  readonly event: KeptEvent
}

/** The end of a log, as it grows. */
export interface EventFeed {
  /** The last position that was read, and the event there. */
  readonly end: () => Place
  /**
   * The next events after a position, as soon as there are any. It fails when some of them were
   * dropped, and when the log was closed or restored to an earlier state.
   */
  readonly next: (
    after: number
  ) => Effect.Effect<ReadonlyArray<FedEvent>, PositionGone | StoreError>
}

/** The newest events that are kept. */
const keptMax = 1_000

/** The most events that one follower is given at once: a slow one holds no more than these. */
const givenMax = 100

/** How often the log is read when nobody says that it has grown, or after a failure. */
const pollMillis = 1_000

const toFed = (event: KeptEvent): FedEvent => ({
  position: event.position,
  eventType: event.eventType,
  aggregateId: event.aggregateId,
  text: eventText(event),
  event
})

/** Tries again until the store answers. Only a store that was closed never will. */
const untilAnswered = <A>(
  effect: Effect.Effect<A, PositionGone | StoreError>
): Effect.Effect<A, PositionGone | StoreError> =>
  Effect.catchTag(effect, "StoreError", (error) =>
    error.reason === "Closed"
      ? Effect.fail(error)
      : Effect.andThen(
          Effect.sleep(pollMillis),
          Effect.suspend(() => untilAnswered(effect))
        )
  )

const restored = new StoreError({
  reason: "Unavailable",
  message: "the log was restored to an earlier state; begin again"
})

/** The event at a position; undefined when it was dropped, or when there is none. */
export const eventAt = (log: EventLog, position: number) =>
  position === 0
    ? Effect.succeed(undefined)
    : log.read(position - 1, 1).pipe(
        Effect.map(([first]) => (first?.position === position ? first : undefined)),
        Effect.catchTag("PositionGone", () => Effect.succeed(undefined))
      )

/**
 * Reads the end of a log until the scope closes. A feed that is over fails for everybody who follows
 * it; before that, `whenOver` runs.
 */
export const makeEventFeed = Effect.fnUntraced(function* (
  log: EventLog,
  whenOver: Effect.Effect<void> = Effect.void
): Effect.fn.Return<EventFeed, PositionGone | StoreError, Scope.Scope> {
  const appended = yield* log.watch
  /** The events after `begin`, up to `end`. */
  let kept: ReadonlyArray<FedEvent> = []
  let begin = yield* endOfLog(log)
  let end = begin
  /** The event at the end: a log that has another one there, or none, was restored. */
  let witness = yield* eventAt(log, end)
  let grown = Deferred.makeUnsafe<void, StoreError>()

  const add = (events: ReadonlyArray<KeptEvent>) => {
    const all = [...kept, ...events.map(toFed)]
    const dropped = all.slice(0, Math.max(0, all.length - keptMax))
    kept = all.slice(dropped.length)
    begin = dropped.at(-1)?.position ?? begin
    end = kept.at(-1)?.position ?? end
    witness = events.at(-1)
    const waited = grown
    grown = Deferred.makeUnsafe()
    Deferred.doneUnsafe(waited, Effect.void)
  }
  const readPage = Effect.suspend(() => {
    if (witness === undefined) return untilAnswered(log.read(end, keptMax))
    const { eventId } = witness
    return Effect.flatMap(untilAnswered(log.read(end - 1, keptMax + 1)), ([first, ...events]) =>
      first?.eventId === eventId ? Effect.succeed(events) : Effect.fail(restored)
    )
  })
  const readOn = readPage.pipe(
    // Nobody has read these events. Followers that are before them notice it by themselves.
    Effect.catchTag("PositionGone", ({ horizon }) =>
      Effect.sync(() => {
        kept = []
        begin = horizon
        end = horizon
        witness = undefined
        return []
      })
    )
  )
  const reading = Effect.forever(
    Effect.flatMap(readOn, (events) =>
      events.length === 0
        ? Effect.timeoutOption(appended, pollMillis)
        : Effect.sync(() => add(events))
    )
  )
  yield* Effect.forkScoped(
    Effect.catch(reading, (over) =>
      Effect.andThen(
        whenOver,
        Effect.sync(() => Deferred.doneUnsafe(grown, Effect.fail(over)))
      )
    )
  )

  const behind = (after: number) =>
    Effect.map(untilAnswered(log.read(after, givenMax)), (events) => events.map(toFed))
  const next: EventFeed["next"] = (after) =>
    Effect.suspend(() => {
      const wait = Deferred.await(grown)
      if (after < begin) {
        return Effect.flatMap(behind(after), (events) =>
          events.length > 0
            ? Effect.succeed(events)
            : Effect.andThen(Effect.timeoutOption(wait, pollMillis), next(after))
        )
      }
      const found = kept.filter(({ position }) => position > after).slice(0, givenMax)
      return found.length > 0 ? Effect.succeed(found) : Effect.andThen(wait, next(after))
    })
  return { end: () => ({ position: end, eventId: witness?.eventId }), next }
})
