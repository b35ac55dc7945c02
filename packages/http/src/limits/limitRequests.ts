/**
 * Limits on requests, in the order in which a request meets them: how many are under way at once, how
 * often its address may ask, and once it is known who asks, how often they may. Who is refused learns
 * when to come again, and nothing of the request takes effect.
 */
import {
  isGuest,
  type Principal,
  principalName,
  type RateDecision,
  type RateLimit,
  type RateLimiter
} from "@holdfast/core/access"
import { RequestCaller } from "@holdfast/core/engine"
import { type CounterSeries, counter, limitsHit } from "@holdfast/core/metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { SentRequest } from "../audit/senderOf.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { plainProblem, problemType } from "../kit/Problem.ts"
import { problemResponse } from "../kit/problemResponse.ts"
import { addressKey } from "./addressKey.ts"
import type { ReadsAndWrites } from "./LimitOptions.ts"
import { kindOf, type RequestKind } from "./requestKind.ts"

type App<E, R> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
/** What stands before an app, and may answer in its place. */
export type Middleware = <E, R>(app: App<E, R>) => App<E, R>

/** Whether the routes are the only ones of their router. */
interface Routing {
  readonly areAlone: boolean
}

const shedRequests = counter(
  "holdfast_http_requests_shed_total",
  "Requests that were not begun, since too many were under way"
)

const seconds = (millis: number): number => Math.ceil(millis / 1_000)

/** How a limit is called on the wire: `address-writes`. */
const nameOf = (who: "address" | "principal", kind: RequestKind | "carts") => `${who}-${kind}`

const policyOf = (name: string, { count, windowMillis }: RateLimit) =>
  `"${name}";q=${count};w=${seconds(windowMillis)}`

const standingOf = (name: string, { remaining, resetMillis }: RateDecision) =>
  `"${name}";r=${remaining};t=${seconds(resetMillis)}`

const joined = (before: string | undefined, value: string) =>
  before === undefined ? value : `${before}, ${value}`

/** What the limit is, and how much of it is left (draft of the IETF, HTTPAPI), beside what was there before. */
export const standingHeaders = (
  before: Readonly<Record<string, string | undefined>>,
  name: string,
  limit: RateLimit,
  decision: RateDecision
): Readonly<Record<string, string>> => ({
  "ratelimit-policy": joined(before["ratelimit-policy"], policyOf(name, limit)),
  ratelimit: joined(before["ratelimit"], standingOf(name, decision))
})

/** Writes the standing of a limit on an answer. */
const withStanding = (
  response: HttpServerResponse.HttpServerResponse,
  name: string,
  limit: RateLimit,
  decision: RateDecision
) =>
  HttpServerResponse.setHeaders(response, standingHeaders(response.headers, name, limit, decision))

const inWords = (windowMillis: number): string =>
  windowMillis % 3_600_000 === 0
    ? `${windowMillis / 3_600_000} h`
    : windowMillis % 60_000 === 0
      ? `${windowMillis / 60_000} min`
      : `${windowMillis / 1_000} s`

const tooMany = (name: string, limit: RateLimit, decision: RateDecision) => {
  const wait = Math.max(1, seconds(decision.retryMillis))
  const problem = {
    ...plainProblem(
      429,
      `At most ${limit.count} in ${inWords(limit.windowMillis)}; wait ${wait} s.`
    ),
    limit: name
  }
  const refused = problemResponse({ problem, headers: { "retry-after": String(wait) } })
  return withStanding(refused, name, limit, decision)
}

const shed = problemResponse({
  problem: {
    ...plainProblem(503, "Too many requests are under way, and this one was not begun"),
    type: problemType("too-busy"),
    title: "Too many requests are under way"
  },
  headers: { "retry-after": "1" }
})

const layerOf = ({ areAlone }: Routing, middleware: Middleware) =>
  areAlone
    ? HttpRouter.middleware(middleware, { global: true })
    : HttpRouter.middleware(middleware).layer

/** A bucket to draw from. */
export interface Drawn {
  readonly name: string
  readonly limit: RateLimit
  readonly key: string
}

/** Lets a request go on if there is a token for it. */
const drawing =
  (
    limiter: RateLimiter,
    drawnBy: (context: Context.Context<never>) => Drawn | undefined
  ): Middleware =>
  (app) =>
    Effect.withFiber((fiber) => {
      const drawn = drawnBy(fiber.context)
      if (drawn === undefined) return app
      const { key, limit, name } = drawn
      return Effect.flatMap(limiter.take(name, limit, key), (decision) => {
        if (!decision.isAllowed) {
          limitsHit.in(fiber.context).with(name).add()
          return Effect.succeed(tooMany(name, limit, decision))
        }
        // On any answer, a problem too.
        HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (_request, response) =>
          Effect.succeed(withStanding(response, name, limit, decision))
        )
        return app
      })
    })

const isLimited = ({ reads, writes }: ReadsAndWrites = {}): boolean =>
  reads !== undefined || writes !== undefined

const limitOf = (of: ReadsAndWrites | undefined, kind: RequestKind): RateLimit | undefined =>
  kind === "free" || kind === "door" ? undefined : of?.[kind]

/** The bucket of an address, as the host finds it or as that of the connection. */
const addressesBy =
  (clientAddressOf: HttpSettings["Service"]["clientAddressOf"]) =>
  (request: SentRequest): string =>
    addressKey(
      clientAddressOf === undefined
        ? Option.getOrUndefined(request.remoteAddress)
        : clientAddressOf(request)
    )

