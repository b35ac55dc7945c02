/** Dead letters that are published after all. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { KeptEvent } from "../../src/events/EventLog.ts"
import { PublishError } from "../../src/events/EventPublisher.ts"
import { redriveDeadLetters } from "../../src/events/relay/redriveDeadLetters.ts"
import { settle, world } from "./relayWorld.ts"

const refusing =
  (isRetryable: boolean, ...refused: ReadonlyArray<string>) =>
  (group: ReadonlyArray<KeptEvent>): Effect.Effect<void, PublishError> => {
    const one = group.find(({ eventId }) => refused.includes(eventId))
    return one === undefined
      ? Effect.void
      : Effect.fail(new PublishError({ message: "no", isRetryable, eventId: one.eventId }))
  }

/** A log whose relay has left out the events 2, 4 and 5. */
const leftOut = Effect.gen(function* () {
  const own = world()
  own.whenAsked(refusing(false, "e2", "e4", "e5"))
  yield* own.grow(6)
  const fiber = yield* Effect.forkChild(own.relay().run)
  yield* settle
  yield* Fiber.interrupt(fiber)
  expect(own.taken).toEqual(["e1", "e3", "e6"])
  const kept = own.log.cursors.deadLetters({ cursor: "broker", after: 0, limit: 10 })
  const idsKept = Effect.map(kept, (letters) => letters.map(({ eventId }) => eventId))
  return { ...own, idsKept, redrive: redriveDeadLetters(own.log, own.publisher, "broker") }
})

it.effect("publishes the events, oldest first, and forgets their letters", () =>
  Effect.gen(function* () {
    const { idsKept, redrive, taken, whenAsked } = yield* leftOut
    expect(yield* idsKept).toEqual(["e2", "e4", "e5"])
    whenAsked(() => Effect.void)
    expect(yield* redrive).toEqual({ redriven: 3, left: [], problem: null })
    expect(taken.slice(3)).toEqual(["e2", "e4", "e5"])
    expect(yield* idsKept).toEqual([])
    expect(yield* redrive).toEqual({ redriven: 0, left: [], problem: null })
  })
)

it.effect("keeps the letter of an event that is still refused, with the cause of now", () =>
  Effect.gen(function* () {
    const { idsKept, redrive, whenAsked } = yield* leftOut
    whenAsked(refusing(false, "e4"))
    expect(yield* redrive).toMatchObject({
      redriven: 2,
      left: [{ eventId: "e4", position: 4, cause: "no" }],
      problem: null
    })
    expect(yield* idsKept).toEqual(["e4"])
  })
)

it.effect("ends at a failure that may pass, and keeps what was not taken", () =>
  Effect.gen(function* () {
    const { idsKept, redrive, whenAsked } = yield* leftOut
    whenAsked(refusing(true, "e4"))
    const { left, problem, redriven } = yield* redrive
    expect({ left, redriven }).toEqual({ left: [], redriven: 1 })
    expect(problem).toMatchObject({ message: "no", isRetryable: true })
    expect(yield* idsKept).toEqual(["e4", "e5"])
  })
)

it.effect("keeps the letter of an event that the log does not have any more", () =>
  Effect.gen(function* () {
    const { events, idsKept, redrive, whenAsked } = yield* leftOut
    events.splice(3)
    whenAsked(() => Effect.void)
    const { left, redriven } = yield* redrive
    expect(redriven).toBe(1)
    expect(left.map(({ eventId }) => eventId)).toEqual(["e4", "e5"])
    expect(yield* idsKept).toEqual(["e4", "e5"])
  })
)
