/**
 * Asks who sends a request, and whether they may, before anything of the request is read. The engine
 * then knows the principal, and asks about what the request names and about what it loads.
 */
import { isPrincipal, objectionTo, type Principal, principalName } from "@holdfast/core/access"
import { callerUnder, layerDigest, RequestCaller } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type { ServedContexts } from "../events/ServedContexts.ts"
import { Access } from "../HoldfastApi.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { challenge, plainProblem } from "../kit/Problem.ts"
import { loggedResponse, problemResponse, refusalResponse } from "../kit/problemResponse.ts"
import { noteRequest } from "../kit/serving/accessLog.ts"
import { principalLimits } from "../limits/limitRequests.ts"
import { Unauthenticated } from "./Authenticator.ts"
import { guestDoor } from "./guests.ts"
import { makeDenialRecorder } from "./recordingDenials.ts"
import { permissionOf } from "./routePermissions.ts"

/** Why nobody vouches for the request is for the logs alone: the answer helps nobody to guess. */
export const unknownSender = (failure: Unauthenticated): HttpServerResponse.HttpServerResponse =>
  problemResponse({
    problem: plainProblem(401),
    headers: { "www-authenticate": failure.challenge || challenge }
  })

/** What a token says of who sends it may not fit, such as an id that is too long. */
export const noPrincipal = new Unauthenticated({
  reason: "what vouches for the request gave no principal that can be read",
  challenge: ""
})

/** Why an answer denies a request; undefined for one that does not. */
const reasonOf = ({ status }: HttpServerResponse.HttpServerResponse): string | undefined => {
  if (status === 401) return "nobody vouches for who asks"
  return status === 403 ? "who asks may not do this" : undefined
}

/** Asks for permission, where the host says who sends a request. What is denied is recorded. */
export const layerAccess: Layer.Layer<Access, never, HttpSettings | ServedContexts> = Layer.effect(
  Access,
  Effect.gen(function* () {
    const { accessLog, authenticate } = yield* HttpSettings
    const limited = yield* principalLimits
    const guests = yield* guestDoor
    const record = yield* makeDenialRecorder
    return (given, { endpoint, group }) => {
      const operation = permissionOf(group.identifier, endpoint.identifier)
      const app =
        accessLog === undefined
          ? given
          : Effect.flatMap(HttpServerRequest, (request) => {
              noteRequest(request, { operation: operation.name })
              return given
            })
      if (authenticate === undefined || operation.permission.role === "ANYONE") return limited(app)
      return Effect.flatMap(HttpServerRequest, (request) => {
        const about = { request, group: group.identifier, operation: operation.name }
        const underPrincipal = (principal: Principal) => {
          if (accessLog !== undefined) {
            noteRequest(request, { operation: operation.name, principal: principalName(principal) })
          }
          const objection = objectionTo(principal, operation)
          const answer = objection === undefined ? app : Effect.succeed(refusalResponse(objection))
          const asked = guests.counted(principal)(limited(answer))
          return Effect.tap(
            Effect.provideService(asked, RequestCaller, callerUnder(principal)),
            (response) => {
              const reason = reasonOf(response)
              return reason === undefined ? Effect.void : record({ ...about, principal, reason })
            }
          )
        }
        const refuse = (failure: Unauthenticated) =>
          Effect.as(
            record({ ...about, principal: undefined, reason: failure.reason }),
            unknownSender(failure)
          )
        const found = Effect.flatMap(authenticate(request), (principal) =>
          isPrincipal(principal) ? guests.admit(principal, request) : Effect.succeed(principal)
        )
        return Effect.matchEffect(found, {
          // Nobody was denied anything: the same request may be sent again.
          onFailure: (failure) =>
            failure._tag === "StoreError" ? loggedResponse(failure) : refuse(failure),
          onSuccess: (principal) =>
            isPrincipal(principal) ? underPrincipal(principal) : refuse(noPrincipal)
        })
      })
    }
  })
).pipe(Layer.provide(layerDigest))