/** Lets an address do something else that has a limit of its own; no limit where none is given. */
export const drawingOfAddress = (
  kind: "carts",
  limit: RateLimit | undefined
): Effect.Effect<Middleware, never, HttpSettings> =>
  Effect.map(HttpSettings, ({ clientAddressOf, limiter }) => {
    if (limit === undefined) return (app) => app
    const addressOf = addressesBy(clientAddressOf)
    return drawing(limiter, (context) => ({
      ...{ name: nameOf("address", kind), limit },
      key: addressOf(Context.getUnsafe(context, HttpServerRequest))
    }))
  })

/** Sheds requests beyond those that may be under way at once. */
const shedding = (
  requestsMax: number,
  settings: Pick<HttpSettings["Service"], "basePath" | "doors" | "underWay">,
  shedCount: CounterSeries
): Middleware => {
  const { underWay } = settings
  const leave = Effect.sync(() => {
    underWay.requests -= 1
  })
  return (app) =>
    Effect.withFiber((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest)
      if (underWay.requests >= requestsMax) {
        if (kindOf(request, settings) === "free") return app
        shedCount.add()
        return Effect.succeed(shed)
      }
      underWay.requests += 1
      return Effect.onExit(app, () => leave)
    })
}

/** What a request meets before it is known who sends it. */
export const layerAddressLimits = (routing: Routing) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const settings = yield* HttpSettings
      const { clientAddressOf, limiter, limits } = settings
      const { address, requestsMax } = limits
      const addressOf = addressesBy(clientAddressOf)
      const shedCount = shedRequests.in(yield* Effect.context<never>()).with()
      const byAddress = drawing(limiter, (context) => {
        const request = Context.getUnsafe(context, HttpServerRequest)
        const kind = kindOf(request, settings)
        const limit = limitOf(address, kind)
        return limit && { name: nameOf("address", kind), limit, key: addressOf(request) }
      })
      const rates = isLimited(address) ? layerOf(routing, byAddress) : Layer.empty
      return requestsMax === undefined
        ? rates
        : Layer.provideMerge(rates, layerOf(routing, shedding(requestsMax, settings, shedCount)))
    })
  )

/**
 * What a request meets once it is known who sends it. Those who show nothing draw from the
 * bucket of their address, and guests from that of their cart.
 */
export const principalLimits: Effect.Effect<Middleware, never, HttpSettings> = Effect.map(
  HttpSettings,
  ({ basePath, clientAddressOf, doors, limiter, limits }) => {
    const { principal: limit } = limits
    if (!isLimited(limit)) return (app) => app
    const addressOf = addressesBy(clientAddressOf)
    return drawing(limiter, (context) => {
      const request = Context.getUnsafe(context, HttpServerRequest)
      const kind = kindOf(request, { basePath, doors })
      const of = limitOf(limit, kind)
      if (of === undefined) return undefined
      const { principal } = Context.get(context, RequestCaller)
      const isNamed =
        principal !== undefined && (principal.kind !== "ANONYMOUS" || isGuest(principal))
      const key = isNamed ? principalName(principal) : addressOf(request)
      return { name: nameOf("principal", kind), limit: of, key }
    })
  }
)

/** The buckets that a request of a kind draws from, in their order: of its address, and of who asks. */
export const drawsOf = ({
  clientAddressOf,
  limits
}: Pick<HttpSettings["Service"], "clientAddressOf" | "limits">) => {
  const addressOf = addressesBy(clientAddressOf)
  return (
    request: SentRequest,
    principal: Principal | undefined,
    kind: "reads" | "writes"
  ): ReadonlyArray<Drawn> => {
    const ofAddress = limitOf(limits.address, kind)
    const ofPrincipal = limitOf(limits.principal, kind)
    if (ofAddress === undefined && ofPrincipal === undefined) return []
    const isNamed =
      principal !== undefined && (principal.kind !== "ANONYMOUS" || isGuest(principal))
    const address = addressOf(request)
    return [
      ...(ofAddress === undefined
        ? []
        : [{ name: nameOf("address", kind), limit: ofAddress, key: address }]),
      ...(ofPrincipal === undefined
        ? []
        : [
            {
              name: nameOf("principal", kind),
              limit: ofPrincipal,
              key: isNamed ? principalName(principal) : address
            }
          ])
    ]
  }
}

const free = Effect.succeed(undefined)

/** Draws for a request of another door, as so many requests of one kind; the answer refuses it. */
export const drawingAtDoor: Effect.Effect<
  (
    request: HttpServerRequest,
    principal: Principal | undefined
  ) => (
    kind: "reads" | "writes",
    count: number
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse | undefined>,
  never,
  HttpSettings
> = Effect.map(HttpSettings, ({ clientAddressOf, limiter, limits }) => {
  if (!isLimited(limits.address) && !isLimited(limits.principal)) return () => () => free
  const drawnBy = drawsOf({ clientAddressOf, limits })
  return (request, principal) => (kind, count) =>
    Effect.gen(function* () {
      if (count === 0) return undefined
      for (const { key, limit, name } of drawnBy(request, principal, kind)) {
        for (let drawn = 0; drawn < count; drawn++) {
          const decision = yield* limiter.take(name, limit, key)
          if (decision.isAllowed) continue
          limitsHit
            .in(yield* Effect.context<never>())
            .with(name)
            .add()
          return tooMany(name, limit, decision)
        }
      }
      return undefined
    })
})
