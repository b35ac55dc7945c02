/** Digests of the platform: the same bytes as those of Web Crypto, whatever is digested. */
import { expect, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import { digestsAtOnce, layerDigest } from "../../src/access/layerDigest.ts"

const algorithms = [Digest.sha1, Digest.sha256, Digest.sha384, Digest.sha512, Digest.md5]

it.effect("gives the bytes that Web Crypto gives, and as hex", () =>
  Effect.gen(function* () {
    const own = yield* Effect.provide(Digest.Digest, layerDigest)
    const web = yield* Effect.provide(Digest.Digest, Digest.layerWebCrypto)
    const whole = crypto.getRandomValues(new Uint8Array(10_000))
    for (const data of [whole.subarray(0, 0), whole.subarray(7, 263), whole]) {
      for (const algorithm of algorithms) {
        const bytes = yield* own.digest(algorithm, data)
        expect(bytes).toEqual(yield* web.digest(algorithm, data))
        expect(bytes).toHaveLength(algorithm.outputLength)
        expect(yield* own.digestHex(algorithm, data)).toBe(yield* web.digestHex(algorithm, data))
      }
    }
  })
)

it("is made at once on Node, and by Web Crypto where there is no such platform", () => {
  const made = digestsAtOnce(globalThis)
  expect(made).toBeDefined()
  if (made === undefined) return
  // Nothing is waited for.
  expect(Effect.runSync(made.digestHex(Digest.sha256, new Uint8Array()))).toMatch(/^e3b0c442/)
  const withoutHash = { process: { getBuiltinModule: () => ({}) } }
  for (const runtime of [{}, { process: {} }, withoutHash]) {
    expect(digestsAtOnce(runtime)).toBe(undefined)
  }
})
