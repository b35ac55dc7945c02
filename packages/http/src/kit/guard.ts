/**
 * What holds for every request, whatever its route: a readable address, a time limit, and an answer
 * that is a problem whenever it is not a grant. Nothing leaves this door as an empty error.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpMethod from "effect/http/HttpMethod"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { HttpSettings } from "./HttpOptions.ts"
import { methodsOf } from "./knownRoutes.ts"
import { plainProblem, problemContentType, problemType, retryAdvice } from "./Problem.ts"
import { invalidResponse, plainResponse, problemResponse } from "./problemResponse.ts"
import { hasArrived } from "./readBody.ts"

const isReadable = (url: string): boolean => {
  if (!url.includes("%")) return true
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

const unreadable = invalidResponse("", "the address must be percent-encoded UTF-8")

const timedOut = problemResponse({
  problem: {
    ...plainProblem(503, `The request took too long. ${retryAdvice}`),
    type: problemType("timed-out"),
    title: "It took too long"
  },
  headers: { "retry-after": "1" }
})

/** Whether a body is still on its way: waiting for it is the host's to limit, not ours. */
const isArriving = (request: HttpServerRequest): boolean =>
  HttpMethod.hasBody(request.method) && !hasArrived(request)

const interrupted = plainResponse(503, retryAdvice, { "retry-after": "1" })

/** An answer of status 400 and above as a problem, if it is not one yet. */
const asProblem = (response: HttpServerResponse.HttpServerResponse) =>
  response.status < 400 || response.headers["content-type"] === problemContentType
    ? response
    : plainResponse(response.status)

const correlationPattern = /^[\x20-\x7e]{1,255}$/

const echoed = (request: HttpServerRequest, response: HttpServerResponse.HttpServerResponse) => {
  const correlationId = request.headers["x-correlation-id"]
  return correlationId === undefined || !correlationPattern.test(correlationId)
    ? response
    : HttpServerResponse.setHeader(response, "x-correlation-id", correlationId)
}

/**
 * What answers a request. The guard answers every failure; `E` is there because the type of the
 * router asks for it.
 */
type App<E, R> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>

const notFound = plainResponse(404)

/** What a URL that was not found is: nothing, or a path that takes other methods. */
export const notAllowed = (url: string): HttpServerResponse.HttpServerResponse => {
  const methods = methodsOf(url)
  return methods.length === 0
    ? notFound
    : plainResponse(405, undefined, { allow: methods.join(", ") })
}

const fromCause = <E>(request: HttpServerRequest, cause: Cause.Cause<E>) => {
  const error = Cause.squash(cause)
  if (HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound") {
    return Effect.succeed(notAllowed(request.url))
  }
  if (Cause.hasInterruptsOnly(cause)) return Effect.succeed(interrupted)
  return Effect.flatMap(HttpServerError.causeResponse(cause), ([response]) =>
    response.status < 500
      ? Effect.succeed(asProblem(response))
      : Effect.as(
          Effect.logError(`${request.method} ${request.url} failed`, cause),
          asProblem(response)
        )
  )
}

/** Guards every route of a router. */
export const layerGuard = HttpRouter.middleware(
  Effect.map(
    HttpSettings,
    (settings) =>
      <E, R>(app: App<E, R>): App<E, R> =>
        Effect.withFiber((fiber) => {
          const request = Context.getUnsafe(fiber.context, HttpServerRequest)
          if (!isReadable(request.url)) return Effect.succeed(unreadable)
          // A bare timer: `Effect.timeout` was a fifth of what a reservation costs in this package.
          // Interrupting a Node request that still arrives would cut its connection unanswered.
          let isLate = false
          const giveUp = () => {
            isLate = !isArriving(request)
            if (isLate) fiber.interruptUnsafe()
            else timer = setTimeout(giveUp, settings.requestTimeoutMillis)
          }
          let timer = setTimeout(giveUp, settings.requestTimeoutMillis)
          return Effect.matchCauseEffect(app, {
            onSuccess: (response) => {
              clearTimeout(timer)
              return Effect.succeed(echoed(request, asProblem(response)))
            },
            onFailure: (cause) => {
              clearTimeout(timer)
              const answered = isLate ? Effect.succeed(timedOut) : fromCause(request, cause)
              return Effect.map(answered, (response) => echoed(request, response))
            }
          })
        })
  ),
  { global: true }
)
