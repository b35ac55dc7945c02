/** Begins to follow a log, at a position or with what comes next, if it can be followed from there. */
import { type EventLog, PositionGone } from "@holdfast/core/events"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { loggedResponse, problemResponse } from "../kit/problemResponse.ts"
import type { ContextName } from "./contexts.ts"
import type { EventFeed } from "./EventFeed.ts"
import type { EventStreams } from "./EventStreams.ts"
import { beyondProblem, crowdedProblem, goneProblem } from "./eventProblems.ts"

/** A log that is followed. */
export interface Followed {
  /** Where it begins. */
  readonly position: number
  readonly feed: EventFeed
}

/** Whether the next events of a follower were dropped. */
export const isGone = (error: PositionGone | StoreError): error is PositionGone =>
  error instanceof PositionGone

/** Why a stream cannot begin after a position; undefined when it can. */
const obstacleTo = Effect.fnUntraced(function* (log: EventLog, after: number, feed: EventFeed) {
  if (after > feed.end()) {
    const head = yield* log.head
    return after > head ? problemResponse(beyondProblem(after, head)) : undefined
  }
  yield* log.read(after, 1)
  return undefined
})

/** Takes a place among the streams and begins; the response says why it cannot. */
export const beginStream = (
  streams: EventStreams["Service"],
  streamsMax: number,
  context: ContextName,
  asked: number | undefined
): Effect.Effect<Result.Result<Followed, HttpServerResponse>, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (!(yield* streams.take)) return Result.fail(problemResponse(crowdedProblem(streamsMax)))
    const { feed: open, log } = streams.of(context)
    const feed = yield* open
    const position = asked ?? feed.end()
    const obstacle = yield* obstacleTo(log, position, feed)
    return obstacle === undefined ? Result.succeed({ position, feed }) : Result.fail(obstacle)
  }).pipe(
    Effect.catch((error) =>
      Effect.map(
        isGone(error) ? Effect.succeed(problemResponse(goneProblem(error))) : loggedResponse(error),
        (response): Result.Result<Followed, HttpServerResponse> => Result.fail(response)
      )
    )
  )
