/**
 * Subscriptions over Server-Sent Events, made of the log of the inventory. A stream reads on as its
 * client does, so a slow one holds up only itself and keeps no more than a page. It ends when its
 * client leaves, when the server leaves, and when nobody vouches for the sender any more.
 */
import type { PermittedOperation } from "@holdfast/core/access"
import { steadyMillisNow } from "@holdfast/core/engine"
import { eventView } from "@holdfast/core/events"
import { operations } from "@holdfast/core/inventory"
import {
  type Admitted,
  type EventFeed,
  type FedEvent,
  messageId,
  type Place,
  placeOf
} from "@holdfast/http"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type ExecutionResult, execute, GraphQLError, subscribe } from "graphql"
import type { Asked, Followed } from "../reading/Asked.ts"
import { ask } from "../reading/asking.ts"
import type { Message } from "../schema/subscriptions.ts"
import { answerOne, badRequest, maskedResult, named } from "./answers.ts"
import type { Ready, Serving } from "./Serving.ts"

const frame = (event: string, data: string, place?: Place): string =>
  `${place === undefined ? "" : `id: ${messageId(place)}\n`}event: ${event}\ndata: ${data}\n\n`

/** Says that the stream is there, and how far it is. */
const heartbeat = (place: Place): string => `:\nid: ${messageId(place)}\n\n`

const completed = frame("complete", "")

const resultFrame = (request: HttpServerRequest, result: ExecutionResult, place?: Place): string =>
  frame("next", JSON.stringify(named(request, maskedResult(result))), place)

interface Payload {
  readonly orderId?: string
  readonly reservationId?: string
}

const messageOf = ({ aggregateId, event, position }: FedEvent, payload: Payload): Message => ({
  position,
  eventId: event.eventId,
  skuId: aggregateId,
  reservationId: payload.reservationId,
  event: () => {
    const { payloadJson: _, position: __, ...envelope } = event
    return eventView({ position, event: { ...envelope, payload } })
  }
})

/** The message of an event, if it is one that is followed. */
const messagesOf =
  (followed: Followed) =>
  (fed: FedEvent): ReadonlyArray<Message> => {
    const { aggregateId, event, eventType } = fed
    if (followed.field === "stockChanged") {
      const isOfSku = eventType.startsWith("inventory.") && !eventType.includes(".location.")
      return isOfSku && followed.skuIds.includes(aggregateId)
        ? [messageOf(fed, JSON.parse(event.payloadJson))]
        : []
    }
    // Most events are of other orders, and are not parsed.
    if (!event.payloadJson.includes(JSON.stringify(followed.orderId))) return []
    const payload: Payload = JSON.parse(event.payloadJson)
    return payload.orderId === followed.orderId && payload.reservationId !== undefined
      ? [messageOf(fed, payload)]
      : []
  }

const lastEventIdOf = (request: HttpServerRequest): Place | undefined =>
  placeOf(request.headers["last-event-id"] ?? "")

/** The operation that reads once what is followed. */
const operationOf = ({ field }: Followed): PermittedOperation => {
  const name = field === "stockChanged" ? "stockStatus" : "reservationsOfOrder"
  return { name, permission: operations[name].permission }
}

/** What a stream is made with. */
export interface Streaming {
  readonly serving: Serving
  readonly request: HttpServerRequest
  readonly admitted: Admitted
  readonly ready: Ready
}

const argsOf = ({ ready, serving }: Streaming, asked: Asked) => ({
  schema: serving.schema,
  document: ready.document.document,
  contextValue: asked,
  operationName: ready.asked.operationName ?? null,
  variableValues: ready.asked.variables
})

/** What the operation follows, as graphql-js reads it; or why it cannot be. */
const followedBy = (streaming: Streaming, asked: Asked) =>
  Effect.promise(async (): Promise<Result.Result<Followed, ExecutionResult>> => {
    let followed: Followed | undefined
    const follow = async (wanted: Followed) => {
      // An order must be one that who asks may see, and each field is one that they may follow.
      if (wanted.field === "reservationChanged") {
        await ask(asked, "reservationsOfOrder", { orderId: wanted.orderId, size: 1 })
      } else {
        await ask(asked, "stockStatus", { skuIds: wanted.skuIds })
      }
      followed = wanted
    }
    const made = await subscribe(argsOf(streaming, { ...asked, follow }))
    if ("errors" in made) return Result.fail(made)
    return followed === undefined
      ? Result.fail({ errors: [new GraphQLError("nothing is followed")] })
      : Result.succeed(followed)
  })

