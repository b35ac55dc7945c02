/** Who bears a JSON Web Token of an issuer. */
import type { Principal } from "@holdfast/core/access"
import { steadyMillis } from "@holdfast/core/engine"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type JWSHeaderParameters, jwtVerify } from "jose"
import { type ClaimNames, principalOf } from "./claims.ts"
import type { IssuerKeys } from "./IssuerKeys.ts"
import { algorithms } from "./KeySet.ts"
import { type ReadToken, readToken, tokenBytesMax } from "./tokenForm.ts"
import { VerifiedTokens } from "./VerifiedTokens.ts"

/** Finds out who bears a credential, or why nobody can say; the reason never repeats the credential. */
export type Bearers<E = never> = (credential: string) => Effect.Effect<Principal, string | E>

/** Whose tokens are taken, and for whom they must be meant. */
export interface TokenRules {
  readonly issuer: string
  /** One of these must be in `aud`. */
  readonly audiences: ReadonlyArray<string>
  readonly claims: ClaimNames
  /** How far the clock of the issuer may be from ours, in seconds: at most 60. */
  readonly toleranceSeconds: number
  /** Whether a token must say that it is an access token: `typ` must then be `at+jwt`. */
  readonly isAccessTokenOnly: boolean
}

/** What a header may call its token. Any other type is a token for another use. */
const types = /^(?:application\/)?(at\+jwt|jwt)$/i

/** Members of a header that bring a key or its address along. Nobody vouches for such a key. */
const broughtKeys = ["jwk", "jku", "x5u", "x5c"]

/** Claims of tokens for another use: ID tokens, and tokens that are bound to a key of the client. */
const strangeClaims = ["at_hash", "c_hash", "cnf"]

const isForUser = ({ token_use: use, typ }: Readonly<Record<string, unknown>>): boolean =>
  use === "id" || (typeof typ === "string" && /^(?:id|refresh|logout)$/i.test(typ))

/** Why a token is for another use; undefined when it is for this one. */
const strangeness = (
  { claims, header }: ReadToken,
  { isAccessTokenOnly }: TokenRules
): string | undefined => {
  const brought = broughtKeys.find((name) => Object.hasOwn(header, name))
  if (brought !== undefined) return `its header brings a key along (${brought})`
  if (typeof header["alg"] !== "string" || !algorithms.includes(header["alg"])) {
    return `its algorithm is none of ${algorithms.join(", ")}`
  }
  const { typ } = header
  if (typ !== undefined || isAccessTokenOnly) {
    const [, type] = (typeof typ === "string" && types.exec(typ)) || []
    if (type === undefined || (isAccessTokenOnly && type.toLowerCase() !== "at+jwt")) {
      return "it is a token of another type (typ)"
    }
  }
  const strange = strangeClaims.find((name) => Object.hasOwn(claims, name))
  if (strange !== undefined) return `it is a token for another use (${strange})`
  return isForUser(claims) ? "it is a token for another use (token_use or typ)" : undefined
}

/** Verifies tokens with keys of their issuer. A token that was verified is remembered for a minute. */
export const makeTokenBearers = (keys: IssuerKeys, rules: TokenRules): Bearers => {
  const { audiences, issuer, toleranceSeconds } = rules
  const verified = new VerifiedTokens()
  const verify = Effect.fnUntraced(function* (token: string, now: number) {
    const read = readToken(token)
    if (Result.isFailure(read)) return yield* Effect.fail(read.failure)
    const strange = strangeness(read.success, rules)
    if (strange !== undefined) return yield* Effect.fail(strange)
    const key = yield* keys.keyFor(read.success.header as JWSHeaderParameters)
    const { payload } = yield* Effect.tryPromise({
      try: () =>
        jwtVerify(token, key, {
          issuer,
          audience: [...audiences],
          algorithms,
          requiredClaims: ["exp"],
          clockTolerance: toleranceSeconds,
          currentDate: new Date(now)
        }),
      catch: (error) => `it is not valid: ${(error as Error).message}`
    })
    const { exp = Number.NaN } = payload
    if (!Number.isFinite(exp)) return yield* Effect.fail("its claim exp is no instant")
    const principal = principalOf(payload, rules.claims)
    if (Result.isFailure(principal)) return yield* Effect.fail(principal.failure)
    return { principal: principal.success, until: (exp + toleranceSeconds) * 1_000 }
  })
  return Effect.fnUntraced(function* (token) {
    // Before anything else reads all of it.
    if (token.length > tokenBytesMax) return yield* Effect.fail("the token is over 8 KiB")
    const clock = yield* Clock.Clock
    const now = { day: clock.currentTimeMillisUnsafe(), steady: steadyMillis(clock) }
    const name = verified.nameOf(token)
    const known = verified.get(name, now)
    if (known !== undefined) return known
    const found = yield* verify(token, now.day)
    verified.add(name, found, now)
    return found.principal
  })
}
