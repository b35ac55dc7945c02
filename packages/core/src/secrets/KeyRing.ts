/**
 * PORT. Keys by name, one of which encrypts what is new; the others still decrypt what was written
 * before. A value is text that names its key: `hf1:KEY:NONCE:CIPHERTEXT`. It is AES-256-GCM with a random
 * nonce, and the column and row that it belongs to are authenticated with it, so that a value which
 * was moved elsewhere does not decrypt. A key that is missing concerns its own values and no other.
 */
import * as Context from "effect/Context"
import * as Aead from "effect/crypto/Aead"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { StoreError } from "../kernel/StoreError.ts"
import { KeyUsage, type KeyUsageStore } from "./KeyUsage.ts"
import type { RingKeys } from "./readKeyRing.ts"

/** Where a value stands: `column` as `table.column`, and the key of its row. */
export interface Place {
  readonly column: string
  readonly row: string
}

/**
 * A value cannot be decrypted. KEY_MISSING: the ring lacks its key. ALTERED: it was changed, or moved from
 * another row or column, or its key has other bytes. MALFORMED: it is no encrypted value. No message
 * repeats the value.
 */
export class SecretUnreadable extends Data.TaggedError("SecretUnreadable")<{
  readonly reason: "KEY_MISSING" | "ALTERED" | "MALFORMED"
  /** The key that the value names; empty when it names none. */
  readonly keyId: string
  readonly message: string
}> {}

/** The current key has encrypted as often as it may: the ring needs a new one. */
export class KeyExhausted extends Data.TaggedError("KeyExhausted")<{
  readonly keyId: string
  readonly message: string
}> {}

/** How often one key may encrypt for one context: 2^31, so that two contexts stay within 2^32. */
export const encryptionsMax = 2 ** 31

/** How many encryptions a process reserves at a time. */
const reservedAtOnce = 4_096

/**
 * How many hundredths of its encryptions a key has used, once that is worth a warning: from 90 on. Undefined
 * before.
 */
export const nearBound = (encryptions: number): number | undefined => {
  const percent = Math.floor((encryptions / encryptionsMax) * 100)
  return percent < 90 ? undefined : Math.min(percent, 100)
}

/** What to do about a key that has encrypted almost as often as it may. */
export const renewKey =
  "put a new key into the key ring as the current one, and run holdfast keyring rotate"

const version = "hf1"

/** Whether a text is an encrypted value. */
export const isEncrypted = (text: string): boolean => text.startsWith(`${version}:`)

/** The key that an encrypted value names; undefined for any other text. */
export const keyIdOf = (value: string): string | undefined =>
  isEncrypted(value) ? value.split(":", 2)[1] : undefined

