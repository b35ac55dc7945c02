/** Publishes events however often it takes, and finds the ones that can never be published. */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { keepable } from "../../kernel/Text.ts"
import { inLinkedSpan, readTraceparent } from "../../tracing/spans.ts"
import type { DeadLetter, Lease } from "../Cursors.ts"
import type { KeptEvent } from "../EventLog.ts"
import { PublishError } from "../EventPublisher.ts"
import { pauseMillis, type Troubles, wordsOf } from "./Troubles.ts"
import type { StopSignal } from "./withGrace.ts"

/** An event that can never be published and must not be left out. */
export class Unpublishable extends Data.TaggedError("Unpublishable")<{
  readonly letter: DeadLetter
}> {
  override get message(): string {
    const { cause, eventId, position } = this.letter
    return `the event ${eventId} at position ${position} cannot be published: ${cause}`
  }
}

/** A publisher, or a destination that moves the cursor together with what it keeps. */
export interface Destination {
  /** Answers with MOVED when it has moved the cursor behind these events, by the lease. */
  readonly publish: (
    events: ReadonlyArray<KeptEvent>,
    lease: Lease
  ) => Effect.Effect<unknown, PublishError>
}

/** What became of events that are published. */
export interface Published {
  readonly leftOut: ReadonlyArray<DeadLetter>
  /** Whether the destination has moved the cursor. */
  readonly hasMoved: boolean
}

/** What `publishing` needs to know. */
export interface PublishingOptions {
  readonly destination: Destination
  readonly troubles: Troubles
  /** Whether an event that can never be published is left out, or ends the work. */
  readonly mayLeaveOut: boolean
  /** What the span of each try is called; none unless given. */
  readonly spanName?: string | undefined
}

/** The events in groups of at most `bytesMax`; an event that is larger is a group alone. */
export const groupsOf = (
  events: ReadonlyArray<KeptEvent>,
  bytesMax: number
): ReadonlyArray<ReadonlyArray<KeptEvent>> => {
  const groups: Array<Array<KeptEvent>> = []
  let bytes = Number.POSITIVE_INFINITY
  for (const event of events) {
    bytes += event.payloadJson.length
    if (bytes > bytesMax) {
      groups.push([])
      bytes = event.payloadJson.length
    }
    groups.at(-1)?.push(event)
  }
  return groups
}

/** The event that a failure is about, if it is known. */
const blamed = (events: ReadonlyArray<KeptEvent>, { eventId }: PublishError) =>
  events.length === 1 ? events[0] : events.find((event) => event.eventId === eventId)

/** Publishes events, in order, and answers with what became of them. */
export const publishing = (options: PublishingOptions) => {
  const { destination, mayLeaveOut, spanName, troubles } = options
  /** One span for all the events, linked with the sampled requests that they come from. */
  const send = (events: ReadonlyArray<KeptEvent>, lease: Lease) => {
    const published = Effect.suspend(() => destination.publish(events, lease))
    return spanName === undefined
      ? published
      : inLinkedSpan(published, spanName, () => ({
          kind: "producer",
          of: events.flatMap(({ traceparent }) => readTraceparent(traceparent) ?? []),
          attributes: { "messaging.batch.message_count": events.length }
        }))
  }
  /** One try. A destination that throws has failed as well, and may do better the next time. */
  const attempt = (events: ReadonlyArray<KeptEvent>, lease: Lease) =>
    Effect.catchCause(send(events, lease), (cause) => {
      const [reason] = cause.reasons
      const error = cause.reasons.length === 1 && reason && Cause.isFailReason(reason)
      return Effect.fail(
        error ? reason.error : new PublishError({ message: wordsOf(cause), isRetryable: true })
      )
    })
  const publishAll = Effect.fnUntraced(function* (
    events: ReadonlyArray<KeptEvent>,
    lease: Lease,
    stop: StopSignal
  ): Effect.fn.Return<Published, Unpublishable> {
    const leftOut: Array<DeadLetter> = []
    let rest = events
    let failures = 0
    let hasMoved = false
    while (rest.length > 0) {
      const result = yield* Effect.result(attempt(rest, lease))
      if (Result.isSuccess(result)) {
        hasMoved = result.success === "MOVED"
        break
      }
      const { acknowledged, isRetryable, message } = result.failure
      const open = rest.filter((event) => acknowledged?.has(event.eventId) !== true)
      if (open.length < rest.length) failures = 0
      rest = open
      if (isRetryable) {
        yield* troubles.note("destination", { state: "RETRYING", problem: message })
        yield* Effect.raceFirst(Effect.sleep(pauseMillis(failures++)), stop.given)
        if (stop.isGiven) return yield* Effect.interrupt
        continue
      }
      const event = blamed(rest, result.failure)
      if (event === undefined) {
        // Nobody knows which one it is: the halves go apart, in order.
        const middle = Math.ceil(rest.length / 2)
        leftOut.push(...(yield* publishAll(rest.slice(0, middle), lease, stop)).leftOut)
        rest = rest.slice(middle)
        continue
      }
      const { eventId, position } = event
      const letter = { position, eventId, cause: keepable(message) }
      if (!mayLeaveOut) return yield* new Unpublishable({ letter })
      yield* Effect.annotateLogs(Effect.logError("an event was left out"), letter)
      leftOut.push(letter)
      rest = rest.filter((one) => one !== event)
    }
    yield* troubles.end("destination")
    return { leftOut, hasMoved }
  })
  return publishAll
}
