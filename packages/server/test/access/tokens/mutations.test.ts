/**
 * A good token of each algorithm, changed a little in many ways: none of the changed ones is taken. One
 * change does not count, since what is signed stays the same: the second signature that ES256 has.
 * `HOLDFAST_MUTATIONS` says how many, and `HOLDFAST_TEST_SEED` which.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { keysOf } from "../../../src/access/tokens/keySources.ts"
import { attackedKeys } from "./attacks.ts"
import { bearersOf } from "./bearers.ts"
import { claimsWith, keySetOf, tokenOf } from "./issuer.ts"

const count = Number(process.env["HOLDFAST_MUTATIONS"] ?? 100_000)
const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 7)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** Whole numbers below a bound, the same for the same seed. */
const numbersOf = (first: number) => {
  let state = first >>> 0
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Numbers = ReturnType<typeof numbersOf>

interface Chosen {
  readonly token: string
  /** Another good token of the same key. */
  readonly other: string
  readonly at: number
  readonly next: Numbers
}

const put = (token: string, at: number, text: string, instead = text.length) =>
  token.slice(0, at) + text + token.slice(at + instead)

const letterOf = (next: Numbers) => alphabet[next(alphabet.length)] ?? "A"

const partsOf = (token: string) => token.split(".")

const changes: Readonly<Record<string, (chosen: Chosen) => string>> = {
  letter: ({ at, next, token }) => put(token, at, letterOf(next)),
  bit: ({ at, next, token }) =>
    put(token, at, String.fromCharCode(token.charCodeAt(at) ^ (1 << next(7)))),
  missing: ({ at, token }) => put(token, at, "", 1),
  more: ({ at, next, token }) => put(token, at, letterOf(next), 0),
  swapped: ({ at, token }) => put(token, at, `${token[at + 1] ?? ""}${token[at] ?? ""}`),
  case: ({ at, token }) => {
    const letter = token[at] ?? ""
    const upper = letter.toUpperCase()
    return put(token, at, letter === upper ? letter.toLowerCase() : upper)
  },
  cut: ({ at, token }) => token.slice(0, at),
  standard: ({ at, next, token }) => put(token, at, "+/=. \t\u00e9"[next(7)] ?? "="),
  bytes: ({ next, token }) => {
    // One bit of the decoded bytes of one part.
    const parts = partsOf(token)
    const index = next(3)
    const bytes = Buffer.from(parts[index] ?? "", "base64url")
    const byte = next(bytes.length)
    bytes[byte] = (bytes[byte] ?? 0) ^ (1 << next(8))
    parts[index] = bytes.toString("base64url")
    return parts.join(".")
  },
  spliced: ({ next, other, token }) => {
    const parts = partsOf(token)
    const index = 1 + next(2)
    parts[index] = partsOf(other)[index] ?? ""
    return parts.join(".")
  }
}

/** The order of the group of P-256, and that of Ed25519. */
const orders = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  EdDSA: 2n ** 252n + 27742317777372353535851937790883648493n
}

/** The number in bytes, and the other way round; little-endian for Ed25519. */
const numberOf = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`)
const bytesOf = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex")

/** A token with another `s` in its signature of 64 bytes, `r` and then `s`. */
const withOther = (token: string, change: (s: Buffer) => Buffer) => {
  const [header, claims, end = ""] = partsOf(token)
  const bytes = Buffer.from(end, "base64url")
  const changed = Buffer.concat([bytes.subarray(0, 32), change(bytes.subarray(32))])
  return `${header}.${claims}.${changed.toString("base64url")}`
}

it.live("takes an ES256 signature in both of its forms, as the same principal", () =>
  Effect.gen(function* () {
    const { ec } = attackedKeys()
    const { bearerOf } = yield* bearersOf(keysOf(keySetOf([ec]), "here"))
    for (let index = 0; index < 20; index++) {
      const token = tokenOf(ec, claimsWith({ jti: `${index}` }))
      const twin = withOther(token, (s) => bytesOf(orders.ES256 - numberOf(s)))
      expect(twin).not.toBe(token)
      expect(yield* bearerOf(twin)).toEqual(yield* bearerOf(token))
      // Neither form makes another one: the twin of the twin is the token.
      expect(withOther(twin, (s) => bytesOf(orders.ES256 - numberOf(s)))).toBe(token)
      const beyond = withOther(token, (s) => bytesOf((orders.ES256 + numberOf(s)) % 2n ** 256n))
      expect((yield* Effect.result(bearerOf(beyond)))._tag).toBe("Failure")
    }
  })
)

it.live("takes an EdDSA signature in one form alone", () =>
  Effect.gen(function* () {
    const { ed } = attackedKeys()
    const { bearerOf } = yield* bearersOf(keysOf(keySetOf([ed]), "here"))
    for (let index = 0; index < 20; index++) {
      const token = tokenOf(ed, claimsWith({ jti: `${index}` }))
      yield* bearerOf(token)
      for (const other of [(s: bigint) => s + orders.EdDSA, (s: bigint) => orders.EdDSA - s]) {
        const changed = withOther(token, (s) =>
          bytesOf(other(numberOf(Buffer.from(s).reverse()))).reverse()
        )
        expect((yield* Effect.result(bearerOf(changed)))._tag).toBe("Failure")
      }
    }
  })
)

it.live(
  `takes none of ${count} tokens that were changed (seed ${seed})`,
  () =>
    Effect.gen(function* () {
      const { ec, ed, rsa } = attackedKeys()
      const { bearerOf } = yield* bearersOf(keysOf(keySetOf([ec, ed, rsa]), "here"))
      const next = numbersOf(seed)
      const pairs = new Map<string, readonly [string, string]>()
      const kinds = Object.entries(changes)
      const tried = new Map<string, number>()
      const taken: Array<string> = []
      let total = 0
      for (let index = 0; total < count; index++) {
        const key = [ec, ed, rsa][index % 3] ?? ec
        const pair = index < 3 || next(500) === 0 ? undefined : pairs.get(key.kid)
        const [token, other] = pair ?? [
          tokenOf(key, claimsWith({ jti: `${index}` })),
          tokenOf(key, claimsWith({ jti: `${index}`, roles: ["USER"] }))
        ]
        pairs.set(key.kid, [token, other])
        const [kind = "", change] = kinds[next(kinds.length)] ?? []
        const changed = change?.({ token, other, at: next(token.length), next }) ?? token
        if (changed === token || changed === other) continue
        total += 1
        const name = `${kind} of ${key.alg}`
        tried.set(name, (tried.get(name) ?? 0) + 1)
        const result = yield* Effect.result(bearerOf(changed))
        if (result._tag === "Success") taken.push(`${kind}: ${token} as ${changed}`)
      }
      // The tokens that were changed are good themselves.
      for (const pair of pairs.values()) for (const token of pair) yield* bearerOf(token)
      expect(taken).toEqual([])
      expect(tried.size).toBe(kinds.length * 3)
      expect(Math.min(...tried.values())).toBeGreaterThan(count / 300)
    }),
  600_000
)
