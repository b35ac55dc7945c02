/** What a kept answer is to one request: whole, compressed, or an empty 304. The headers are those of the routes. */

import type { SeenAgain } from "@holdfast/core/caching"
import { readCorrelationId } from "@holdfast/core/tracing"
import { ageOf, cacheControlOf, dependsOn } from "../cacheHeaders.ts"
import { type Compressors, compressedBytesMin, encodingFor } from "../compressors.ts"
import { ifNoneMatchPattern, isKnownTo } from "../entityTags.ts"
import { varyingBy } from "../vary.ts"
import type { KeptAnswer, ListenedRequest, WrittenAnswer } from "./KeptAnswers.ts"

const vary = varyingBy(undefined, ...dependsOn)

const varyEncoded = varyingBy(vary, "accept-encoding")

/** A header that was given once. */
export const headerOf = (
  { headers }: Pick<ListenedRequest, "headers">,
  name: string
): string | undefined => {
  const value = headers[name]
  return typeof value === "string" ? value : undefined
}

/** Whether the tags of a request can be read; the routes refuse others. */
export const hasReadableTags = (request: ListenedRequest): boolean => {
  const tags = request.headers["if-none-match"]
  return tags === undefined || (typeof tags === "string" && ifNoneMatchPattern.test(tags))
}

/** The encodings of what clients say that they take, by what there is to take: most say the same. */
const chosenOf = new WeakMap<Compressors, Map<string, ReturnType<typeof encodingFor>>>()

const chosenMax = 200

const encodingOf = (compressors: Compressors, accepted: string) => {
  const chosen = chosenOf.get(compressors) ?? new Map<string, ReturnType<typeof encodingFor>>()
  chosenOf.set(compressors, chosen)
  if (chosen.has(accepted)) return chosen.get(accepted)
  if (chosen.size >= chosenMax) chosen.clear()
  const encoding = encodingFor(compressors, accepted)
  chosen.set(accepted, encoding)
  return encoding
}

/** The headers of every answer to a request, with or without a body. */
const headersOf = (request: ListenedRequest, { tag }: KeptAnswer, seen: SeenAgain) => {
  const read = { ...seen, outcome: "hit" } as const
  const correlationId = readCorrelationId(headerOf(request, "x-correlation-id"))
  return {
    etag: tag,
    "cache-control": cacheControlOf(read),
    "x-holdfast-cache": "hit",
    vary,
    age: String(ageOf(read)),
    ...(correlationId === undefined ? {} : { "x-correlation-id": correlationId })
  }
}

/** The answer to a request; a promise of it where it has to be compressed first. */
export const keptAnswerTo = (
  request: ListenedRequest,
  kept: KeptAnswer,
  seen: SeenAgain,
  compressors: Compressors
): WrittenAnswer | Promise<WrittenAnswer> => {
  const headers = headersOf(request, kept, seen)
  const { bytes, contentType, encoded, tag } = kept
  if (isKnownTo(headerOf(request, "if-none-match"), tag)) {
    return { status: 304, headers, body: undefined }
  }
  const whole = (body: Uint8Array, more: Readonly<Record<string, string>>): WrittenAnswer => ({
    status: 200,
    headers: { ...headers, "content-type": contentType, "content-length": body.length, ...more },
    body
  })
  const accepted = headerOf(request, "accept-encoding")
  if (accepted === undefined || compressors.size === 0 || bytes.length < compressedBytesMin) {
    return whole(bytes, {})
  }
  const way = encodingOf(compressors, accepted)
  if (way === undefined) return whole(bytes, { vary: varyEncoded })
  const [encoding, compress] = way
  const compressed = (body: Uint8Array) =>
    whole(body, { vary: varyEncoded, "content-encoding": encoding, etag: `W/${tag}` })
  const known = encoded.get(encoding)
  if (known !== undefined) return compressed(known)
  return compress(bytes).then((body) => {
    encoded.set(encoding, body)
    return compressed(body)
  })
}
