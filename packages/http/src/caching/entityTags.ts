/**
 * Entity tags: `"<revision>.<digest>"`. A change is conditional on the revision, so what moves
 * without people, such as stock, makes no edit stale. The digest is of the whole answer, so a reader
 * who has it knows when anything in it changed.
 */
import { RequestCacheNotes } from "@holdfast/core/caching"
import { layerDigest, RequestCaller } from "@holdfast/core/engine"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { withHeader } from "../kit/writing.ts"
import { cacheControlOf, demanding } from "./cacheHeaders.ts"
import type { TaggedAnswer } from "./kept/KeptAnswers.ts"

/** One ETag, weak or not, or any. The revision in it is what a change is conditional on. */
export const ifMatchPattern = /^(?:\*|(?:W\/)?"([1-9]\d{0,15})(?:\.[\w-]{1,64})?")$/u

/** Several ETags, or any. */
export const ifNoneMatchPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,998}[\x21-\x7e])?$/u

const TagText = Schema.String.check(
  Schema.isPattern(ifMatchPattern, {
    message: 'must be one ETag that an answer had, such as "12", or *'
  })
)

/** The revision that a tag names; any revision, when it is undefined. */
const Expected = Schema.UndefinedOr(
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))
)

const IfMatch = TagText.pipe(
  Schema.decodeTo(
    Expected,
    SchemaTransformation.transform({
      decode: (tag: string): number | undefined => {
        const [, revision] = ifMatchPattern.exec(tag) ?? []
        return revision === undefined ? undefined : Number(revision)
      },
      encode: (revision: number | undefined): string =>
        revision === undefined ? "*" : `"${revision}"`
    })
  )
)

/** The header of a change that is refused when somebody else made a change meanwhile. */
export const conditional = {
  "if-match": Schema.optionalKey(
    IfMatch.annotate({
      description:
        "The ETag of what you read: when it has changed since, the request is refused with 412. " +
        "Without it the last writer wins. The revision in it is compared, and no more."
    })
  )
}

/** The version that a request expects, as a command takes it. */
export const expectedBy = (headers: {
  readonly "if-match"?: number | undefined
}): { readonly expectedVersion?: number } => {
  const expectedVersion = headers["if-match"]
  return expectedVersion === undefined ? {} : { expectedVersion }
}

/** The headers of a read that need not be answered again, and may not be answered with old things. */
export const cached = {
  ...demanding,
  "if-none-match": Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(ifNoneMatchPattern, { message: "must be ETags, at most 1,000 characters" })
    ).annotate({
      description: "ETags that you have: when one of them is current, the answer is an empty 304."
    })
  )
}

/** Says which revision a change made. */
export const taggedBy = (revision: number): Effect.Effect<void> =>
  withHeader("etag", `"${revision}"`)

/** Whether a client that names these tags has an answer already. */
export const isKnownTo = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false
  const known = header.split(",").map((one) => one.trim().replace(/^W\//, ""))
  return known.includes(tag) || known.includes("*")
}

/** The digests of bodies that are answered with again and again. */
const digests = new WeakMap<Uint8Array, string>()

const digestOf = (bytes: Uint8Array): Effect.Effect<string> => {
  const known = digests.get(bytes)
  if (known !== undefined) return Effect.succeed(known)
  return Effect.provide(
    Effect.flatMap(Digest.Digest, (digest) =>
      Effect.map(digest.digestHex(Digest.sha256, bytes), (hex) => {
        const short = hex.slice(0, 16)
        digests.set(bytes, short)
        return short
      })
    ),
    layerDigest
  )
}

/** Headers of a body that is not there. */
const ofBody = ["content-type", "content-length"]

/**
 * Tags an answer by its revision and its bytes, and says for how long the caller may keep it; 304 when the
 * caller has it already. `keep` gets the answer, to give it again.
 */
export const taggedWhole = (
  revision: number,
  keep?: (answer: TaggedAnswer) => void
): Effect.Effect<void> =>
  Effect.withFiber<void>((fiber) => {
    const notes = fiber.getRef(RequestCacheNotes)
    const { principal } = fiber.getRef(RequestCaller)
    const taken = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)
    HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (request, response) => {
      if (response.status !== 200 || response.body._tag !== "Uint8Array") {
        return Effect.succeed(response)
      }
      const { body: bytes, contentType } = response.body
      return Effect.map(digestOf(bytes), (digest) => {
        const tag = `"${revision}.${digest}"`
        const { source } = request
        keep?.({ source, bytes, contentType, tag, notes, principal, route: taken?.route })
        const tagged = HttpServerResponse.setHeaders(response, {
          etag: tag,
          "cache-control": cacheControlOf(notes)
        })
        return isKnownTo(request.headers["if-none-match"], tag)
          ? HttpServerResponse.empty({
              status: 304,
              headers: Headers.removeMany(tagged.headers, ofBody)
            })
          : tagged
      })
    })
    return Effect.void
  })
