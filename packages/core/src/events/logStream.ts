/**
 * A log as a Stream: its pages, or its events, in order and without gaps, from a position to the end of
 * the log or for as long as somebody follows it. It keeps no place in the log: who goes on later reads
 * after the `position` of the last event. For a durable place, make a subscription.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { EventId } from "../kernel/Identifier.ts"
import { StoreError } from "../kernel/StoreError.ts"
import type { EventLog } from "./EventLog.ts"
import { readAfter, type Witness } from "./readAfter.ts"

/** An event with its place in a log, as a log keeps it or as a context reads it. */
export type AnyLogged =
  | { readonly position: number; readonly eventId: EventId }
  | { readonly position: number; readonly event: { readonly eventId: EventId } }

/** How a log is streamed. */
export interface LogStreamOptions {
  /** The position of the last event that is known: 0, from the start. */
  readonly after?: number | undefined
  /** The most events on a page: 100. */
  readonly size?: number | undefined
  /** Whether to wait for more at the end of the log: false. */
  readonly follow?: boolean | undefined
}

const sizeDefault = 100
/** How soon the log is read again when nobody says that it has grown. */
const pollMillis = 1_000

const witnessOf = (last: AnyLogged): Witness => ({
  position: last.position,
  eventId: "event" in last ? last.event.eventId : last.eventId
})

const restored = new StoreError({
  reason: "Unavailable",
  message: "the log was restored to an earlier state; read the current state, and begin again"
})

/**
 * The pages of a log. `read` may select events. It fails as `read` does, and with a `StoreError` when
 * the log is not the one that was read before.
 */
export const logPages = <A extends AnyLogged, E extends { readonly _tag: string }>(
  {
    read,
    watch
  }: {
    readonly read: (after: number, limit: number) => Effect.Effect<ReadonlyArray<A>, E>
    readonly watch: EventLog["watch"]
  },
  { after = 0, follow = false, size = sizeDefault }: LogStreamOptions = {}
): Stream.Stream<ReadonlyArray<A>, E | StoreError> => {
  const pageAfter = (witness: Witness | undefined) =>
    witness === undefined
      ? read(after, size)
      : Effect.flatMap(readAfter(read, witness, size, witnessOf), (page) =>
          page === undefined ? Effect.fail(restored) : Effect.succeed(page)
        )
  const pagesWhile = (appended: Effect.Effect<void>) =>
    Stream.paginate(undefined as Witness | undefined, (witness) =>
      Effect.gen(function* () {
        while (true) {
          const page = yield* pageAfter(witness)
          const last = page.at(-1)
          const goesOn = follow || page.length === size
          const next = last === undefined ? witness : witnessOf(last)
          if (last !== undefined) return [[page], goesOn ? Option.some(next) : Option.none()]
          if (!goesOn) return [[], Option.none()]
          yield* Effect.timeoutOption(appended, pollMillis)
        }
      })
    )
  return Stream.unwrap(Effect.map(watch, pagesWhile))
}

/** The events of a log, one by one; see `logPages`. */
export const logEvents = <A extends AnyLogged, E extends { readonly _tag: string }>(
  ...of: Parameters<typeof logPages<A, E>>
): Stream.Stream<A, E | StoreError> => Stream.flattenIterable(logPages(...of))
