/**
 * Compressed answers, for those who ask for them with `Accept-Encoding`. An answer is compressed when it is
 * whole in memory, of text, and large enough to be worth it; a stream of events never is. Its ETag becomes a
 * weak one, since its bytes are others, and is compared all the same.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { type Compressors, compressedBytesMin, encodingFor } from "./compressors.ts"
import { varyingBy } from "./vary.ts"

const isText = /^(?:application\/(?:[\w.+-]+\+)?json|text\/(?!event-stream))/

const weak = (tag: string | undefined) =>
  tag === undefined || tag.startsWith("W/") ? {} : { etag: `W/${tag}` }

const compressed = (
  compressors: Compressors,
  accepted: string,
  response: HttpServerResponse.HttpServerResponse
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const { body, headers } = response
  if (body._tag !== "Uint8Array" || body.body.length < compressedBytesMin)
    return Effect.succeed(response)
  const contentType = headers["content-type"] ?? body.contentType
  if (!isText.test(contentType) || headers["content-encoding"] !== undefined) {
    return Effect.succeed(response)
  }
  const varied = HttpServerResponse.setHeader(
    response,
    "vary",
    varyingBy(headers["vary"], "accept-encoding")
  )
  const chosen = encodingFor(compressors, accepted)
  if (chosen === undefined) return Effect.succeed(varied)
  const [encoding, compress] = chosen
  // What prepares an answer may not fail: there would be none.
  const tried = Effect.tryPromise(async () => compress(body.body))
  return Effect.matchEffect(tried, {
    onFailure: ({ cause }) =>
      Effect.as(Effect.logWarning("an answer was not compressed", Cause.fail(cause)), varied),
    onSuccess: (bytes) =>
      Effect.succeed(
        HttpServerResponse.setHeaders(
          HttpServerResponse.setBody(varied, HttpBody.uint8Array(bytes, contentType)),
          {
            "content-encoding": encoding,
            "content-length": String(bytes.length),
            ...weak(headers["etag"])
          }
        )
      )
  })
}

/** Compresses answers of our routes, unless the host says that it does so itself. */
export const layerCompression = Layer.unwrap(
  Effect.map(HttpSettings, ({ compressors }) =>
    compressors.size === 0
      ? Layer.empty
      : HttpRouter.middleware(
          <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
            Effect.withFiber<HttpServerResponse.HttpServerResponse, E, R>((fiber) => {
              const request = Context.getUnsafe(fiber.context, HttpServerRequest)
              const accepted = request.headers["accept-encoding"]
              if (accepted === undefined || request.method === "HEAD") return app
              return Effect.map(app, (response) => {
                // After all that is done to an answer on its way, such as its tag.
                HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (_request, last) =>
                  compressed(compressors, accepted, last)
                )
                return response
              })
            })
        ).layer
  )
)