/** Encrypts and decrypts texts. */
export interface KeyRingService {
  /** The key that encrypts. */
  readonly currentKeyId: string
  /** The names of all keys. */
  readonly keyIds: ReadonlyArray<string>
  readonly encrypt: (
    plain: string,
    place: Place
  ) => Effect.Effect<string, KeyExhausted | StoreError>
  readonly decrypt: (value: string, place: Place) => Effect.Effect<string, SecretUnreadable>
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The lengths keep two places apart whatever characters their names have. */
const authenticated = (keyId: string, { column, row }: Place): Uint8Array =>
  encoder.encode([version, keyId, column, row].map((part) => `${part.length} ${part}`).join("\n"))

const malformed = (keyId: string) =>
  new SecretUnreadable({
    reason: "MALFORMED",
    keyId,
    message: "this is not an encrypted value; it was damaged, or somebody wrote over it"
  })

/** The bytes of a text that is written as `encode` writes them, so that each value has one text. */
const bytesOf = (text: string): Uint8Array | undefined => {
  const bytes = Base64Url.decode(text)
  return Result.isSuccess(bytes) && Base64Url.encode(bytes.success) === text
    ? bytes.success
    : undefined
}

const partsOf = (value: string) => {
  const parts = value.split(":")
  const [head, keyId = "", nonceText = "", text = ""] = parts
  const nonce = bytesOf(nonceText)
  const ciphertext = bytesOf(text)
  const isWhole = parts.length === 4 && head === version && keyId !== ""
  return isWhole && nonce !== undefined && nonce.length === 12 && ciphertext !== undefined
    ? { keyId, encrypted: { nonce, ciphertext } }
    : { keyId: keyIdOf(value) ?? "", encrypted: undefined }
}

/** Counts the encryptions of a key, many at a time. */
const counted = (keyId: string, usage: KeyUsageStore) => {
  const turn = Semaphore.makeUnsafe(1)
  let left = 0
  let warnedPercent = 0
  /** Says once for each hundredth how near the end is: what needs the key is refused then. */
  const warned = (reserved: number) =>
    Effect.suspend(() => {
      const percent = nearBound(reserved)
      if (percent === undefined || percent <= warnedPercent) return Effect.void
      warnedPercent = percent
      return Effect.annotateLogs(
        Effect.logWarning(
          `the key ${keyId} has used ${percent} % of its encryptions, and changes that need it are refused at the end: ${renewKey}`
        ),
        { keyId, encryptions: reserved, encryptionsMax }
      )
    })
  const reserve = Effect.flatMap(usage.reserve(keyId, reservedAtOnce), (reserved) => {
    if (reserved <= encryptionsMax) {
      left += reservedAtOnce
      return warned(reserved)
    }
    const message = `the key ${keyId} has encrypted ${encryptionsMax} values, as many as one key may; ${renewKey}`
    return Effect.fail(new KeyExhausted({ keyId, message }))
  })
  const take = Effect.suspend((): Effect.Effect<void, KeyExhausted | StoreError> => {
    if (left === 0) return Effect.andThen(reserve, take)
    left -= 1
    return Effect.void
  })
  return Effect.suspend(() => {
    if (left === 0) return turn.withPermits(1)(take)
    left -= 1
    return Effect.void
  })
}

/** Makes the ring of these keys, whose encryptions `usage` counts. */
export const makeKeyRing = (
  { current, keys }: RingKeys,
  usage: KeyUsageStore
): Effect.Effect<KeyRingService, never, Aead.Aead | SecureRandom.SecureRandom> =>
  Effect.gen(function* () {
    const aead = yield* Aead.Aead
    const random = yield* SecureRandom.SecureRandom
    const ring = new Map<string, Aead.Key>()
    for (const [keyId, bytes] of keys) {
      ring.set(keyId, yield* Effect.orDie(Aead.key(Aead.aes256Gcm, Redacted.value(bytes))))
    }
    const currentKey = ring.get(current)
    if (currentKey === undefined)
      return yield* Effect.die(new Error("a ring lacks its current key"))
    const take = counted(current, usage)
    return {
      currentKeyId: current,
      keyIds: [...ring.keys()],
      encrypt: Effect.fnUntraced(function* (plain, place) {
        yield* take
        const nonce = yield* random.randomBytes(12)
        const options = { nonce, aad: authenticated(current, place) }
        const text = yield* Effect.orDie(aead.encrypt(currentKey, encoder.encode(plain), options))
        return [version, current, Base64Url.encode(nonce), Base64Url.encode(text)].join(":")
      }),
      decrypt: Effect.fnUntraced(function* (value, place) {
        const { encrypted, keyId } = partsOf(value)
        if (encrypted === undefined) return yield* malformed(keyId)
        const key = ring.get(keyId)
        if (key === undefined) {
          const message = `the key ring has no key ${keyId}, which this value needs; put that key back into the ring`
          return yield* new SecretUnreadable({ reason: "KEY_MISSING", keyId, message })
        }
        const options = { nonce: encrypted.nonce, aad: authenticated(keyId, place) }
        const plain = yield* Effect.mapError(
          aead.decrypt(key, encrypted.ciphertext, options),
          () =>
            new SecretUnreadable({
              reason: "ALTERED",
              keyId,
              message: `this value of ${place.column} was changed or moved since it was encrypted, or the key ${keyId} of the ring is another than then`
            })
        )
        return decoder.decode(plain)
      })
    }
  })

/** SERVICE. The key ring of a process. Without one nothing that is sensitive can be kept encrypted. */
export class KeyRing extends Context.Service<KeyRing, KeyRingService>()(
  "@holdfast/core/secrets/KeyRing"
) {
  /** The ring of these keys; encryptions are counted by the `KeyUsage` that is provided. */
  static readonly layer = (keys: RingKeys): Layer.Layer<KeyRing> =>
    Layer.provide(
      Layer.effect(
        KeyRing,
        Effect.flatMap(KeyUsage, (usage) => makeKeyRing(keys, usage))
      ),
      Layer.provideMerge(Aead.layerWebCrypto, SecureRandom.layerWebCrypto)
    )
}
