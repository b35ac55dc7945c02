/**
 * Reads a body strictly: JSON in UTF-8, within the limits of size and depth. A body that does not
 * fit is answered here. A body that fits is read once and kept with the request.
 */
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerError } from "effect/http/HttpServerError"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { HttpSettings } from "./HttpOptions.ts"
import { invalidResponse, plainResponse } from "./problemResponse.ts"

/** How deep JSON may be nested; the deepest request of the API has four levels. */
const depthMax = 64

const strictDecoder = new TextDecoder("utf-8", { fatal: true })

const isUtf8 = (bytes: ArrayBuffer): boolean => {
  try {
    strictDecoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Whether brackets outside of strings nest deeper than the limit. */
const isTooDeep = (text: string): boolean => {
  let depth = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isQuoted) {
      if (code === 0x5c) index++
      else if (code === 0x22) isQuoted = false
    } else if (code === 0x22) isQuoted = true
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > depthMax) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

/** What is wrong with a body of another media type: what the path takes. */
const wrongType = plainResponse(
  415,
  "The body must be JSON: send it with content-type: application/json"
)
const notUtf8 = invalidResponse("", "must be well-formed UTF-8")
const tooDeep = invalidResponse("", `must not be nested deeper than ${depthMax} levels`)
const notJson = invalidResponse("", "must be valid JSON")

/** What a body holds: its value, undefined when it is empty, or the response that refuses it. */
export type ReadBody = Result.Result<unknown, HttpServerResponse>

const fromText = (text: string): ReadBody => {
  if (text === "") return Result.succeed(undefined)
  // A text this short cannot nest deep enough to matter.
  if (text.length > 2 * depthMax && isTooDeep(text)) return Result.fail(tooDeep)
  try {
    return Result.succeed(JSON.parse(text))
  } catch {
    return Result.fail(notJson)
  }
}

const refusedRead = (error: HttpServerError, settings: HttpSettings["Service"]) =>
  Result.fail(
    error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"
      ? tooLarge(settings)
      : plainResponse(400, "The body could not be read")
  )

const tooLarge = ({ bodySizeMax }: HttpSettings["Service"]) =>
  plainResponse(413, `The body may hold at most ${bodySizeMax} bytes`, { connection: "close" })

const otherCharset = plainResponse(415, "The body must be UTF-8; its content-type names a charset")
const encoded = plainResponse(415, "The body must not be compressed; leave content-encoding out")

const isUtf8Charset = (parameter: string): boolean => {
  const [name, value] = parameter
    .trim()
    .toLowerCase()
    .split(/\s*=\s*/, 2)
  return name !== "charset" || /^"?utf-?8"?$/.test(value ?? "")
}

/** Refuses a body whose headers say that it is not plain JSON in UTF-8; undefined when it may be. */
const refusedBy = ({ headers }: HttpServerRequest): HttpServerResponse | undefined => {
  const encoding = headers["content-encoding"]
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") return encoded
  const contentType = headers["content-type"]
  if (contentType === undefined || contentType === "application/json") return undefined
  const [type = "", ...parameters] = contentType.split(";")
  if (type.trim().toLowerCase() !== "application/json") return wrongType
  return parameters.every(isUtf8Charset) ? undefined : otherCharset
}

/**
 * Kept by the source of a request: under a prefix, a router gives its routes another request object
 * over the same source.
 */
const arrived = new WeakSet<object>()

/** Whether the body of a request has arrived in full. */
export const hasArrived = (request: HttpServerRequest): boolean => arrived.has(request.source)

/** Reads the body of a request. It is read once; asking again costs only the parsing. */
export const readBody = (
  request: HttpServerRequest,
  settings: HttpSettings["Service"]
): Effect.Effect<ReadBody> => {
  const refused = refusedBy(request)
  if (refused !== undefined) return Effect.succeed(Result.fail(refused))
  if (Number(request.headers["content-length"]) > Number(settings.bodySizeMax)) {
    return Effect.succeed(Result.fail(tooLarge(settings)))
  }
  const read = Effect.matchEffect(request.text, {
    onFailure: (error) => Effect.succeed<ReadBody>(refusedRead(error, settings)),
    onSuccess: (text): Effect.Effect<ReadBody> => {
      arrived.add(request.source)
      if (!text.includes("\uFFFD")) return Effect.succeed(fromText(text))
      // The replacement character stands for broken bytes, unless the body really holds one.
      return Effect.map(Effect.orDie(request.arrayBuffer), (bytes) =>
        isUtf8(bytes) ? fromText(text) : Result.fail(notUtf8)
      )
    }
  })
  return Effect.provideService(read, HttpIncomingMessage.MaxBodySize, settings.bodySizeMax)
}
