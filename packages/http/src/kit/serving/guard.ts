/**
 * What holds for every request to a route of ours: a readable address, a time limit, and a problem
 * as the answer to every failure. No error leaves with an empty body. In the router of a host, the
 * guard leaves the host's own routes alone.
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
import { isOfDoor } from "../../doors/answers.ts"
import { HttpSettings } from "../HttpOptions.ts"
import { plainProblem, problemContentType, problemType, retryAdvice } from "../Problem.ts"
import { invalidResponse, plainResponse, problemResponse } from "../problemResponse.ts"
import { hasArrived } from "../readBody.ts"
import { withInstance } from "./instance.ts"
import { isSlashed, type KnownRoutes } from "./knownRoutes.ts"
import { requestMeter } from "./requestMeter.ts"
import { ServedApi } from "./ServedApi.ts"

const isReadable = (url: string): boolean => {
  if (!url.includes("%")) return true
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

/** The longest address, in bytes: a parser lets a head of twice that pass. */
const addressBytesMax = 8_192

const tooLong = plainResponse(414, `An address has at most ${addressBytesMax} bytes`)

const twoHosts = invalidResponse("host", "must be given once")

/** Whether a request names two hosts, in one header or in two that the host of the API has joined. */
const namesTwoHosts = ({ headers }: HttpServerRequest): boolean =>
  headers["host"]?.includes(",") === true

const unreadable = invalidResponse("", "the address must be percent-encoded UTF-8")

const timedOut = problemResponse({
  problem: {
    ...plainProblem(503, `The request took too long. ${retryAdvice}`),
    type: problemType("timed-out"),
    title: "It took too long"
  },
  headers: { "retry-after": "1" }
})

/** Whether a body is still on its way. The host limits that wait, not this guard. */
const isArriving = (request: HttpServerRequest): boolean =>
  HttpMethod.hasBody(request.method) && !hasArrived(request)

const interrupted = plainResponse(503, retryAdvice, { "retry-after": "1" })

/** Its client has gone, so nobody reads this: what counts answers must not take it for a fault of the server. */
const hungUp = HttpServerResponse.empty({ status: 499 })

const isHungUp = <E>({ reasons }: Cause.Cause<E>): boolean =>
  reasons.some(({ annotations }) => annotations.has(HttpServerError.ClientAbort.key))

/** An answer of status 400 and above as a problem, if it is not one yet and the REST API gave it. */
const asProblem = (response: HttpServerResponse.HttpServerResponse) =>
  response.status < 400 ||
  response.headers["content-type"] === problemContentType ||
  isOfDoor(response)
    ? response
    : plainResponse(response.status)

const correlationPattern = /^[\x20-\x7e]{1,255}$/

const echoed = (request: HttpServerRequest, given: HttpServerResponse.HttpServerResponse) => {
  const response = given.status < 400 ? given : withInstance(request, given)
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

/** Answers to URLs that no route takes. */
class Unrouted {
  private readonly basePath: string

  private readonly routes: KnownRoutes

  constructor(routes: KnownRoutes, basePath: string) {
    this.basePath = basePath
    this.routes = routes
  }

  /** The methods that a URL takes. */
  methodsOf(url: string): ReadonlyArray<string> {
    return this.routes.methodsOf(url, this.basePath)
  }

  /** The answer to a URL without a route: 404, or 405 when its path takes other methods. */
  notAllowed(url: string): HttpServerResponse.HttpServerResponse {
    const methods = this.methodsOf(url)
    if (methods.length > 0) {
      const allow = methods.join(", ")
      return plainResponse(405, `This path takes ${allow}`, { allow })
    }
    const meant = this.routes.pathWithoutSlash(url, this.basePath)
    return meant === undefined
      ? notFound
      : plainResponse(404, `No path here ends with a slash. Leave it out: ${meant}`)
  }

  /** The answer to a URL that no route may take, whatever a router says; undefined for any other. */
  unfit(url: string) {
    if (url.length > addressBytesMax) return tooLong
    if (!isReadable(url)) return unreadable
    return isSlashed(url, this.basePath) ? this.notAllowed(url) : undefined
  }
}

/** The answer at a path that has no route for the method. */
export const notAllowedAt = (routes: KnownRoutes, path: string) =>
  new Unrouted(routes, "").notAllowed(path)

const isRouteNotFound = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
}

