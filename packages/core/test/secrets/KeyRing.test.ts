import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import {
  encryptionsMax,
  isEncrypted,
  KeyRing,
  type KeyRingService,
  KeyUsage,
  type RingKeys,
  readKeyRing,
  type SecretUnreadable,
  withNewKey
} from "../../src/secrets.ts"

const bytesOf = (seed: number) => Uint8Array.from({ length: 32 }, (_, n) => (n * 7 + seed) % 256)

const ringOf = (current: string, ...keyIds: ReadonlyArray<string>): RingKeys => ({
  current,
  keys: new Map(keyIds.map((id) => [id, Redacted.make(bytesOf(id.length * 31 + id.charCodeAt(0)))]))
})

const withRing = <A, E>(
  keys: RingKeys,
  work: (ring: KeyRingService) => Effect.Effect<A, E>,
  usage: Layer.Layer<never> = Layer.empty
) => Effect.provide(Effect.flatMap(KeyRing, work), Layer.provide(KeyRing.layer(keys), usage))

/** Numbers from 0 to 1, the same for the same seed. */
const seededRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const place = { column: "webhooks.secret", row: "w1" }

const reasonOf = (effect: Effect.Effect<string, SecretUnreadable>) =>
  Effect.match(effect, { onSuccess: () => "DECRYPTED", onFailure: ({ reason }) => reason })

describe("a key ring", () => {
  it.effect("gives back what it encrypted, at its place alone", () =>
    withRing(ringOf("a", "a"), (ring) =>
      Effect.gen(function* () {
        for (const plain of ["", "a secret", "日本\u0000😀", "x".repeat(5_000)]) {
          const value = yield* ring.encrypt(plain, place)
          expect(isEncrypted(value)).toBe(true)
          expect(value).not.toContain("secret")
          expect(yield* ring.decrypt(value, place)).toBe(plain)
          const others = [
            { ...place, row: "w2" },
            { ...place, column: "webhooks.previous_secret" },
            { column: "webhooks.secretw", row: "1" }
          ]
          for (const other of others) {
            expect(yield* reasonOf(ring.decrypt(value, other))).toBe("ALTERED")
          }
        }
        const [one, two] = [yield* ring.encrypt("a", place), yield* ring.encrypt("a", place)]
        expect(one).not.toBe(two)
      })
    )
  )

  it.effect("finds 1,000 flipped bits, and 1,000 values that were swapped between rows", () =>
    withRing(ringOf("a", "a"), (ring) =>
      Effect.gen(function* () {
        const seed = 20_261
        const random = seededRandom(seed)
        let [flipped, swapped] = [0, 0]
        const values: Array<string> = []
        for (let row = 0; row < 50; row++) {
          values.push(yield* ring.encrypt(`secret ${row}`, { ...place, row: `w${row}` }))
        }
        const pick = (below: number) => Math.floor(random() * below)
        for (let n = 0; n < 1_000; n++) {
          const row = pick(50)
          const bytes = new TextEncoder().encode(values[row] as string)
          const at = pick(bytes.length)
          bytes[at] = (bytes[at] as number) ^ (1 << pick(7))
          const altered = new TextDecoder().decode(bytes)
          const reason = yield* reasonOf(ring.decrypt(altered, { ...place, row: `w${row}` }))
          expect(reason, `seed ${seed}: ${altered} of ${values[row]}`).not.toBe("DECRYPTED")
          flipped++
          const other = (row + 1 + pick(49)) % 50
          const moved = ring.decrypt(values[other] as string, { ...place, row: `w${row}` })
          expect(yield* reasonOf(moved), `seed ${seed}`).toBe("ALTERED")
          swapped++
        }
        expect([flipped, swapped]).toEqual([1_000, 1_000])
      })
    )
  )

  it.effect(
    "reads what an older key wrote, and names a key that is gone, for its value alone",
    () =>
      Effect.gen(function* () {
        const old = yield* withRing(ringOf("a", "a"), (ring) => ring.encrypt("old", place))
        const both = ringOf("b", "a", "b")
        const young = yield* withRing(both, (ring) =>
          Effect.gen(function* () {
            expect(yield* ring.decrypt(old, place)).toBe("old")
            return yield* ring.encrypt("young", place)
          })
        )
        yield* withRing(ringOf("b", "b"), (ring) =>
          Effect.gen(function* () {
            expect(yield* ring.decrypt(young, place)).toBe("young")
            const lost = yield* Effect.flip(ring.decrypt(old, place))
            expect(lost).toMatchObject({ reason: "KEY_MISSING", keyId: "a" })
            expect(lost.message).toContain("no key a")
          })
        )
        const wrong: RingKeys = { current: "a", keys: new Map([["a", Redacted.make(bytesOf(1))]]) }
        const reason = yield* withRing(wrong, (ring) => reasonOf(ring.decrypt(old, place)))
        expect(reason).toBe("ALTERED")
        for (const damaged of ["", "plain", "hf1:a", `${old}:more`, old.replace("hf1", "hf2")]) {
          expect(
            yield* withRing(both, (ring) => reasonOf(ring.decrypt(damaged, place))),
            damaged
          ).toBe("MALFORMED")
        }
      })
  )

  it.effect("counts what a key encrypts, many at a time, and stops at the bound", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const usageFrom = (before: number) => {
        let reserved = before
        return Layer.succeed(KeyUsage, {
          reserve: (_keyId, count) =>
            Effect.sync(() => {
              asked.push(count)
              reserved += count
              return reserved
            }),
          counts: Effect.sync(() => [])
        })
      }
      const many = Effect.fnUntraced(function* (ring: KeyRingService) {
        yield* Effect.forEach(Array.from({ length: 5_000 }), () => ring.encrypt("a", place), {
          concurrency: "unbounded"
        })
      })
      yield* withRing(ringOf("a", "a"), many, usageFrom(0))
      expect(asked).toEqual([4_096, 4_096])
      const refused = yield* Effect.flip(
        withRing(ringOf("a", "a"), (ring) => ring.encrypt("a", place), usageFrom(encryptionsMax))
      )
      expect(refused).toMatchObject({ _tag: "KeyExhausted", keyId: "a" })
    })
  )
})

