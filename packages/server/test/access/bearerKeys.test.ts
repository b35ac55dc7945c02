/** Keys of services beside a table that is slow to be asked, and that may be away. */
import { expect, it } from "@effect/vitest"
import { type ApiKey, ApiKeys } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/engine"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { makeKeyBearers } from "../../src/access/bearerKeys.ts"
import { hashOf, isSecretForm, newSecret } from "../../src/access/keySecret.ts"

const secret = Redacted.value(newSecret())

const key: ApiKey = {
  ...{ keyId: "8a0b2f1c-0000-4000-8000-000000000001", name: "checkout", scopes: ["stock:read"] },
  ...{ createdAt: DateTime.makeUnsafe(0), expiresAt: null, revokedAt: null, lastUsedAt: null }
}

/** A table that a test changes, and that counts how often it is asked. */
const table = () => {
  const state = {
    row: key as ApiKey | undefined,
    isAway: false,
    asked: 0,
    noted: [] as Array<ReadonlyArray<{ readonly keyId: string; readonly at: DateTime.Utc }>>
  }
  const answered = <A>(answer: () => A) =>
    Effect.suspend(() =>
      state.isAway
        ? Effect.fail(new StoreError({ reason: "Unavailable", message: "away" }))
        : Effect.succeed(answer())
    )
  const keys = ApiKeys.of({
    create: () => Effect.die("nobody makes keys here"),
    list: answered(() => []),
    revoke: () => answered(() => undefined),
    find: (hash) =>
      Effect.suspend(() => {
        state.asked += 1
        return answered(() => (hash === hashOf(secret) ? state.row : undefined))
      }),
    noteUses: (uses) => answered(() => void (uses.length > 0 && state.noted.push(uses)))
  })
  return { state, bearers: Effect.provideService(makeKeyBearers(), ApiKeys, keys) }
}

it.effect("are asked for once in three seconds, real ones and made-up ones", () =>
  Effect.gen(function* () {
    const { bearers, state } = table()
    const bearerOf = yield* bearers
    for (let index = 0; index < 100; index++) {
      expect(yield* bearerOf(secret)).toEqual({
        ...{ id: `key:${key.keyId}`, kind: "SERVICE", roles: [], scopes: ["stock:read"] }
      })
    }
    expect(state.asked).toBe(1)
    const madeUp = Redacted.value(newSecret())
    for (let index = 0; index < 100; index++) {
      expect(yield* Effect.flip(bearerOf(madeUp))).toBe("nobody has made this key")
    }
    expect(state.asked).toBe(2)
    yield* TestClock.adjust("3 seconds")
    yield* bearerOf(secret)
    expect(state.asked).toBe(3)
  })
)

it.effect(
  "are refused within three seconds once they are revoked, and at once when they expire",
  () =>
    Effect.gen(function* () {
      const { bearers, state } = table()
      const bearerOf = yield* bearers
      yield* bearerOf(secret)
      state.row = { ...key, revokedAt: DateTime.makeUnsafe(1) }
      yield* TestClock.adjust("3 seconds")
      expect(yield* Effect.flip(bearerOf(secret))).toBe(`the key ${key.keyId} is revoked`)
      state.row = { ...key, expiresAt: DateTime.makeUnsafe(7_000) }
      yield* TestClock.adjust("3 seconds")
      yield* bearerOf(secret)
      yield* TestClock.adjust("1 second")
      expect(yield* Effect.flip(bearerOf(secret))).toBe(`the key ${key.keyId} has expired`)
    })
)

it.effect("are refused as soon, and go on as long, when somebody sets the clock back", () =>
  Effect.gen(function* () {
    const { bearers, state } = table()
    const usual = yield* Clock.Clock
    let apart = 0
    const clock: Clock.Clock = Object.assign(Object.create(usual), {
      currentTimeMillisUnsafe: () => usual.currentTimeMillisUnsafe() + apart
    })
    yield* TestClock.adjust("2 hours")
    const bearerOf = yield* bearers
    const asked = Effect.provideService(bearerOf(secret), Clock.Clock, clock)
    yield* asked
    apart = -3_600_000
    state.isAway = true
    yield* TestClock.adjust("4 minutes")
    yield* asked
    yield* TestClock.adjust("2 minutes")
    expect(yield* Effect.flip(asked)).toMatchObject({ reason: "Unavailable" })
    state.isAway = false
    yield* asked
    apart = -7_200_000
    state.row = { ...key, revokedAt: DateTime.makeUnsafe(1) }
    yield* TestClock.adjust("3 seconds")
    expect(yield* Effect.flip(asked)).toBe(`the key ${key.keyId} is revoked`)
  })
)

it.effect("go on for five minutes while the table is away; about others nobody can say", () =>
  Effect.gen(function* () {
    const { bearers, state } = table()
    const bearerOf = yield* bearers
    yield* bearerOf(secret)
    state.isAway = true
    for (let minute = 0; minute < 5; minute++) {
      yield* TestClock.adjust("59 seconds")
      yield* bearerOf(secret)
    }
    const other = yield* Effect.flip(bearerOf(Redacted.value(newSecret())))
    expect(other).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
    yield* TestClock.adjust("10 seconds")
    expect(yield* Effect.flip(bearerOf(secret))).toMatchObject({ reason: "Unavailable" })
    state.isAway = false
    yield* bearerOf(secret)
  })
)

it.effect("that are revoked do not go on while the table is away", () =>
  Effect.gen(function* () {
    const { bearers, state } = table()
    const bearerOf = yield* bearers
    yield* bearerOf(secret)
    state.row = { ...key, revokedAt: DateTime.makeUnsafe(1) }
    yield* TestClock.adjust("3 seconds")
    yield* Effect.flip(bearerOf(secret))
    state.isAway = true
    yield* TestClock.adjust("3 seconds")
    expect(yield* Effect.flip(bearerOf(secret))).toMatchObject({ reason: "Unavailable" })
  })
)

it.effect("have their uses written every half minute, also after the table was away", () =>
  Effect.gen(function* () {
    const { bearers, state } = table()
    const bearerOf = yield* bearers
    yield* bearerOf(secret)
    yield* TestClock.adjust("2 seconds")
    yield* bearerOf(secret)
    expect(state.noted).toEqual([])
    state.isAway = true
    yield* TestClock.adjust("28 seconds")
    state.isAway = false
    yield* TestClock.adjust("30 seconds")
    expect(state.noted).toEqual([[{ keyId: key.keyId, at: DateTime.makeUnsafe(2_000) }]])
  })
)

it("have the form of a key, and are never the same", () => {
  const secrets = Array.from({ length: 1_000 }, () => Redacted.value(newSecret()))
  expect(new Set(secrets).size).toBe(1_000)
  expect(secrets.every(isSecretForm)).toBe(true)
  for (const text of [
    "hf_",
    `hf_${"a".repeat(42)}`,
    `hf_${"a".repeat(44)}`,
    `HF_${"a".repeat(43)}`
  ]) {
    expect(isSecretForm(text)).toBe(false)
  }
  expect(String(newSecret())).not.toContain("hf_")
})
