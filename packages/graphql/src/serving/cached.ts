/**
 * Answers to GET that a client may keep: it asks again with the tag of what it has, and gets nothing
 * when that is what it would get. A shared cache keeps nothing, since two senders may see different
 * things.
 */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { answerOne, type Ended } from "./answers.ts"
import type { Media } from "./requests.ts"

const tagOf = async (text: string): Promise<string> => {
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  )
  return `"${btoa(String.fromCharCode(...digest.slice(0, 18)))}"`
}

/** Whether a client has what a tag stands for. A compressed answer had it as a weak one. */
const hasTag = (request: HttpServerRequest, tag: string): boolean =>
  request.headers["if-none-match"]
    ?.split(",")
    .map((it) => it.trim().replace(/^W\//, ""))
    .some((it) => it === tag || it === "*") === true

/** The answer to a query by GET. `seconds` is how long a client need not ask again. */
export const answerCached = (
  request: HttpServerRequest,
  media: Media,
  ended: Ended,
  seconds: number
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const isWhole = ended.status === 200 && ended.body.errors === undefined
  if (!isWhole)
    return Effect.succeed(answerOne(request, media, ended, { "cache-control": "no-store" }))
  return Effect.map(
    Effect.promise(() => tagOf(JSON.stringify(ended.body))),
    (etag) => {
      const headers = {
        etag,
        "cache-control": seconds === 0 ? "private, no-cache" : `private, max-age=${seconds}`,
        vary: "accept, authorization"
      }
      return hasTag(request, etag)
        ? HttpServerResponse.empty({ status: 304, headers })
        : answerOne(request, media, ended, headers)
    }
  )
}
