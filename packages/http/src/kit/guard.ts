/**
 * What holds for every request to a route of ours: a readable address, a time limit, and an answer
 * that is a problem whenever it is not a grant. Nothing leaves this door as an empty error. In the
 * router of a host, the host's own routes are left as they are.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as HttpMethod from "effect/http/HttpMethod"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
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
export const notAllowed = (url: string, basePath = ""): HttpServerResponse.HttpServerResponse => {
  const methods = methodsOf(url, basePath)
  return methods.length === 0
    ? notFound
    : plainResponse(405, undefined, { allow: methods.join(", ") })
}

const isRouteNotFound = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
}

const fromCause = <E>(request: HttpServerRequest, cause: Cause.Cause<E>, basePath: string) => {
  if (isRouteNotFound(cause)) {
    const { url } = request
    return Effect.succeed(isReadable(url) ? notAllowed(url, basePath) : unreadable)
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

/** Which routes of a router are ours, by what handles them. */
class OwnRoutes {
  private readonly handlers = new WeakSet<object>()

  /** Marks a route as ours, and keeps unreadable addresses from it. */
  readonly mark = <E, R>(app: App<E, R>): App<E, R> => {
    const handler: App<E, R> = Effect.withFiber((fiber) =>
      isReadable(Context.getUnsafe(fiber.context, HttpServerRequest).url)
        ? app
        : Effect.succeed(unreadable)
    )
    this.handlers.add(handler)
    return handler
  }

  /** Whether the request of a fiber was taken by a route of ours. */
  took(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    const taken = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)
    return taken !== undefined && this.handlers.has(taken.route.handler)
  }
}

/**
 * Guards our routes in a router. Where these are alone, everything else in it is guarded too, and
 * what is not found is answered.
 */
export const layerGuard = ({ areAlone }: { readonly areAlone: boolean }) =>
  Layer.unwrap(
    Effect.map(HttpSettings, ({ basePath, requestTimeoutMillis }) => {
      const own = new OwnRoutes()
      const isOurs = (fiber: Fiber.Fiber<unknown, unknown>) => areAlone || own.took(fiber)
      /** No route took it, but its path is ours and takes other methods. */
      const isWrongMethod = <E>({ url }: HttpServerRequest, cause: Cause.Cause<E>) =>
        isRouteNotFound(cause) && methodsOf(url, basePath).length > 0
      const guard = <E, R>(app: App<E, R>): App<E, R> =>
        Effect.withFiber((fiber) => {
          const request = Context.getUnsafe(fiber.context, HttpServerRequest)
          if (areAlone && !isReadable(request.url)) return Effect.succeed(unreadable)
          // A bare timer: `Effect.timeout` was a fifth of what a reservation costs in this package.
          // Interrupting a Node request that still arrives would cut its connection unanswered.
          let isLate = false
          const giveUp = () => {
            if (!isOurs(fiber)) return
            isLate = !isArriving(request)
            if (isLate) fiber.interruptUnsafe()
            else timer = setTimeout(giveUp, requestTimeoutMillis)
          }
          let timer = setTimeout(giveUp, requestTimeoutMillis)
          return Effect.matchCauseEffect(app, {
            onSuccess: (response) => {
              clearTimeout(timer)
              return Effect.succeed(isOurs(fiber) ? echoed(request, asProblem(response)) : response)
            },
            onFailure: (cause) => {
              clearTimeout(timer)
              if (!isOurs(fiber) && !isWrongMethod(request, cause)) return Effect.failCause(cause)
              const answered = isLate
                ? Effect.succeed(timedOut)
                : fromCause(request, cause, basePath)
              return Effect.map(answered, (response) => echoed(request, response))
            }
          })
        })
      // Where all routes are ours, no request pays for the marks.
      return Layer.merge(
        areAlone ? Layer.empty : HttpRouter.middleware(own.mark).layer,
        HttpRouter.middleware(guard, { global: true })
      )
    })
  )
