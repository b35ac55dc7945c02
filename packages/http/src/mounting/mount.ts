/**
 * The routes over an engine that may not be there yet. Opening starts at once. When it fails, it is
 * tried again until it succeeds. Until then every request is answered: liveness is 200, anything
 * else 503.
 */
import { HoldfastError } from "@holdfast/core"
import { loggerTo } from "@holdfast/core/engine"
import { StoreError } from "@holdfast/core/inventory"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { everyContext } from "../events/contexts.ts"
import { type MountOptions, settingsOf } from "../kit/HttpOptions.ts"
import { storeProblem } from "../kit/Problem.ts"
import { plainResponse, problemResponse } from "../kit/problemResponse.ts"
import { routerConfig } from "../kit/serving/knownRoutes.ts"
import { type ServedApi, servingOf, withDoors } from "../kit/serving/ServedApi.ts"
import { layerRoutesAlone } from "../routes.ts"
import type { Engine, EngineLayer, Loggers } from "./engineOf.ts"

/** What answers requests. */
export type App = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  unknown,
  HttpServerRequest | Scope.Scope
>

/** Routes that are mounted: what answers requests, and how to end it. */
export interface Mounted {
  readonly app: App
  /** The methods that a URL takes: those of the whole API, until it is known what is served. */
  readonly methodsOf: (url: string) => ReadonlyArray<string>
  readonly dispose: () => Promise<void>
}

/** From a quarter of a second to five seconds apart. */
const pauses = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

const live = HttpServerResponse.jsonUnsafe({ status: "live" })

/** Answers liveness, which needs no engine. `otherwise` answers anything else. */
const orLiveAt =
  (path: string) =>
  (otherwise: App): App =>
    Effect.flatMap(HttpServerRequest, ({ method, url }) =>
      (method === "GET" || method === "HEAD") && url.split("?", 1)[0] === path
        ? Effect.succeed(live)
        : otherwise
    )

const opening = plainResponse(503, "The inventory is being opened; try again shortly", {
  "retry-after": "1"
})

const notOpened = plainResponse(503, "The inventory cannot be opened yet; the log says why", {
  "retry-after": "2"
})

/** A failed store says why. The reasons of other failures are for the log only. */
const notOpen = (cause: Cause.Cause<unknown>): HttpServerResponse.HttpServerResponse => {
  const error = Cause.squash(cause)
  if (!Predicate.isTagged(error, "StoreError")) return notOpened
  const answer = storeProblem(error as StoreError)
  return answer.headers === undefined ? notOpened : problemResponse(answer)
}

const disposedOf = problemResponse(
  storeProblem(new StoreError({ reason: "Closed", message: "The server is shutting down" }))
)

/** Opens the engine and puts the routes over it. What a failed attempt opened is closed again. */
const openIn = (
  scope: Scope.Scope,
  engine: EngineLayer,
  options: MountOptions,
  onServing: (served: ServedApi["Service"]) => void
): Effect.Effect<App, unknown> =>
  Effect.suspend(() => {
    const own = Scope.forkUnsafe(scope)
    return HttpRouter.toHttpEffect(
      Layer.provide(layerRoutesAlone(options, onServing), engine as Layer.Layer<never, unknown>)
    ).pipe(
      Effect.provideService(HttpRouter.RouterConfig, routerConfig),
      Effect.provideService(Scope.Scope, own),
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
    )
  })

const loggersOf = (engine: Engine, { log }: MountOptions): Loggers | undefined => {
  if (log === undefined) return engine.loggers
  if (typeof log === "function") return new Set([loggerTo(log)])
  const issues = [{ path: "options.log", message: "must be a function" }]
  throw new HoldfastError("InvalidInput", { issues })
}

const reasonOf = (cause: Cause.Cause<unknown>): string => String(Cause.squash(cause))

/** Mounts the routes over an engine. `received` is what a kind of host does to every request. */
export const mount = (
  engine: Engine,
  options: MountOptions,
  received: (app: App) => App
): Mounted => {
  const loggers = loggersOf(engine, options)
  const logged = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    loggers === undefined ? effect : Effect.provideService(effect, Logger.CurrentLoggers, loggers)
  const { basePath, doors, requestTimeoutMillis } = settingsOf(options)
  const orLive = orLiveAt(`${basePath}/health/live`)
  const scope = Scope.makeUnsafe()
  const attempted = Deferred.makeUnsafe<void>()
  let lastReason: string | undefined
  let served = withDoors(servingOf(engine.contexts ?? everyContext, true), doors)

  let current: App = orLive(
    Effect.interruptible(Deferred.await(attempted)).pipe(
      Effect.timeoutOption(requestTimeoutMillis),
      Effect.flatMap((ended) => (Option.isNone(ended) ? Effect.succeed(opening) : current))
    )
  )
  const answerBy = (app: App) =>
    Effect.andThen(
      Effect.sync(() => {
        current = app
      }),
      Deferred.succeed(attempted, undefined)
    )
  const failed = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
    yield* answerBy(orLive(Effect.succeed(notOpen(cause))))
    const reason = reasonOf(cause)
    if (reason === lastReason) return
    lastReason = reason
    yield* Effect.logWarning("the inventory cannot be opened yet; trying again", cause)
  })
  const opened = Effect.fnUntraced(function* (app: App) {
    yield* answerBy(app)
    if (lastReason !== undefined) yield* Effect.logInfo("the inventory is open")
  })
  const fiber = openIn(scope, engine.layer, options, (it) => {
    served = it
  }).pipe(
    Effect.sandbox,
    Effect.tapError(failed),
    Effect.retry(pauses),
    Effect.flatMap(opened),
    logged,
    Effect.runFork
  )
  const close = Effect.sync(() => {
    current = orLive(Effect.succeed(disposedOf))
  }).pipe(
    Effect.andThen(Fiber.interrupt(fiber)),
    Effect.andThen(Scope.close(scope, Exit.void)),
    Effect.andThen(Deferred.succeed(attempted, undefined))
  )
  let closing: Promise<unknown> | undefined
  return {
    app: logged(received(Effect.suspend(() => current))),
    methodsOf: (url) => served.methodsOf(url, basePath),
    dispose: async () => {
      closing ??= Effect.runPromise(close)
      await closing
    }
  }
}
