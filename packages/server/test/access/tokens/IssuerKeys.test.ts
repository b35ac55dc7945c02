/** The keys of an issuer that may be away, and that nobody can make us ask for. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { KeyTimes } from "../../../src/access/tokens/IssuerKeys.ts"
import { type KeySource, keysAt } from "../../../src/access/tokens/keySources.ts"
import { attackedKeys } from "./attacks.ts"
import { bearersOf } from "./bearers.ts"
import { claimsWith, type IssuerKey, keySetOf, listen, makeKey, tokenOf } from "./issuer.ts"

const times: KeyTimes = {
  freshMillis: 300_000,
  retryMillis: 10_000,
  cooldownMillis: 30_000,
  staleMillisMax: 86_400_000
}

/** A source that a test changes, and that counts how often it is read. */
const changing = (first: ReadonlyArray<IssuerKey> | undefined) => {
  const state = { keys: first, reads: 0 }
  const source: KeySource = {
    place: "here",
    read: Effect.suspend(() => {
      state.reads += 1
      return state.keys === undefined
        ? Effect.fail("connection refused")
        : Effect.succeed(keySetOf(state.keys))
    })
  }
  return { source, state }
}

/** The clock of a test begins in 1970. */
const claims = claimsWith({ iat: 0, exp: 10_000_000 })

const { ec, ed } = attackedKeys()

it.effect("asks at most twice for 10,000 key ids that nobody knows, also while it waits", () =>
  Effect.gen(function* () {
    const { source, state } = changing([ec])
    const { bearerOf } = yield* bearersOf(source, {}, times)
    expect((yield* bearerOf(tokenOf(ec, claims))).id).toBe("ada")
    const reasons = new Set<string>()
    for (let index = 0; index < 10_000; index++) {
      const token = tokenOf({ ...ec, kid: `made-up-${index}` }, claims)
      reasons.add(yield* Effect.flip(bearerOf(token)))
      if (index % 100 === 0) yield* TestClock.adjust("500 millis")
    }
    expect([...reasons]).toEqual(["its key is not among those of the issuer"])
    expect(state.reads).toBe(2)
  })
)

it.effect("takes a key that was added, once a while has passed, without a restart", () =>
  Effect.gen(function* () {
    const { source, state } = changing([ec])
    const { bearerOf } = yield* bearersOf(source, {}, times)
    yield* bearerOf(tokenOf(ec, claims))
    state.keys = [ec, ed]
    const added = tokenOf(ed, claims)
    expect(yield* Effect.flip(bearerOf(added))).toContain("not among those")
    yield* TestClock.adjust("31 seconds")
    expect((yield* bearerOf(added)).id).toBe("ada")
    expect(state.reads).toBe(2)
  })
)

it.effect(
  "no longer takes a key that was withdrawn, after five minutes and the token's minute",
  () =>
    Effect.gen(function* () {
      const { source, state } = changing([ec, ed])
      const { bearerOf } = yield* bearersOf(source, {}, times)
      const token = tokenOf(ed, claims)
      yield* bearerOf(token)
      state.keys = [ec]
      yield* TestClock.adjust("6 minutes")
      expect(yield* Effect.flip(bearerOf(token))).toContain("not among those")
      yield* bearerOf(tokenOf(ec, claims))
    })
)

it.effect("serves on with the keys that it knows while the issuer is away, for a day", () =>
  Effect.gen(function* () {
    const { source, state } = changing([ec])
    const { bearerOf, keys } = yield* bearersOf(source, {}, times)
    const token = () => tokenOf(ec, { ...claims, jti: `${Math.random()}` })
    yield* bearerOf(token())
    state.keys = undefined
    yield* TestClock.adjust("6 minutes")
    expect(yield* keys.state).toEqual({ place: "here", size: 1, problem: "connection refused" })
    const readsBefore = state.reads
    for (let index = 0; index < 100; index++) yield* bearerOf(token())
    expect(state.reads).toBe(readsBefore)
    const unknown = tokenOf({ ...ec, kid: "unknown" }, claims)
    expect(yield* Effect.flip(bearerOf(unknown))).toContain("not among those")
    yield* TestClock.adjust("25 hours")
    expect(yield* Effect.flip(bearerOf(token()))).toContain("are not known")
    expect((yield* keys.state).size).toBe(0)
    state.keys = [ec]
    yield* TestClock.adjust("11 seconds")
    yield* bearerOf(token())
    expect((yield* keys.state).problem).toBe(undefined)
  })
)

it.effect("knows no key until an issuer that is away at the start is back", () =>
  Effect.gen(function* () {
    const { source, state } = changing(undefined)
    const { bearerOf, keys } = yield* bearersOf(source, {}, times)
    expect(yield* Effect.flip(bearerOf(tokenOf(ec, claims)))).toContain("are not known")
    expect(yield* keys.state).toMatchObject({ size: 0, problem: "connection refused" })
    state.keys = [ec]
    yield* TestClock.adjust("10 seconds")
    yield* bearerOf(tokenOf(ec, claims))
  })
)

it.effect("remembers a token for a minute, and not beyond its own end", () =>
  Effect.gen(function* () {
    const { source } = changing([ec])
    const { bearerOf } = yield* bearersOf(source, { toleranceSeconds: 0 }, times)
    const token = tokenOf(ec, { ...claims, exp: 30 })
    yield* bearerOf(token)
    yield* TestClock.adjust("29 seconds")
    yield* bearerOf(token)
    yield* TestClock.adjust("1 second")
    expect(yield* Effect.flip(bearerOf(token))).toContain('"exp" claim timestamp check failed')
  })
)

for (const [what, answer, problem] of [
  ["is no JSON", "<html>", "it is no JSON"],
  ["is no set of keys", '{"key":1}', "it is no JSON Web Key Set"],
  ["has no key that fits", keySetOf([]), "it has no key for RS256"],
  ["has a key that is too weak alone", keySetOf([attackedKeys().weak]), "it has no key for RS256"],
  [
    "has a private key",
    JSON.stringify({ keys: [{ ...makeKey("ES256").privateKey.export({ format: "jwk" }) }] }),
    "it holds a private or a shared key"
  ],
  ["has a shared key", '{"keys":[{"kty":"oct","k":"AA"}]}', "it holds a private or a shared key"],
  ["is over a megabyte", `{"keys":[],"x":"${"x".repeat(1_100_000)}"}`, "it is over 1048576 bytes"],
  ["hangs up", undefined, "other side closed"]
] as const) {
  it.live(`says so when what the issuer answers ${what}`, () =>
    Effect.gen(function* () {
      const issuer = yield* Effect.acquireRelease(
        Effect.promise(() => listen(answer)),
        (listening) => Effect.promise(() => listening[Symbol.asyncDispose]())
      )
      const { bearerOf, keys } = yield* bearersOf(keysAt(new URL(issuer.url)))
      expect(yield* Effect.flip(bearerOf(tokenOf(ec)))).toContain("are not known")
      expect((yield* keys.state).problem).toContain(problem)
    })
  )
}
