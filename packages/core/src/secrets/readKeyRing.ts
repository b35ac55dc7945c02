/**
 * A key ring as text: `{ "current": "2026-11", "keys": { "2026-11": "<32 bytes in base64>" } }`. What
 * cannot be read is named by its field, and no message repeats a part of the text.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { FieldIssue, InvalidInput } from "../kernel/InvalidInput.ts"

/** Keys by their names, each of 32 bytes, and the name of the one that encrypts. */
export interface RingKeys {
  readonly current: string
  readonly keys: ReadonlyMap<string, Redacted.Redacted<Uint8Array>>
}

const keyIdPattern = /^[A-Za-z0-9._-]{1,64}$/

const keyLength = 32

const issue = (path: string, message: string): FieldIssue => ({ path, message })

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const bytesOf = (text: unknown): Uint8Array | undefined => {
  if (typeof text !== "string") return undefined
  const read = /[-_]/.test(text) ? Base64Url.decode(text) : Base64.decode(text)
  return Result.isSuccess(read) ? read.success : undefined
}

const keyIssue = (keyId: string, bytes: Uint8Array | undefined): ReadonlyArray<FieldIssue> => {
  if (!keyIdPattern.test(keyId)) {
    return [issue("keys", "must have names of 1 to 64 of the characters A-Z a-z 0-9 . _ -")]
  }
  if (bytes?.length === keyLength) return []
  const has = bytes === undefined ? "is not base64" : `has ${bytes.length} bytes`
  return [issue(`keys.${keyId}`, `must be 32 random bytes in base64; it ${has}`)]
}

/** Reads a key ring, or names every bad field of it. */
export const readKeyRing = (text: string): Result.Result<RingKeys, InvalidInput> => {
  const ring = fieldsOf(parsed(text))
  const given = fieldsOf(ring?.["keys"])
  if (ring === undefined || given === undefined) {
    const path = ring === undefined ? "" : "keys"
    const message = ring === undefined ? "must be a JSON object" : "must be an object of keys"
    return Result.fail({ _tag: "InvalidInput", issues: [issue(path, message)] })
  }
  const unknown = Object.keys(ring).filter((name) => name !== "current" && name !== "keys")
  const entries = Object.entries(given).map(([keyId, key]) => [keyId, bytesOf(key)] as const)
  const { current } = ring
  const issues = [
    ...unknown.map(() => issue("", "has a field beside current and keys")),
    ...(typeof current === "string" && Object.hasOwn(given, current)
      ? []
      : [issue("current", "must be the name of one of the keys")]),
    ...entries.flatMap(([keyId, bytes]) => keyIssue(keyId, bytes))
  ]
  return issues.length > 0
    ? Result.fail({ _tag: "InvalidInput", issues })
    : Result.succeed({
        current: current as string,
        keys: new Map(entries.map(([id, key]) => [id, Redacted.make(key as Uint8Array)]))
      })
}

/** A key ring as text with one more key, which becomes the current one. */
export const withNewKey = (
  ring: RingKeys | undefined,
  keyId: string,
  bytes: Uint8Array
): Redacted.Redacted => {
  const keys = new Map([...(ring?.keys ?? []), [keyId, Redacted.make(bytes)] as const])
  const texts = [...keys].map(([id, key]) => [id, Base64.encode(Redacted.value(key))])
  const text = JSON.stringify({ current: keyId, keys: Object.fromEntries(texts) }, undefined, 2)
  return Redacted.make(`${text}\n`)
}
