/** A log in memory that grows, and a destination that fails as the test has it. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { AnyEvent, KeptEvent } from "../../src/events/EventLog.ts"
import type { EventPublisher, PublishError } from "../../src/events/EventPublisher.ts"
import { makeEventRelay, type RelayOptions } from "../../src/events/relay/EventRelay.ts"
import { unchecked } from "../../src/kernel/Identifier.ts"
import { makeMemoryEventLog } from "../../src/memory/engine/MemoryEventLog.ts"

/** The id of an event. */
export const eventId = (text: string) => unchecked.eventId.make(text)

/** An event like any other. */
export const eventOf = (n: number): AnyEvent => ({
  eventId: eventId(`e${n}`),
  eventType: "test.counted",
  aggregateId: `a${n % 3}`,
  aggregateType: "TEST",
  version: Math.floor(n / 3) + 1,
  timestamp: DateTime.makeUnsafe(n),
  commandId: unchecked.commandId.make(`c${n}`),
  correlationId: null,
  traceparent: null,
  payload: { n }
})

/** A log that grows, and a destination that keeps what it takes. */
export const world = () => {
  const events: Array<AnyEvent> = []
  const { appended, log } = makeMemoryEventLog("tests", events)
  const grow = (count: number) =>
    Effect.sync(() => {
      for (let n = 0; n < count; n++) events.push(eventOf(events.length + 1))
      appended()
    })
  const taken: Array<string> = []
  const sizes: Array<number> = []
  /** Asked before each group is taken; it may refuse. */
  let ask: (group: ReadonlyArray<KeptEvent>) => Effect.Effect<void, PublishError> = () =>
    Effect.void
  const publisher: EventPublisher = {
    publish: (group) =>
      Effect.tap(
        Effect.suspend(() => ask(group)),
        () =>
          Effect.sync(() => {
            sizes.push(group.length)
            taken.push(...group.map(({ eventId }) => eventId))
          })
      )
  }
  const relay = (options: Partial<RelayOptions> = {}) =>
    makeEventRelay(log, publisher, { cursor: "broker", owner: "one", ...options })
  return {
    events,
    grow,
    log,
    publisher,
    relay,
    sizes,
    taken,
    whenAsked: (answer: typeof ask) => {
      ask = answer
    }
  }
}

/** Lets the fibers run that need no time. */
export const settle = Effect.forEach(Array.from({ length: 100 }), () => Effect.yieldNow, {
  discard: true
})

/** The ids of events by their numbers. */
export const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `e${from + n}`)

/** The only cursor of a log. */
export const cursorOf = (log: ReturnType<typeof world>["log"]) =>
  Effect.map(log.cursors.list, ([cursor]) => cursor)
