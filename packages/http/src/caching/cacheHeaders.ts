/**
 * What requests and answers say about caches. A request may demand versions that its sender has seen
 * (`If-Min-Version`), or what there is now (`Cache-Control: no-cache`). An answer says whether it came
 * from a cache and how old it is, and for how long its reader may keep it.
 */
import {
  CacheNotes,
  minVersionsMax,
  RequestCacheNotes,
  RequestIsCurrent,
  RequestMinVersions,
  readMinVersions,
  versionPattern
} from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { invalidResponse } from "../kit/problemResponse.ts"

const minVersion = "if-min-version"

/** Versions that a reader has seen, as a reader of the document understands them. */
export const minVersionPattern = new RegExp(
  `^${versionPattern}(?: ?, ?${versionPattern}){0,${minVersionsMax - 1}}$`,
  "u"
)

const isReadable = Schema.makeFilter<string>((text) => {
  const read = readMinVersions(text)
  return Result.isSuccess(read) || read.failure
})

/** The header of a read that gives nothing older than what its reader has seen. */
export const demanding = {
  [minVersion]: Schema.optionalKey(
    Schema.String.check(isReadable).annotate({
      description:
        "Versions that you have seen, such as the X-Holdfast-Version of a write: " +
        "`product:ID=12,sku:ID=88`, also of a `category` or a `location`. " +
        "The answer is not older, whatever is in a cache."
    })
  )
} as const

/** The longest time that a reader keeps an answer for itself, in milliseconds. */
const keptMillisMax = 5_000

const seconds = (millis: number): number => Math.floor(millis / 1_000)

/** The age that an answer says, in seconds: none when a part of it was read just now. */
const ageOf = ({ ageMillis, outcome }: CacheNotes): number =>
  outcome === "miss" ? 0 : seconds(ageMillis)

/**
 * For how long the reader may keep an answer: no longer than the cache would, and only a little while,
 * since nobody tells a reader of changes. `Age` counts from when the cache got it, so it is added.
 */
export const cacheControlOf = (notes: CacheNotes | undefined): string => {
  if (notes?.outcome === undefined || notes.leftMillis <= 0) return "private, no-cache"
  const kept = seconds(Math.min(notes.leftMillis, keptMillisMax))
  return `private, max-age=${ageOf(notes) + kept}`
}

/** What an answer depends on: a browser gives nobody what it kept for somebody else. */
const dependsOn = ["authorization", minVersion]

const withVary = (vary: string | undefined): string =>
  [...new Set([...(vary === undefined ? [] : vary.split(/\s*,\s*/)), ...dependsOn])].join(", ")

/** Says how an answer came about, if a cache was asked. */
const marked = (
  response: HttpServerResponse.HttpServerResponse,
  notes: CacheNotes
): HttpServerResponse.HttpServerResponse =>
  notes.outcome === undefined
    ? response
    : HttpServerResponse.setHeaders(response, {
        "x-holdfast-cache": notes.outcome,
        vary: withVary(response.headers["vary"]),
        ...(notes.outcome === "miss" ? {} : { age: String(ageOf(notes)) })
      })

const wantsCurrent = (cacheControl: string | undefined): boolean =>
  cacheControl !== undefined && /(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,=;])/i.test(cacheControl)

/** Reads what requests to our routes demand, and marks what is answered. */
export const layerCacheHeaders = HttpRouter.middleware(
  <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.flatMap(HttpServerRequest, ({ headers }) => {
      const text = headers[minVersion]
      const demanded = text === undefined ? undefined : readMinVersions(text)
      if (demanded !== undefined && Result.isFailure(demanded)) {
        return Effect.succeed(invalidResponse(minVersion, demanded.failure))
      }
      const notes = new CacheNotes()
      const read = Effect.provideService(app, RequestCacheNotes, notes)
      const asNew =
        demanded === undefined
          ? read
          : Effect.provideService(read, RequestMinVersions, demanded.success)
      const current = wantsCurrent(headers["cache-control"])
        ? Effect.provideService(asNew, RequestIsCurrent, true)
        : asNew
      return Effect.map(current, (response) => marked(response, notes))
    })
).layer