interface Progress {
  readonly place: Place
  /** When the client last got something. */
  readonly sentAt: number
  readonly isOver: boolean
}

/** The next part of a stream, and how far it is then; undefined when it is over. */
const partsOf = (streaming: Streaming, followed: Followed, feed: EventFeed) => {
  const { admitted, request, serving } = streaming
  const toMessages = messagesOf(followed)
  const executedFor = (message: Message) =>
    Effect.gen(function* () {
      const gone = new AbortController()
      // A replica may be behind the event that the message is about.
      const about = { signal: gone.signal, isCurrent: true }
      const asked = yield* serving.askedOf(request, admitted, about)
      const result = yield* Effect.promise(async () =>
        execute({ ...argsOf(streaming, asked), rootValue: message })
      ).pipe(Effect.onInterrupt(() => Effect.sync(() => gone.abort())))
      return resultFrame(request, result, message)
    })
  const { heartbeatMillis } = serving.host
  const next = Effect.fnUntraced(function* ({ place, sentAt }: Progress) {
    const found = yield* Effect.timeoutOption(feed.next(place.position), heartbeatMillis)
    const events = Option.getOrElse(found, (): ReadonlyArray<FedEvent> => [])
    const last = events.at(-1)?.event
    const end = last === undefined ? place : { position: last.position, eventId: last.eventId }
    const frames = yield* Effect.forEach(events.flatMap(toMessages), executedFor)
    const now = yield* steadyMillisNow
    // What is passed over is in the next heartbeat.
    const isDue = now >= sentAt + heartbeatMillis
    const text = frames.length > 0 ? frames.join("") : isDue ? heartbeat(end) : ""
    return [text, { place: end, sentAt: text === "" ? sentAt : now, isOver: false }] as const
  })
  return (progress: Progress) =>
    progress.isOver
      ? Effect.succeed(undefined)
      : Effect.catch(next(progress), (error) => {
          const errors = [
            new GraphQLError(
              error._tag === "PositionGone"
                ? "the next events were dropped; read the current state, then follow from now on"
                : "the log cannot be read on; follow it again",
              {
                extensions: {
                  code: error._tag === "PositionGone" ? "position-gone" : "store-unavailable"
                }
              }
            )
          ]
          return Effect.succeed([
            resultFrame(request, { errors }),
            { ...progress, isOver: true }
          ] as const)
        })
}

const headers = { connection: "close", "cache-control": "no-store", "x-accel-buffering": "no" }

const streamOf = (parts: Stream.Stream<string>) =>
  HttpServerResponse.stream(Stream.encodeText(parts), {
    contentType: "text/event-stream",
    headers
  })

/** Answers a subscription. */
export const answerStream = (
  streaming: Streaming
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { admitted, request, serving } = streaming
    const gone = new AbortController()
    const about = { signal: gone.signal, isCurrent: true }
    const asked = yield* serving.askedOf(request, admitted, about)
    const followed = yield* followedBy(streaming, asked)
    if (Result.isFailure(followed)) {
      return streamOf(Stream.succeed(`${resultFrame(request, followed.failure)}${completed}`))
    }
    const { after } = followed.success
    const begin = after === undefined ? undefined : { position: after, eventId: undefined }
    const begun = yield* serving.host.follow("inventory", lastEventIdOf(request) ?? begin)
    if (Result.isFailure(begun)) return begun.failure
    const { feed, place } = begun.success
    const sentAt = yield* steadyMillisNow
    const parts = Stream.unfold(
      { place, sentAt, isOver: false },
      partsOf(streaming, followed.success, feed)
    ).pipe(
      Stream.filter((text) => text !== ""),
      Stream.interruptWhen(serving.host.untilRefused(request, operationOf(followed.success))),
      Stream.concat(Stream.succeed(completed)),
      // A server that leaves says nothing, so that its clients go on elsewhere.
      Stream.interruptWhen(serving.host.streamsEnded)
    )
    return streamOf(Stream.concat(Stream.succeed(heartbeat(place)), parts))
  })

/** A subscription that is asked for in another media type. */
export const notStreamed = (request: HttpServerRequest) =>
  answerOne(
    request,
    "application/json",
    badRequest("a subscription is answered as a stream; send accept: text/event-stream")
  )
