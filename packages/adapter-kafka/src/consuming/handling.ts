/**
 * The handling of one message: tried until it is done, or until it is a dead letter. It is over only
 * when one of both is certain, so the message may be committed.
 */
import { HandleError, type HandleMessage } from "@holdfast/core/events"
import { isTraced, readTraceparent } from "@holdfast/core/tracing"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { FetchedMessage, Place } from "../clients/KafkaConsumerClient.ts"
import type { SendFailure } from "../publishing/Lanes.ts"
import { type DeadLetters, textOf } from "./deadLetters.ts"

/** What happens to a message, for the lane that it is in. */
export interface HandlingNotes {
  /** A try begins. */
  readonly tries: () => void
  /** The message waits for its next try. Interrupts, when there is to be none here. */
  readonly waits: (problem: string) => Effect.Effect<void>
  readonly deadLettered: Effect.Effect<void>
}

/** How messages are handled. */
export interface Handling {
  readonly handle: (place: Place, message: FetchedMessage) => Effect.Effect<void, HandleError>
  readonly triesMax: number
  readonly handleTimeoutMillis: number
  readonly deadLetters: DeadLetters
  /** Words for what keeps a dead letter from being written. */
  readonly adviceOf: (failure: SendFailure, topic: string) => string
}

const pauseMillisMin = 200
const pauseMillisMax = 30_000

/** A pause after so many failures: doubled each time, and never the same twice. */
const pauseAfter = (failures: number): Effect.Effect<void> =>
  Effect.flatMap(Random.nextBetween(0.5, 1), (share) =>
    Effect.sleep(share * Math.min(pauseMillisMin * 2 ** (failures - 1), pauseMillisMax))
  )

/** The message as handlers get it. */
const consumedOf = (place: Place, message: FetchedMessage, value: string | null) => {
  const headers: Record<string, string> = {}
  for (const [name, it] of Object.entries(message.headers)) headers[name] = textOf(it) ?? ""
  return {
    topic: place.topic,
    partition: place.partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value,
    headers
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/**
 * A handler that gets messages as text. Bytes that are no text must not become one: two ids would
 * look alike. Such a message is never handled.
 */
export const handlingText =
  (handle: HandleMessage): Handling["handle"] =>
  (place, message) =>
    Effect.try({
      try: () => (message.value === null ? null : utf8.decode(message.value)),
      catch: () =>
        new HandleError({ message: "the value is not text in UTF-8", isRetryable: false })
    }).pipe(Effect.flatMap((value) => handle(consumedOf(place, message, value))))

const isHandleError = (error: unknown): error is HandleError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "HandleError"

/** A handler that throws has failed, as one that answers with an error. */
const errorOf = (cause: Cause.Cause<HandleError>): HandleError => {
  const found = Cause.findError(cause)
  const error = Result.isSuccess(found) ? found.success : Cause.squash(cause)
  if (isHandleError(error)) return error
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new HandleError({ message: `the handler threw: ${words}`, isRetryable: true, cause })
}

/**
 * A span for each try, that continues the trace of the message. A message without one begins a trace,
 * as far as the sampler of the host takes it.
 */
const inSpanOf = <E>(place: Place, message: FetchedMessage, handled: Effect.Effect<void, E>) =>
  Effect.withFiber<void, E>((fiber) => {
    if (!isTraced(fiber)) return handled
    return Effect.withSpan(handled, `process ${place.topic}`, {
      parent: readTraceparent(textOf(message.headers["traceparent"])),
      kind: "consumer",
      attributes: {
        "messaging.system": "kafka",
        "messaging.destination.name": place.topic,
        "messaging.destination.partition.id": String(place.partition),
        "messaging.kafka.offset": Number(message.offset)
      }
    })
  })

/** One try: nothing when the message is handled. */
const tryOnce = (
  { handle, handleTimeoutMillis }: Handling,
  place: Place,
  message: FetchedMessage
): Effect.Effect<HandleError | undefined> =>
  inSpanOf(
    place,
    message,
    Effect.suspend(() => handle(place, message))
  ).pipe(
    Effect.timeoutOrElse({
      duration: handleTimeoutMillis,
      orElse: () => {
        const words = `the handler did not finish within ${handleTimeoutMillis} ms`
        return Effect.fail(new HandleError({ message: words, isRetryable: true }))
      }
    }),
    Effect.exit,
    Effect.map((exit) => (Exit.isSuccess(exit) ? undefined : errorOf(exit.cause)))
  )

/** Tries until the letter is kept, for as long as it takes. */
const bury = Effect.fnUntraced(function* (
  { adviceOf, deadLetters }: Handling,
  place: Place,
  message: FetchedMessage,
  death: { readonly cause: string; readonly tries: number },
  notes: HandlingNotes
) {
  for (let failures = 1; ; failures++) {
    notes.tries()
    const failure = yield* Effect.match(deadLetters.write(place, message, death), {
      onSuccess: () => undefined,
      onFailure: (it) => it
    })
    if (failure === undefined) return yield* notes.deadLettered
    yield* notes.waits(`the dead letter cannot be kept: ${adviceOf(failure, place.topic)}`)
    yield* pauseAfter(failures)
  }
})

/** Handles a message, however long it takes. Interrupted in a pause, it leaves the message as it was. */
export const handleMessage = Effect.fnUntraced(function* (
  handling: Handling,
  place: Place,
  message: FetchedMessage,
  notes: HandlingNotes
) {
  for (let tries = 1; ; tries++) {
    notes.tries()
    const error = yield* tryOnce(handling, place, message)
    if (error === undefined) return
    if (!error.isRetryable || tries >= handling.triesMax) {
      return yield* bury(handling, place, message, { cause: error.message, tries }, notes)
    }
    yield* notes.waits(error.message)
    yield* pauseAfter(tries)
  }
})