describe("a key ring as text", () => {
  it("is read as it was written", () => {
    const first = withNewKey(undefined, "a", bytesOf(1))
    const ring = Result.getOrThrow(readKeyRing(Redacted.value(first)))
    const both = withNewKey(ring, "b", bytesOf(2))
    const read = Result.getOrThrow(readKeyRing(Redacted.value(both)))
    expect(read.current).toBe("b")
    expect([...read.keys].map(([id, key]) => [id, [...Redacted.value(key)]])).toEqual([
      ["a", [...bytesOf(1)]],
      ["b", [...bytesOf(2)]]
    ])
    expect(`${JSON.stringify({ ...read, keys: [...read.keys] })}`).not.toContain("AQ")
  })

  it("names every field that is wrong, and repeats no key", () => {
    const short = "c2hvcnQtc2VjcmV0"
    const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
      ["", [""]],
      ["[]", [""]],
      ["{}", ["keys"]],
      [`{"current":"a","keys":{"a":"${short}"}}`, ["keys.a"]],
      [`{"current":"b","keys":{"a":"${short}"}}`, ["current", "keys.a"]],
      [`{"current":"a b","keys":{"a b":"${short}"}}`, ["keys"]],
      [`{"current":"a","keys":{"a":7},"more":"${short}"}`, ["", "keys.a"]]
    ]
    for (const [text, paths] of cases) {
      const read = readKeyRing(text)
      const issues = Result.isFailure(read) ? read.failure.issues : []
      expect(
        issues.map(({ path }) => path),
        text
      ).toEqual(paths)
      expect(JSON.stringify(issues)).not.toContain(short)
    }
  })
})
