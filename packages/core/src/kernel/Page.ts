/**
 * Cursors: where a page ended, as an opaque token. A token is decoded by the schema of the list
 * that made it, so a forged one is bad input and never reaches a statement as text.
 */

import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { InvalidInput } from "./InvalidInput.ts"

/** One page of a list; `next` is null at the end. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
}

/** Items that one page may hold, 1 to 1,000. */
export const PageSize = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 }))

/** Items on a page when nothing is said. */
export const pageSizeDefault = 100

/** How the positions of one list become tokens and come back. */
export interface Cursor<Position> {
  readonly encode: (position: Position) => string
  readonly decode: (token: string) => Result.Result<Position, InvalidInput>
}

/** A cursor over positions of the given shape, which must be JSON. */
export const cursor = <Position>(position: Schema.Codec<Position, unknown>): Cursor<Position> => {
  const json = Schema.fromJsonString(position)
  const decode = Schema.decodeUnknownResult(json)
  const encode = Schema.encodeSync(json)
  const forged: InvalidInput = {
    _tag: "InvalidInput",
    issues: [{ path: "cursor", message: "must be a cursor that an earlier page returned" }]
  }
  return {
    encode: (value) => Base64Url.encode(encode(value)),
    decode: (token) =>
      Result.mapError(
        Result.flatMap(Base64Url.decodeString(token), (text) => decode(text)),
        () => forged
      )
  }
}
