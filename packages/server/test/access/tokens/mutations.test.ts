/**
 * A good token of each algorithm, changed a little in many ways: none of the changed ones is taken.
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
