/** What of a request is judged, and by whom. */
import { expect, it } from "@effect/vitest"
import { type ApiKey, ApiKeys } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/engine"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { type AuthSettings, authenticatorOf } from "../../src/access/authentication.ts"
import { hashOf, newSecret } from "../../src/access/keySecret.ts"
import { keysOf } from "../../src/access/tokens/keySources.ts"
import { rules } from "./tokens/bearers.ts"
import { claimsWith, keySetOf, makeKey, tokenOf } from "./tokens/issuer.ts"

const ec = makeKey("ES256")
const secret = Redacted.value(newSecret())
/** The clock of a test begins in 1970. */
const token = tokenOf(ec, claimsWith({ iat: 0, exp: 10_000_000 }))

const key: ApiKey = {
  ...{ keyId: "8a0b2f1c-0000-4000-8000-000000000001", name: "checkout", scopes: ["stock:read"] },
  ...{ createdAt: DateTime.makeUnsafe(0), expiresAt: null, revokedAt: null, lastUsedAt: null }
}

const state = { isAway: false }
const table = ApiKeys.of({
  create: () => Effect.die("nobody makes keys here"),
  list: Effect.succeed([]),
  revoke: () => Effect.succeed(undefined),
  noteUses: () => Effect.void,
  find: (hash) =>
    Effect.suspend(() =>
      state.isAway
        ? Effect.fail(new StoreError({ reason: "Unavailable", message: "away" }))
        : Effect.succeed(hash === hashOf(secret) ? key : undefined)
    )
})

const madeOf = (settings: AuthSettings) =>
  Effect.provideService(
    authenticatorOf(settings, () => "127.0.0.1"),
    ApiKeys,
    table
  )

const certificateOf = (subjectAltName: string) => ({
  authorized: true,
  getPeerX509Certificate: () => ({ subjectAltName, validTo: "Jan  1 01:00:00 1970 GMT" })
})

const request = (authorization: string | undefined, subjectAltName?: string) =>
  ({
    headers: { host: "127.0.0.1", ...(authorization === undefined ? {} : { authorization }) },
    remoteAddress: Option.some("127.0.0.1"),
    source: subjectAltName === undefined ? {} : { socket: certificateOf(subjectAltName) }
  }) as unknown as HttpServerRequest

const tokens = { rules, source: keysOf(keySetOf([ec]), "here") }
const certificates = new Map([["DNS:warehouse", ["stock:write"] as const]])

it.effect("a token, a key and a certificate, each by its own way", () =>
  Effect.gen(function* () {
    const { authenticate } = yield* madeOf({ tokens, keys: true, certificates })
    const idOf = (asked: HttpServerRequest) => Effect.map(authenticate(asked), ({ id }) => id)
    expect(yield* idOf(request(`Bearer ${token}`))).toBe("ada")
    expect(yield* idOf(request(`Bearer ${secret}`))).toBe(`key:${key.keyId}`)
    expect(yield* idOf(request(undefined, "DNS:warehouse"))).toBe("certificate:DNS:warehouse")
    expect(yield* idOf(request(undefined))).toBe("anonymous")
  })
)

it.effect("a header alone counts where there is one, also beside a good certificate", () =>
  Effect.gen(function* () {
    const { authenticate } = yield* madeOf({ tokens, keys: true, certificates })
    for (const header of ["", "Basic YTpi", "Bearer made-up", `Bearer hf_${"A".repeat(43)}`]) {
      const refused = yield* Effect.flip(authenticate(request(header, "DNS:warehouse")))
      expect(refused).toMatchObject({
        _tag: "Unauthenticated",
        challenge: 'Bearer realm="holdfast", error="invalid_token"'
      })
    }
    const found = yield* authenticate(request(`Bearer ${token}`, "DNS:warehouse"))
    expect(found.id).toBe("ada")
  })
)

it.effect("a certificate that nobody has named is refused, and is not anonymous", () =>
  Effect.gen(function* () {
    const { authenticate } = yield* madeOf({ certificates })
    const { reason } = yield* Effect.flip(authenticate(request(undefined, "DNS:other")))
    expect(reason).toContain("--client-certificates")
  })
)

it.effect("a certificate that expires on an open connection is refused from then on", () =>
  Effect.gen(function* () {
    const { authenticate } = yield* madeOf({ certificates })
    const shown = request(undefined, "DNS:warehouse")
    yield* TestClock.adjust("1 hour")
    expect((yield* authenticate(shown)).id).toBe("certificate:DNS:warehouse")
    yield* TestClock.adjust("1 second")
    const refused = yield* Effect.flip(authenticate(shown))
    expect(refused).toMatchObject({ reason: "the client certificate has expired" })
  })
)

it.effect("what is not in force is not taken", () =>
  Effect.gen(function* () {
    const byKey = yield* madeOf({ keys: true })
    const ofToken = yield* Effect.flip(byKey.authenticate(request(`Bearer ${token}`)))
    expect(ofToken.reason).toBe("tokens are not taken by this server")
    const byToken = yield* madeOf({ tokens })
    const ofKey = yield* Effect.flip(byToken.authenticate(request(`Bearer ${secret}`)))
    expect(ofKey.reason).toBe("keys of services are not taken by this server")
    const anonymous = yield* byToken.authenticate(request(undefined, "DNS:warehouse"))
    expect(anonymous.kind).toBe("ANONYMOUS")
  })
)

it.effect("a database that is away is no refusal, and no defect", () =>
  Effect.gen(function* () {
    const { authenticate } = yield* madeOf({ keys: true })
    state.isAway = true
    const failure = yield* Effect.flip(authenticate(request(`Bearer ${secret}`)))
    state.isAway = false
    expect(failure).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
  })
)

it.effect(
  "what a person should know of the issuer: nothing, a note, or that the server is not ready",
  () =>
    Effect.gen(function* () {
      const issuer = { isAway: true }
      const source = {
        place: "here",
        read: Effect.suspend(() =>
          issuer.isAway ? Effect.fail("away") : Effect.succeed(keySetOf([ec]))
        )
      }
      const { authenticate, notes } = yield* madeOf({ tokens: { rules, source } })
      yield* Effect.flip(authenticate(request(`Bearer ${token}`)))
      expect(yield* Effect.flip(notes)).toMatchObject({ reason: "Unavailable" })
      issuer.isAway = false
      yield* TestClock.adjust("10 seconds")
      yield* authenticate(request(`Bearer ${token}`))
      expect(yield* notes).toEqual([])
      issuer.isAway = true
      yield* TestClock.adjust("5 minutes")
      yield* authenticate(request(`Bearer ${token}`))
      expect(yield* notes).toEqual([
        "the issuer of tokens is away: its keys that are known serve on (1)"
      ])
      expect(yield* (yield* madeOf({ keys: true })).notes).toEqual([])
    })
)
