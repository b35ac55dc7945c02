/** Begins to follow a log, at a position or with what comes next, if it can be followed from there. */
import { type EventLog, PositionGone, readAfter } from "@holdfast/core/events"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { loggedResponse, problemResponse } from "../kit/problemResponse.ts"
import type { ContextName } from "./contexts.ts"
import { type EventFeed, eventAt } from "./EventFeed.ts"
import type { EventStreams } from "./EventStreams.ts"
import { beyondProblem, crowdedProblem, goneProblem, restoredProblem } from "./eventProblems.ts"
import type { Place } from "./serverSentEvents.ts"

/** A log that is followed. */
export interface Followed {
  /** Where it begins. */
  readonly place: Place
  readonly feed: EventFeed
}

/** Whether the next events of a follower were dropped. */
export const isGone = (error: PositionGone | StoreError): error is PositionGone =>
  error instanceof PositionGone

/** Where a stream begins that goes on after a place; the response says why it cannot. */
const placeIn = Effect.fnUntraced(function* (
  log: EventLog,
  { eventId, position }: Place,
  feed: EventFeed
): Effect.fn.Return<Result.Result<Place, HttpServerResponse>, PositionGone | StoreError> {
  if (eventId !== undefined) {
    const witness = { position, eventId }
    // Before the first event there is none.
    const rest =
      position === 0 ? undefined : yield* readAfter(log.read, witness, 0, (event) => event)
    if (rest === undefined) return Result.fail(problemResponse(restoredProblem(witness)))
  }
  const end = feed.end()
  if (position > end.position) {
    const head = yield* log.head
    if (position > head) return Result.fail(problemResponse(beyondProblem(position, head)))
    return Result.succeed({ position, eventId })
  }
  yield* log.read(position, 1)
  const known = eventId ?? (position === end.position ? end.eventId : undefined)
  return Result.succeed({ position, eventId: known ?? (yield* eventAt(log, position))?.eventId })
})

/** Takes a place among the streams and begins; the response says why it cannot. */
export const beginStream = (
  streams: EventStreams["Service"],
  streamsMax: number,
  context: ContextName,
  asked: Place | undefined
): Effect.Effect<Result.Result<Followed, HttpServerResponse>, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (!(yield* streams.take)) return Result.fail(problemResponse(crowdedProblem(streamsMax)))
    const { feed: open, log } = streams.of(context)
    const feed = yield* open
    return Result.map(yield* placeIn(log, asked ?? feed.end(), feed), (place) => ({ place, feed }))
  }).pipe(
    Effect.catch((error) =>
      Effect.map(
        isGone(error) ? Effect.succeed(problemResponse(goneProblem(error))) : loggedResponse(error),
        (response): Result.Result<Followed, HttpServerResponse> => Result.fail(response)
      )
    )
  )