const fromCause = <E>(request: HttpServerRequest, cause: Cause.Cause<E>, unrouted: Unrouted) => {
  if (isRouteNotFound(cause)) {
    const { url } = request
    return Effect.succeed(unrouted.unfit(url) ?? unrouted.notAllowed(url))
  }
  if (Cause.hasInterruptsOnly(cause)) return Effect.succeed(isHungUp(cause) ? hungUp : interrupted)
  return Effect.flatMap(HttpServerError.causeResponse(cause), ([response]) =>
    response.status < 500
      ? Effect.succeed(asProblem(response))
      : Effect.withFiber((fiber) => {
          // The address as it was sent may name a person.
          const taken = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)
          const about = `${request.method} ${taken?.route.path ?? "a path without a route"} failed`
          return Effect.as(Effect.logError(about, cause), asProblem(response))
        })
  )
}

/** Knows which routes of a router are ours, by their handlers. */
class OwnRoutes {
  private readonly handlers = new WeakSet<object>()

  private readonly basePath: string

  private readonly unrouted: Unrouted

  constructor(unrouted: Unrouted, basePath: string) {
    this.unrouted = unrouted
    this.basePath = basePath
  }

  /** Marks a route as ours, and keeps addresses from it that are unreadable or end with a slash. */
  readonly mark = <E, R>(app: App<E, R>): App<E, R> => {
    const handler: App<E, R> = Effect.withFiber((fiber) => {
      const { url } = Context.getUnsafe(fiber.context, HttpServerRequest)
      if (url.length > addressBytesMax) return Effect.succeed(tooLong)
      if (!isReadable(url)) return Effect.succeed(unreadable)
      // The router has taken the base path off the address.
      return isSlashed(url, this.basePath)
        ? Effect.succeed(this.unrouted.notAllowed(`${this.basePath}${url}`))
        : app
    })
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
 * Guards our routes in a router. When the router has no other routes, it also answers every path
 * that is not found.
 */
export const layerGuard = ({ areAlone }: { readonly areAlone: boolean }) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { basePath, requestTimeoutMillis } = yield* HttpSettings
      const unrouted = new Unrouted(yield* ServedApi, basePath)
      const own = new OwnRoutes(unrouted, basePath)
      const meter = yield* requestMeter
      const isOurs = (fiber: Fiber.Fiber<unknown, unknown>) => areAlone || own.took(fiber)
      /** Whether no route took the request although its path is ours and takes other methods. */
      const isWrongMethod = <E>({ url }: HttpServerRequest, cause: Cause.Cause<E>) =>
        isRouteNotFound(cause) && unrouted.methodsOf(url).length > 0
      const guard = <E, R>(app: App<E, R>): App<E, R> =>
        Effect.withFiber((fiber) => {
          const request = Context.getUnsafe(fiber.context, HttpServerRequest)
          const begun = meter.begun()
          const refused = areAlone
            ? (unrouted.unfit(request.url) ?? (namesTwoHosts(request) ? twoHosts : undefined))
            : undefined
          if (refused !== undefined) {
            meter.ended(begun, request.method, fiber, refused.status)
            return Effect.succeed(echoed(request, refused))
          }
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
              const isOur = isOurs(fiber)
              meter.ended(begun, request.method, fiber, isOur ? response.status : undefined)
              return Effect.succeed(isOur ? echoed(request, asProblem(response)) : response)
            },
            onFailure: (cause) => {
              clearTimeout(timer)
              if (!isOurs(fiber) && !isWrongMethod(request, cause)) {
                meter.ended(begun, request.method, fiber, undefined)
                return Effect.failCause(cause)
              }
              const answered = isLate
                ? Effect.succeed(timedOut)
                : fromCause(request, cause, unrouted)
              return Effect.map(answered, (response) => {
                meter.ended(begun, request.method, fiber, response.status)
                return echoed(request, response)
              })
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
