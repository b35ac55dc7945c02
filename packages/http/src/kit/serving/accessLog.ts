/**
 * The access log: a line of log for a request, by its route and never by its path as it was sent. There
 * is none unless a host asks for it, and then no request pays for it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../HttpOptions.ts"
import { requestIdOf } from "./requestId.ts"

/** Which requests get a line of log. */
export interface AccessLogOptions {
  /** `errors`: answers of status 500 and above. `problems`: of 400 and above. `slow`: only slow ones. */
  readonly which: "slow" | "errors" | "problems" | "all"
  /** What took longer than this gets a line whatever its status, in milliseconds; nothing unless given. */
  readonly slowMillis?: number | undefined
  /** The share of answers below 400 that get one with `all`, from 0 to 1: 1. */
  readonly share?: number | undefined
}

/** What is known of a request only inside. */
export interface RequestNotes {
  readonly operation?: string | undefined
  readonly principal?: string | undefined
}

const notes = new WeakMap<object, RequestNotes>()

/** Notes more about a request, for its line of log. */
export const noteRequest = ({ source }: HttpServerRequest, more: RequestNotes): void => {
  notes.set(source, { ...notes.get(source), ...more })
}

const leastStatus = { slow: Number.POSITIVE_INFINITY, errors: 500, problems: 400, all: 0 } as const

const isLogged = (options: AccessLogOptions, status: number, millis: number): boolean => {
  const { share = 1, slowMillis, which } = options
  if (slowMillis !== undefined && millis >= slowMillis) return true
  if (status < leastStatus[which]) return false
  return status >= 400 || share >= 1 || Math.random() < share
}

const outcomeOf = (status: number): string =>
  status >= 500 ? "failure" : status >= 400 ? "refused" : "success"

const correlationPattern = /^[\x20-\x7e]{1,255}$/

const lineOf = (
  request: HttpServerRequest,
  { status }: HttpServerResponse.HttpServerResponse,
  route: string | undefined,
  millis: number
) => {
  const { operation, principal } = notes.get(request.source) ?? {}
  const correlationId = request.headers["x-correlation-id"]
  const line = Effect.annotateLogs(
    status >= 500 ? Effect.logWarning("request") : Effect.logInfo("request"),
    {
      requestId: requestIdOf(request),
      method: request.method,
      route: route ?? "unknown",
      status,
      outcome: outcomeOf(status),
      durationMillis: Math.round(millis * 1_000) / 1_000,
      ...(operation === undefined ? {} : { operation }),
      ...(principal === undefined ? {} : { principal }),
      ...(correlationId !== undefined && correlationPattern.test(correlationId)
        ? { correlationId }
        : {})
    }
  )
  return line
}

/** Logs requests, where the settings say so. Health is never logged unless it fails. */
export const layerAccessLog = Layer.unwrap(
  Effect.map(HttpSettings, ({ accessLog }) => {
    if (accessLog === undefined) return Layer.empty
    const logging = <E, R>(
      app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
    ): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> =>
      Effect.withFiber((fiber) => {
        const request = Context.getUnsafe(fiber.context, HttpServerRequest)
        const begun = performance.now()
        return Effect.tap(app, (response) => {
          const millis = performance.now() - begun
          if (!isLogged(accessLog, response.status, millis)) return Effect.void
          const route = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)?.route.path
          if (response.status < 400 && route?.includes("/health/") === true) return Effect.void
          return lineOf(request, response, route === "*" ? undefined : route, millis)
        })
      })
    return HttpRouter.middleware(logging, { global: true })
  })
)
