/**
 * The public keys of an issuer, as a JSON Web Key Set. Of what the set holds, keys that could check a
 * signature of ours are taken: RSA of 2,048 bits and more for RS256, P-256 for ES256, Ed25519 for
 * EdDSA. Each is bound to its algorithm.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type CryptoKey, createLocalJWKSet, type JWK, type JWSHeaderParameters } from "jose"

/** The signatures that are taken. */
export const algorithms = ["RS256", "ES256", "EdDSA"]

const rsaBitsMin = 2_048

/** Keys that were read. */
export interface KeySet {
  /** How many can check a signature. */
  readonly size: number
  /** The key that a header names; rejects with the errors of `jose`. */
  readonly keyFor: (header: JWSHeaderParameters) => Promise<CryptoKey>
}

const isKeySet = Schema.is(
  Schema.Struct({ keys: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)) })
)

const bitsOf = (modulus: unknown): number => {
  if (typeof modulus !== "string") return 0
  const bytes = Buffer.from(modulus, "base64url")
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24
}

/** The one algorithm of a key; undefined when it is not one of ours. */
const algorithmOf = ({ crv, kty, n }: JWK): string | undefined => {
  if (kty === "RSA") return bitsOf(n) >= rsaBitsMin ? "RS256" : undefined
  if (kty === "EC") return crv === "P-256" ? "ES256" : undefined
  return kty === "OKP" && crv === "Ed25519" ? "EdDSA" : undefined
}

const isSecret = ({ d, k, kty }: JWK): boolean =>
  kty === "oct" || d !== undefined || k !== undefined

/** Reads a set, or says what is wrong with it. */
export const readKeySet = (text: string): Result.Result<KeySet, string> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return Result.fail("it is no JSON")
  }
  if (!isKeySet(value)) return Result.fail('it is no JSON Web Key Set: {"keys":[…]}')
  const found = value.keys as ReadonlyArray<JWK>
  if (found.some(isSecret)) {
    return Result.fail("it holds a private or a shared key: give the public keys alone")
  }
  const keys = found.flatMap((key) => {
    const alg = algorithmOf(key)
    const isFit = alg !== undefined && (key.alg === undefined || key.alg === alg)
    return isFit && (key.use === undefined || key.use === "sig") ? [{ ...key, alg }] : []
  })
  if (keys.length === 0) {
    return Result.fail(
      "it has no key for RS256 (RSA of 2,048 bits or more), ES256 (P-256) or EdDSA (Ed25519)"
    )
  }
  return Result.succeed({ size: keys.length, keyFor: createLocalJWKSet({ keys }) })
}
