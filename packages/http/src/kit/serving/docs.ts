/**
 * The documentation for people at `/docs`: Swagger UI over the OpenAPI document, from this package
 * alone, so that it works offline. It is two megabytes, loaded when somebody first asks for it. A browser
 * runs the script that was made with it and no other, and sends what it sends to this server alone.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../HttpOptions.ts"
import { describedBy, ServedApi } from "./ServedApi.ts"

const pageAt = Effect.fnUntraced(function* (
  served: ServedApi["Service"],
  settings: HttpSettings["Service"]
) {
  const router = yield* HttpRouter.make
  const page = served.pageAt(describedBy(settings))
  yield* Layer.build(Layer.provide(page, Layer.succeed(HttpRouter.HttpRouter, router)))
  return router.asHttpEffect()
})

const digestOf = async (script: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script))
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`
}

/** What a browser may do for a page: its scripts are known by their digests. */
const policyOf = async (page: string): Promise<string> => {
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)]
  const digests = await Promise.all(scripts.map(([, script = ""]) => digestOf(script)))
  return [
    "default-src 'none'",
    `script-src ${digests.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")
}

const withPolicy = (response: HttpServerResponse.HttpServerResponse) => {
  const { body } = response
  const page = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
  return Effect.map(
    Effect.promise(() => policyOf(page)),
    (policy) =>
      HttpServerResponse.setHeaders(response, {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer"
      })
  )
}

/** The documentation page. */
export const layerDocs = Layer.unwrap(
  Effect.gen(function* () {
    const made = pageAt(yield* ServedApi, yield* HttpSettings)
    const page = yield* Effect.cached(Effect.flatMap(Effect.flatten(made), withPolicy))
    return HttpRouter.add("GET", "/docs", Effect.orDie(page))
  })
)
