/**
 * Asks who sends a request, and whether they may, before anything of the request is read. The engine
 * then knows the principal, and asks about what the request names and about what it loads.
 */
import { isPrincipal, objectionTo } from "@holdfast/core/access"
import { callerUnder, RequestCaller } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Access } from "../HoldfastApi.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { challenge, plainProblem } from "../kit/Problem.ts"
import { problemResponse, refusalResponse } from "../kit/problemResponse.ts"
import { Unauthenticated } from "./Authenticator.ts"
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

/** What a token says of who sends it may not fit, such as an id that is too long. */
const noPrincipal = new Unauthenticated({
  reason: "what vouches for the request gave no principal that can be read",
  challenge: ""
})

/** Asks for permission, where the host says who sends a request. */
export const layerAccess: Layer.Layer<Access, never, HttpSettings> = Layer.effect(
  Access,
  Effect.map(HttpSettings, ({ authenticate }) => (app, { endpoint, group }) => {
    const operation = permissionOf(group.identifier, endpoint.identifier)
    if (authenticate === undefined || operation.permission.role === "ANYONE") return app
    return Effect.flatMap(HttpServerRequest, (request) =>
      Effect.matchEffect(authenticate(request), {
        onFailure: unknown,
        onSuccess: (principal) => {
          if (!isPrincipal(principal)) return unknown(noPrincipal)
          const objection = objectionTo(principal, operation)
          return objection === undefined
            ? Effect.provideService(app, RequestCaller, callerUnder(principal))
            : Effect.succeed(refusalResponse(objection))
        }
      })
    )
  })
)
