/**
 * Counts requests and how long their answers took, by the pattern of their route: never by a path as it
 * was sent. What no route takes is one label. An event stream counts as answered when it begins.
 */
import { counter, durationBuckets, gauge, histogram } from "@holdfast/core/metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpSettings } from "../HttpOptions.ts"

const requests = counter("holdfast_http_requests_total", "Requests that were answered", {
  labels: ["method", "route", "status"],
  seriesMax: 5_000
})

const durations = histogram(
  "holdfast_http_request_duration_seconds",
  "How long a request took from its head to the head of its answer",
  { unit: "seconds", labels: ["method", "route"], buckets: durationBuckets }
)

const underWay = gauge("holdfast_http_requests_under_way", "Requests that are being answered")

/**
 * Counts requests. `begun` gives what `ended` takes; a request that was not ours ends without a status, and
 * is not counted.
 */
export interface RequestMeter {
  readonly begun: () => number
  readonly ended: (
    begun: number,
    method: string,
    fiber: Fiber.Fiber<unknown, unknown>,
    status: number | undefined
  ) => void
  /** Ends one that a route would have answered. */
  readonly endedAt: (begun: number, method: string, route: AnyRoute, status: number) => void
  /** Ends one that goes on as another. */
  readonly handedOn: () => void
}

type AnyRoute = HttpRouter.Route<unknown, unknown>

const idle: RequestMeter = {
  begun: () => 0,
  ended: () => undefined,
  endedAt: () => undefined,
  handedOn: () => undefined
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

const orMade = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** What no route takes, whatever its path. */
const unknown = "unknown"

/** What was answered before a route was looked for, such as what met a limit. */
const unrouted = "unrouted"

const isUnknown = (status: number): boolean => status === 404 || status === 405

/** The meter of the requests to these routes, in the registry of the fiber. */
export const requestMeter: Effect.Effect<RequestMeter, never, HttpSettings> = Effect.gen(
  function* () {
    const { areCounted, basePath } = yield* HttpSettings
    if (!areCounted) return idle
    const context = yield* Effect.context<never>()
    const counted = requests.in(context)
    const timed = durations.in(context)
    const busy = underWay.in(context).with()
    const patternOf = (path: string) => {
      if (path === "*") return unknown
      return basePath !== "" && path.startsWith(basePath) ? path.slice(basePath.length) : path
    }
    const seriesOf = (method: string, route: string) => ({
      duration: timed.with(method, route),
      statuses: new Map<number, ReturnType<typeof counted.with>>(),
      ofStatus: (status: number) => counted.with(method, route, String(status))
    })
    // By the route itself, so that a request pays for no text.
    const known = new Map<object | string, Map<string, ReturnType<typeof seriesOf>>>()
    const lookUp = (route: AnyRoute | string, method: string) =>
      orMade(
        orMade(known, route, () => new Map()),
        method,
        () => seriesOf(method, typeof route === "string" ? route : patternOf(route.path))
      )
    const count = (begun: number, sent: string, route: AnyRoute | string, status: number) => {
      const series = lookUp(route, methods.has(sent) ? sent : "other")
      series.duration.observe((performance.now() - begun) / 1_000)
      orMade(series.statuses, status, () => series.ofStatus(status)).add()
    }
    return {
      begun: () => {
        busy.add(1)
        return performance.now()
      },
      endedAt: (begun, sent, route, status) => {
        busy.add(-1)
        count(begun, sent, route, status)
      },
      handedOn: () => busy.add(-1),
      ended: (begun, sent, fiber, status) => {
        busy.add(-1)
        if (status === undefined) return
        const taken = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)
        count(begun, sent, taken?.route ?? (isUnknown(status) ? unknown : unrouted), status)
      }
    }
  }
)
