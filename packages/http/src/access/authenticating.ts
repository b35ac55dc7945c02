/**
 * Asks who sends a request before any route of ours takes it. What tells whether the server lives, and
 * the documents, are open to everybody.
 */
import { RequestCaller } from "@holdfast/core/engine"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { plainResponse } from "../kit/problemResponse.ts"
import { type Authenticator, Unauthenticated } from "./Authenticator.ts"

type App<E, R> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>

const open = /^\/(?:health\/(?:live|ready)|openapi\.json|asyncapi\.json|docs)?(?:\?|$)/

const refuse = ({ challenge }: Unauthenticated) =>
  plainResponse(401, undefined, { "www-authenticate": challenge })

const nobody = new Unauthenticated({
  reason: "the request shows nothing",
  challenge: 'Bearer realm="holdfast"'
})

const asking = (authenticate: Authenticator, basePath: string) => {
  const isOpen = (url: string) =>
    open.test(url.startsWith(basePath) ? url.slice(basePath.length) || "/" : url)
  return <E, R>(app: App<E, R>): App<E, R> =>
    Effect.withFiber((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest)
      if (isOpen(request.url)) return app
      return Effect.matchEffect(authenticate(request), {
        onFailure: (unauthenticated) => Effect.succeed(refuse(unauthenticated)),
        onSuccess: (principal) => {
          if (principal.kind === "ANONYMOUS") return Effect.succeed(refuse(nobody))
          const { id } = principal
          return Effect.provideService(app, RequestCaller, { caller: id, actor: id, principal })
        }
      })
    })
}

/** Asks for every route of ours; for none without an authenticator. */
export const layerAuthenticating = Layer.unwrap(
  Effect.map(HttpSettings, ({ authenticate, basePath }) =>
    authenticate === undefined
      ? Layer.empty
      : HttpRouter.middleware(asking(authenticate, basePath)).layer
  )
)
