/**
 * Answers as bytes, written once for as long as the same value is answered with: a page whose copies did not
 * change is the same value again.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"

const contentType = "application/json"

/** Gives the response that says a value, as its endpoint would. */
export const writtenOnce = <A extends object, I>(
  schema: Schema.Codec<A, I>
): ((value: A) => HttpServerResponse.HttpServerResponse) => {
  const encode = Schema.encodeSync(Schema.toCodecJson(schema))
  const known = new WeakMap<A, Uint8Array>()
  return (value) => {
    let bytes = known.get(value)
    if (bytes === undefined) {
      bytes = new TextEncoder().encode(JSON.stringify(encode(value)))
      known.set(value, bytes)
    }
    return HttpServerResponse.uint8Array(bytes, { contentType })
  }
}
