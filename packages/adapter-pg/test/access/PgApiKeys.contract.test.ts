/** The keys of services in the tables, on every database. */
import { expect, it } from "@effect/vitest"
import { ApiKeys } from "@holdfast/core/access"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerAccessMigrations, layerApiKeys } from "../../src/effect.ts"
import { databases } from "../engines.ts"

const hashOf = (digit: string) => digit.repeat(64)
const at = (millis: number) => DateTime.makeUnsafe(millis)

for (const [name, sessions] of databases) {
  const migrated = Layer.provideMerge(layerAccessMigrations(), sessions)

  it.live(`keeps keys on ${name}: made, found, listed, used and revoked`, () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys
      expect(yield* keys.list).toEqual([])
      const ids = [crypto.randomUUID(), crypto.randomUUID()] as const
      const first = yield* keys.create({
        ...{ keyId: ids[0], name: "checkout", hash: hashOf("a"), expiresAt: at(1_900_000_000_000) },
        scopes: ["reservations:write", "catalog:read"]
      })
      expect(first).toMatchObject({
        ...{ keyId: ids[0], name: "checkout", scopes: ["reservations:write", "catalog:read"] },
        ...{ expiresAt: at(1_900_000_000_000), revokedAt: null, lastUsedAt: null }
      })
      const made = {
        keyId: ids[1],
        name: "checkout",
        scopes: ["stock:read"],
        expiresAt: null
      } as const
      const second = yield* keys.create({ ...made, hash: hashOf("b") })
      expect(yield* keys.find(hashOf("a"))).toEqual(first)
      expect(yield* keys.find(hashOf("c"))).toBe(undefined)
      expect(yield* keys.list).toEqual([second, first])

      yield* keys.noteUses([
        { keyId: ids[1], at: at(2_000) },
        { keyId: crypto.randomUUID(), at: at(2_000) },
        { keyId: ids[0], at: at(3_000) }
      ])
      yield* keys.noteUses([{ keyId: ids[0], at: at(1_000) }])
      yield* keys.noteUses([])
      expect((yield* keys.list).map(({ lastUsedAt }) => lastUsedAt)).toEqual([at(2_000), at(3_000)])

      const revoked = yield* keys.revoke(ids[0])
      expect(revoked?.revokedAt).not.toBe(null)
      expect(yield* keys.revoke(ids[0])).toEqual(revoked)
      expect(yield* keys.find(hashOf("a"))).toEqual(revoked)
      expect(yield* keys.revoke(crypto.randomUUID())).toBe(undefined)
    }).pipe(Effect.provide(Layer.provideMerge(layerApiKeys(), migrated)))
  )

  it.live(`refuses on ${name} a secret in place of its hash, and a hash twice`, () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys
      const key = () => ({
        ...{ keyId: crypto.randomUUID(), name: "a", hash: hashOf("a") },
        ...{ scopes: ["stock:read"] as const, expiresAt: null }
      })
      yield* keys.create(key())
      expect((yield* Effect.flip(keys.create(key()))).reason).toBe("Busy")
      const secret = yield* Effect.flip(keys.create({ ...key(), hash: `hf_${"a".repeat(43)}` }))
      expect(secret.reason).toBe("Rejected")
    }).pipe(Effect.provide(Layer.provideMerge(layerApiKeys(), migrated)))
  )

  it.live(`says on ${name} that the tables are not there yet`, () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys
      const failure = yield* Effect.flip(keys.list)
      expect(failure).toMatchObject({
        reason: "Unavailable",
        message: "schema access has no tables yet; run holdfast migrate"
      })
    }).pipe(Effect.provide(Layer.provideMerge(layerApiKeys(), sessions)))
  )
}
