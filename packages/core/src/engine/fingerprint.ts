/**
 * The fingerprint of a request: equal for equal commands, whatever the order of their fields. Ids
 * that the engine makes are no part of it, so a retry has the fingerprint of the first try.
 */

import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"

/** Whether a list could be taken for an object in canonical form, as the host's own data can be. */
const isLikeObject = (list: ReadonlyArray<unknown>): boolean =>
  list.length > 0 &&
  list.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === "string")

/** Objects as lists of their fields, by name. A list that looks like one is kept apart. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const list = value.map(canonical)
    return isLikeObject(value) ? { list } : list
  }
  if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  if (entries.length === 0) return {}
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, canonical(field)])
}

const encoder = new TextEncoder()

/** The SHA-256 of a command in canonical form, as lower-case hex. */
export const fingerprintOf = (
  digest: Digest.Digest["Service"],
  command: unknown
): Effect.Effect<string> =>
  digest.digestHex(Digest.sha256, encoder.encode(JSON.stringify(canonical(command))))
