/**
 * Asks who sends a request, and whether they may, before anything of the request is read. The engine
 * then knows the principal, and asks about what the request names and about what it loads.
 */
import { objectionTo } from "@holdfast/core/access"
import { callerUnder, RequestCaller } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Access } from "../HoldfastApi.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { challenge, plainProblem } from "../kit/Problem.ts"
import { problemResponse, refusalResponse } from "../kit/problemResponse.ts"
import { principalLimits } from "../limits/limitRequests.ts"
import type { Unauthenticated } from "./Authenticator.ts"
import { permissionOf } from "./routePermissions.ts"

/** Why nobody vouches for the request is for the log alone: the answer helps nobody to guess. */
const unknown = (failure: Unauthenticated): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.as(
    Effect.logDebug("a request was not authenticated", failure.reason),
    problemResponse({
      problem: plainProblem(401),
      headers: { "www-authenticate": failure.challenge || challenge }
    })
  )

/** Asks for permission, where the host says who sends a request. */
export const layerAccess: Layer.Layer<Access, never, HttpSettings> = Layer.effect(
  Access,
  Effect.gen(function* () {
    const { authenticate } = yield* HttpSettings
    const limited = yield* principalLimits
    return (app, { endpoint, group }) => {
      const operation = permissionOf(group.identifier, endpoint.identifier)
      if (authenticate === undefined || operation.permission.role === "ANYONE") return limited(app)
      return Effect.flatMap(HttpServerRequest, (request) =>
        Effect.matchEffect(authenticate(request), {
          onFailure: unknown,
          onSuccess: (principal) => {
            const objection = objectionTo(principal, operation)
            const answer =
              objection === undefined ? app : Effect.succeed(refusalResponse(objection))
            return Effect.provideService(limited(answer), RequestCaller, callerUnder(principal))
          }
        })
      )
    }
  })
)
