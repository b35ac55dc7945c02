/**
 * Proofs of who asks: a token and the key of a service that are good, that have expired, and that were
 * revoked. A server finds out who bears them as it does in service.
 */
import { type ApiKey, ApiKeys, type Principal, Scope } from "@holdfast/core/access"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as EffectScope from "effect/Scope"
import type { Credential } from "../../../http/test/access/askers.ts"
import { type Authentication, authenticatorOf } from "../../src/access/authentication.ts"
import { hashOf, newSecret } from "../../src/access/keySecret.ts"
import { keysOf } from "../../src/access/tokens/keySources.ts"
import { rules } from "./tokens/bearers.ts"
import { claimsWith, keySetOf, makeKey, tokenOf } from "./tokens/issuer.ts"

const issuing = makeKey("ES256")
/** A key that the issuer has taken back: its tokens are revoked with it. */
const withdrawn = makeKey("ES256")

const secrets = {
  good: Redacted.value(newSecret()),
  expired: Redacted.value(newSecret()),
  revoked: Redacted.value(newSecret())
}

const keyId = (n: number) => `8a0b2f1c-0000-4000-8000-00000000000${n}`
const past = DateTime.makeUnsafe(1_000)

/** A key of a service that may do everything that a service can. */
const key = (n: number, more: Partial<ApiKey> = {}): ApiKey => ({
  ...{ keyId: keyId(n), name: "everything", scopes: Scope.literals },
  ...{ createdAt: DateTime.makeUnsafe(0), expiresAt: null, revokedAt: null, lastUsedAt: null },
  ...more
})

const rows: ReadonlyMap<string, ApiKey> = new Map([
  [hashOf(secrets.good), key(1)],
  [hashOf(secrets.expired), key(2, { expiresAt: past })],
  [hashOf(secrets.revoked), key(3, { revokedAt: past })]
])

const table = ApiKeys.of({
  create: () => Effect.die("nobody makes keys here"),
  list: Effect.succeed([]),
  revoke: () => Effect.succeed(undefined),
  noteUses: () => Effect.void,
  find: (hash) => Effect.succeed(rows.get(hash))
})

/** How a server with these tokens and keys finds out who asks. */
export const authentication: Effect.Effect<Authentication, never, EffectScope.Scope> =
  Effect.provideService(
    authenticatorOf(
      { tokens: { rules, source: keysOf(keySetOf([issuing]), "here") }, keys: true },
      () => "127.0.0.1"
    ),
    ApiKeys,
    table
  )

const admin: Principal = { id: "ada", kind: "USER", roles: ["ADMIN"] }

const service: Principal = {
  ...{ id: `key:${keyId(1)}`, kind: "SERVICE", roles: [] },
  scopes: Scope.literals
}

const long = Math.floor(Date.now() / 1_000) - 3_600

/** The proofs. Those that are good show that the others are refused for what is wrong with them. */
export const credentials: ReadonlyArray<Credential> = [
  { name: "token", authorization: tokenOf(issuing), bearer: admin },
  {
    name: "token expired",
    authorization: tokenOf(issuing, claimsWith({ iat: long - 600, exp: long })),
    bearer: undefined
  },
  { name: "token revoked", authorization: tokenOf(withdrawn), bearer: undefined },
  { name: "key", authorization: secrets.good, bearer: service },
  { name: "key expired", authorization: secrets.expired, bearer: undefined },
  { name: "key revoked", authorization: secrets.revoked, bearer: undefined }
].map((one) => ({ ...one, authorization: `Bearer ${one.authorization}` }))
