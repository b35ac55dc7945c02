/** The endpoints of the event logs: a page of one, or a stream that ends when its client leaves. */
import { steadyMillisNow } from "@holdfast/core/engine"
import { type EventId, eventView, type InvalidInput } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { routePermissions } from "../access/routePermissions.ts"
import { untilRefused } from "../access/untilRefused.ts"
import { routedSharedApi } from "../HoldfastApi.ts"
import { orProblem } from "../inventory/routes/answerWith.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { loggedResponse, problemResponse } from "../kit/problemResponse.ts"
import { beginStream, isGone } from "./beginStream.ts"
import { type ContextName, objectionToTypes } from "./contexts.ts"
import type { EventFeed, FedEvent } from "./EventFeed.ts"
import { EventStreams } from "./EventStreams.ts"
import { beyondProblem, goneProblem } from "./eventProblems.ts"
import { type ServedContext, ServedContexts } from "./ServedContexts.ts"
import { goneText, heartbeatText, type Place, placeOf, streamHeaders } from "./serverSentEvents.ts"

/** Which events a stream is for. */
interface Wanted {
  readonly types?: ReadonlyArray<string>
  readonly aggregateIds?: ReadonlyArray<string>
}

/** What a stream has sent so far. */
interface Progress {
  readonly place: Place
  /** When something was last sent, as `steadyMillis` tells the time. */
  readonly sentAt: number
  readonly isOver: boolean
}

const isWanted =
  ({ aggregateIds, types }: Wanted) =>
  ({ aggregateId, eventType }: FedEvent): boolean =>
    (types === undefined || types.some((type) => type === eventType)) &&
    (aggregateIds === undefined || aggregateIds.some((id) => id === aggregateId))

/** The next part of a stream, and how far the stream is then; undefined when it ends. */
const partsOf = (feed: EventFeed, wanted: Wanted, heartbeatMillis: number) => {
  const isFor = isWanted(wanted)
  const parts = Effect.fnUntraced(function* (progress: Progress) {
    if (progress.isOver) return undefined
    const { sentAt } = progress
    let { place } = progress
    while (true) {
      const now = yield* steadyMillisNow
      const found = yield* Effect.timeoutOption(
        feed.next(place.position),
        Math.max(0, sentAt + heartbeatMillis - now)
      )
      const events = Option.getOrElse(found, (): ReadonlyArray<FedEvent> => [])
      const last = events.at(-1)?.event
      if (last !== undefined) place = { position: last.position, eventId: last.eventId }
      const text = events
        .filter(isFor)
        .map((event) => event.text)
        .join("")
      const then = yield* steadyMillisNow
      if (text === "" && then < sentAt + heartbeatMillis) continue
      const sent = text === "" ? heartbeatText(place) : text
      return [sent, { place, sentAt: then, isOver: false }] as const
    }
  })
  return (progress: Progress) =>
    Effect.catch(parts(progress), (error) => {
      const last = { ...progress, isOver: true }
      return Effect.succeed(
        isGone(error) ? ([goneText(goneProblem(error).problem), last] as const) : undefined
      )
    })
}

/** What is asked of a log. */
interface Question extends Pick<Wanted, "types"> {
  readonly after?: number
  readonly afterEventId?: EventId
  readonly orderId?: string
}

/** After which event a stream is asked for in its address; undefined where it begins with what comes next. */
const placeAsked = ({ after, afterEventId }: Question): Place | undefined =>
  after === undefined && afterEventId === undefined
    ? undefined
    : { position: after ?? 0, eventId: afterEventId }

const bad = (path: string, message: string): InvalidInput.InvalidInput => ({
  _tag: "InvalidInput",
  issues: [{ path, message }]
})

/** Why a question cannot be asked of a context; undefined when it can. */
const objectionTo = (context: ContextName, question: Question) => {
  if (context === "catalog" && question.orderId !== undefined) {
    return bad("orderId", "is about the inventory: leave out context=catalog")
  }
  return objectionToTypes(context, question.types, "types")
}

/** Pages and streams of the logs of these contexts. */
export const layerEventRoutes = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiBuilder.group(
    routedSharedApi(contexts),
    "events",
    Effect.fnUntraced(function* (handlers) {
      const served = yield* ServedContexts
      const streams = yield* EventStreams
      const settings = yield* HttpSettings
      const { eventHeartbeatMillis, eventStreamsMax } = settings
      const pages = new Map(served.map(({ context, page }) => [context, page]))

      const streamed = Effect.fnUntraced(function* (
        context: ContextName,
        asked: Place | undefined,
        wanted: Wanted,
        request: HttpServerRequest
      ) {
        const begun = yield* beginStream(streams, eventStreamsMax, context, asked)
        if (Result.isFailure(begun)) return begun.failure
        const { feed, place } = begun.success
        const sentAt = yield* steadyMillisNow
        const texts = Stream.unfold(
          { place, sentAt, isOver: false },
          partsOf(feed, wanted, eventHeartbeatMillis)
        ).pipe(
          Stream.interruptWhen(streams.ended),
          Stream.interruptWhen(untilRefused(settings, request, routePermissions.events.stream))
        )
        return HttpServerResponse.stream(
          Stream.encodeText(Stream.concat(Stream.succeed(heartbeatText(place)), texts)),
          { contentType: "text/event-stream", headers: streamHeaders }
        )
      })

      const [contextDefault = "inventory"] = contexts
      return handlers.handleAll({
        list: ({ query: { context = contextDefault, ...query } }) => {
          const objection = objectionTo(context, query)
          if (objection !== undefined) return loggedResponse(objection)
          // The schema of the request names no other context.
          const page = pages.get(context) as ServedContext["page"]
          const after = query.after ?? 0
          return Effect.gen(function* () {
            const { items, next } = yield* page(query)
            // Nothing comes after the end of the log, and nothing after a place that it never had.
            if (items.length === 0 && after > 0) {
              const head = yield* streams.of(context).log.head
              if (after > head) return problemResponse(beyondProblem(after, head))
            }
            return { items: items.map(eventView), next }
          }).pipe(orProblem)
        },
        stream: ({ headers: { "last-event-id": lastEventId }, query, request }) => {
          const { context = contextDefault } = query
          const objection = objectionTo(context, query)
          if (objection !== undefined) return loggedResponse(objection)
          const last = lastEventId === undefined ? undefined : placeOf(lastEventId)
          return streamed(context, last ?? placeAsked(query), query, request)
        }
      })
    })
  )
