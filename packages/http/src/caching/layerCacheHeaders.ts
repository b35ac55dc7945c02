/** Reads what requests demand of caches, and says on their answers whether these came from one. */
import {
  CacheNotes,
  CopySources,
  RequestCacheNotes,
  RequestIsCurrent,
  RequestMinVersions,
  readMinVersions
} from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { invalidResponse } from "../kit/problemResponse.ts"
import { kindOf } from "../limits/requestKind.ts"
import { ageOf, dependsOn, minVersion } from "./cacheHeaders.ts"
import type { KeptAnswers } from "./kept/KeptAnswers.ts"
import { varyingBy } from "./vary.ts"

/** Says how an answer came about, if a cache was asked. */
const marked = (
  response: HttpServerResponse.HttpServerResponse,
  notes: CacheNotes
): HttpServerResponse.HttpServerResponse =>
  notes.outcome === undefined
    ? response
    : HttpServerResponse.setHeaders(response, {
        "x-holdfast-cache": notes.outcome,
        vary: varyingBy(response.headers["vary"], ...dependsOn),
        ...(notes.outcome === "miss" ? {} : { age: String(ageOf(notes)) })
      })

const wantsCurrent = (cacheControl: string | undefined): boolean =>
  cacheControl !== undefined && /(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,=;])/i.test(cacheControl)

const readsFor = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  { headers, source }: HttpServerRequest,
  kept: KeptAnswers | undefined
) => {
  const text = headers[minVersion]
  const demanded = text === undefined ? undefined : readMinVersions(text)
  if (demanded !== undefined && Result.isFailure(demanded)) {
    return Effect.succeed(invalidResponse(minVersion, demanded.failure))
  }
  const notes = new CacheNotes()
  if (kept?.mayKeep(source) === true) notes.sources = new CopySources()
  const read = Effect.provideService(app, RequestCacheNotes, notes)
  const asNew =
    demanded === undefined
      ? read
      : Effect.provideService(read, RequestMinVersions, demanded.success)
  const current = wantsCurrent(headers["cache-control"])
    ? Effect.provideService(asNew, RequestIsCurrent, true)
    : asNew
  return Effect.map(current, (response) => marked(response, notes))
}

/** Reads what requests to our routes demand, and marks what is answered. No write reads a cache, or pays for this. */
export const layerCacheHeaders = Layer.unwrap(
  Effect.map(
    HttpSettings,
    (settings) =>
      HttpRouter.middleware(
        <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
          Effect.flatMap(HttpServerRequest, (request) =>
            kindOf(request, settings) === "writes"
              ? app
              : readsFor(app, request, settings.keptAnswers)
          )
      ).layer
  )
)
