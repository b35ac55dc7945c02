/** The routes of other doors, over the same engine, the same limits and the same callers. */
import {
  isGuest,
  isPrincipal,
  type PermittedOperation,
  type Principal,
  principalName
} from "@holdfast/core/access"
import type { CatalogServices } from "@holdfast/core/catalog"
import { anonymous, type Caller, callerUnder, layerDigest } from "@holdfast/core/engine"
import type { InventoryServices } from "@holdfast/core/inventory"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Authenticator, Unauthenticated } from "../access/Authenticator.ts"
import { guestDoor } from "../access/guests.ts"
import { noPrincipal, unknownSender } from "../access/layerAccess.ts"
import { makeDenialRecorder } from "../access/recordingDenials.ts"
import { untilRefused } from "../access/untilRefused.ts"
import { senderOf } from "../audit/senderOf.ts"
import { beginStream } from "../events/beginStream.ts"
import { EventStreams } from "../events/EventStreams.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { loggedResponse } from "../kit/problemResponse.ts"
import { readBody } from "../kit/readBody.ts"
import { noteRequest } from "../kit/serving/accessLog.ts"
import { withHeader } from "../kit/writing.ts"
import { drawingAtDoor } from "../limits/limitRequests.ts"
import { asItIs } from "./answers.ts"
import type { Admitted, DoorHost } from "./HttpDoor.ts"

/** Shared caches know nothing of carts: what a guest is answered is for the guest alone. */
const keptByNoCache = withHeader("cache-control", "no-store")

/** What stands for the answer while nobody is refused. */
const notRefused = HttpServerResponse.empty()

/** Finds out who sends a request, as the REST API does. */
const makeAdmission = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const { authenticate, callerOf, clientAddressOf } = settings
  const drawAs = yield* drawingAtDoor
  const guests = yield* guestDoor
  const record = yield* makeDenialRecorder
  const admitted = (
    request: HttpServerRequest,
    known: Caller,
    principal: Principal | undefined
  ): Admitted => ({
    caller: { ...known, sender: known.sender ?? senderOf(request, clientAddressOf) },
    draw: drawAs(request, principal),
    denied: ({ context, ...denied }) => record({ ...denied, request, principal, group: context })
  })
  type Found = Result.Result<Admitted, HttpServerResponse.HttpServerResponse>
  /** A guess draws from its address, since nothing of the request will. */
  const refuse = (request: HttpServerRequest, failure: Unauthenticated): Effect.Effect<Found> =>
    Effect.flatMap(drawAs(request, undefined)("reads", 1), (limited) =>
      limited !== undefined
        ? Effect.succeed<Found>(Result.fail(limited))
        : Effect.as(
            record({
              ...{ request, group: "inventory", principal: undefined, targets: [] },
              ...{ operation: "graphql", reason: failure.reason }
            }),
            Result.fail(unknownSender(failure))
          )
    )
  const asking: Authenticator | undefined =
    authenticate &&
    ((request) =>
      Effect.flatMap(authenticate(request), (principal) =>
        isPrincipal(principal) ? guests.admit(principal, request) : Effect.fail(noPrincipal)
      ))
  const admit = (request: HttpServerRequest): Effect.Effect<Found> => {
    if (asking === undefined) {
      const known =
        callerOf === undefined ? anonymous : { ...anonymous, ...callerOf(request.headers) }
      return Effect.succeed(Result.succeed(admitted(request, known, undefined)))
    }
    return Effect.matchEffect(asking(request), {
      // Nobody was denied anything: the same request may be sent again.
      onFailure: (failure): Effect.Effect<Found> =>
        failure._tag === "StoreError"
          ? Effect.map(loggedResponse(failure), Result.fail)
          : refuse(request, failure),
      onSuccess: (principal) =>
        Effect.suspend(() => {
          let isRefused = true
          const goOn = Effect.sync(() => {
            isRefused = false
            return notRefused
          })
          return Effect.flatMap(guests.counted(principal)(goOn), (response) => {
            if (isRefused) return Effect.succeed<Found>(Result.fail(response))
            if (settings.accessLog !== undefined) {
              noteRequest(request, { principal: principalName(principal) })
            }
            const found: Found = Result.succeed(
              admitted(request, callerUnder(principal), principal)
            )
            return isGuest(principal) ? Effect.as(keptByNoCache, found) : Effect.succeed(found)
          })
        })
    })
  }
  return {
    admit,
    untilRefused: (request: HttpServerRequest, operation: PermittedOperation) =>
      untilRefused({ ...settings, authenticate: asking }, request, operation)
  }
})

/** The routes of the doors that the settings name. */
export const layerDoors = (
  inventory: Context.Context<InventoryServices> | undefined,
  catalog: Context.Context<CatalogServices> | undefined
) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const settings = yield* HttpSettings
      const { basePath, doors, eventHeartbeatMillis, eventStreamsMax, requestLinesMax } = settings
      if (doors.length === 0) return Layer.empty
      const streams = yield* EventStreams
      const host: DoorHost = {
        ...{ inventory, catalog, basePath, requestLinesMax },
        heartbeatMillis: eventHeartbeatMillis,
        ...(yield* makeAdmission),
        readBody: (request) => readBody(request, settings),
        follow: (context, after) => beginStream(streams, eventStreamsMax, context, after),
        streamsEnded: streams.ended,
        note: settings.accessLog === undefined ? () => undefined : noteRequest
      }
      const routes = yield* Effect.forEach(doors, (door) =>
        Effect.map(door.open(host), (handler) =>
          door.methods.map((method) =>
            HttpRouter.route(
              method,
              door.path,
              Effect.flatMap(HttpServerRequest, (request) => Effect.map(handler(request), asItIs))
            )
          )
        )
      )
      return HttpRouter.addAll(routes.flat())
    })
  ).pipe(Layer.provide(layerDigest))
