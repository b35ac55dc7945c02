/**
 * The access log: a line of log for a request, by its route and never by its path as it was sent. There
 * is none unless a host asks for it, and then no request pays for it.
 */
import {
  type AccessLogOptions,
  isAccessLogged,
  type Outcome,
  outcomeOf,
  readCorrelationId
} from "@holdfast/core/tracing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../HttpOptions.ts"
import { requestIdOf } from "./requestId.ts"

/** What is known of a request only inside. */
export interface RequestNotes {
  readonly operation?: string | undefined
  readonly principal?: string | undefined
  /** How it ended, where its status does not say so, as with GraphQL. */
  readonly outcome?: Outcome | undefined
}

const notes = new WeakMap<object, RequestNotes>()

/** Notes more about a request, for its line of log. What has failed stays a failure. */
export const noteRequest = (
  { source }: Pick<HttpServerRequest, "source">,
  more: RequestNotes
): void => {
  const known = notes.get(source)
  const outcome = known?.outcome === "failure" ? known.outcome : (more.outcome ?? known?.outcome)
  notes.set(source, { ...known, ...more, outcome })
}

type LoggedRequest = Pick<HttpServerRequest, "headers" | "method" | "source">

const lineOf = (
  request: LoggedRequest,
  status: number,
  route: string | undefined,
  millis: number
) => {
  const { operation, outcome = outcomeOf(status), principal } = notes.get(request.source) ?? {}
  const correlationId = readCorrelationId(request.headers["x-correlation-id"])
  return Effect.annotateLogs(
    outcome === "failure" ? Effect.logWarning("request") : Effect.logInfo("request"),
    {
      requestId: requestIdOf(request),
      method: request.method,
      route: route ?? "unknown",
      status,
      outcome,
      durationMillis: Math.round(millis * 1_000) / 1_000,
      ...(operation === undefined ? {} : { operation }),
      ...(principal === undefined ? {} : { principal }),
      ...(correlationId === undefined ? {} : { correlationId })
    }
  )
}

/** Logs a request that a route would have answered, if the settings ask for it. */
export const loggedAt = (
  accessLog: AccessLogOptions,
  request: LoggedRequest,
  status: number,
  { path }: HttpRouter.Route<unknown, unknown>,
  millis: number
): Effect.Effect<void> =>
  isAccessLogged(accessLog, outcomeOf(status), millis)
    ? lineOf(request, status, path, millis)
    : Effect.void

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
          const outcome = notes.get(request.source)?.outcome ?? outcomeOf(response.status)
          if (!isAccessLogged(accessLog, outcome, millis)) return Effect.void
          const route = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)?.route.path
          if (response.status < 400 && route?.includes("/health/") === true) return Effect.void
          return lineOf(request, response.status, route === "*" ? undefined : route, millis)
        })
      })
    return HttpRouter.middleware(logging, { global: true })
  })
)
