/** Who bears a token, asked without a server. */
import * as Effect from "effect/Effect"
import { makeTokenBearers, type TokenRules } from "../../../src/access/tokens/bearerTokens.ts"
import { claimNamesDefault } from "../../../src/access/tokens/claims.ts"
import { type KeyTimes, makeIssuerKeys } from "../../../src/access/tokens/IssuerKeys.ts"
import type { KeySource } from "../../../src/access/tokens/keySources.ts"
import { audienceName, issuerName } from "./issuer.ts"

/** Rules of good tokens. */
export const rules: TokenRules = {
  issuer: issuerName,
  audiences: [audienceName],
  claims: claimNamesDefault,
  toleranceSeconds: 5,
  isAccessTokenOnly: false
}

/** Asks with the keys of a source, for the lifetime of the scope. */
export const bearersOf = (source: KeySource, options: Partial<TokenRules> = {}, times?: KeyTimes) =>
  Effect.map(makeIssuerKeys(source, times), (keys) => ({
    keys,
    bearerOf: makeTokenBearers(keys, { ...rules, ...options })
  }))
