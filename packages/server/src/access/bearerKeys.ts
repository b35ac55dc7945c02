/**
 * Who bears the key of a service. What the table says of a key is asked again after a few seconds, so
 * a key that is revoked stops everywhere within them. While the database is away, keys that were good
 * a moment ago go on; of others nobody can say, and the failure is that of the database.
 */
import { type ApiKey, ApiKeys, type Principal } from "@holdfast/core/access"
import { type StoreError, steadyMillis, steadyMillisNow } from "@holdfast/core/engine"
import * as Cache from "effect/Cache"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { hashOf, isSecretForm } from "./keySecret.ts"
import type { Bearers } from "./tokens/bearerTokens.ts"

/** How long an answer of the table about a key is believed: a key that was revoked is taken no longer. */
const believedMillis = 3_000

/** How long keys go on while the database is away. */
const outageMillisMax = 300_000

/** How many keys, real ones and made-up ones, are remembered. */
const rememberedMax = 10_000

/** How often uses are written. */
const noteMillis = 30_000

/** A key, and when the table was asked for it, as `steadyMillis` tells the time. */
interface Read<Key extends ApiKey | undefined = ApiKey> {
  readonly key: Key
  readonly at: number
}

const principalOf = ({ keyId, scopes }: ApiKey): Principal => ({
  id: `key:${keyId}`,
  kind: "SERVICE",
  roles: [],
  scopes
})

/** Why a key is not taken; undefined when it is. */
const refusalOf = ({ expiresAt, keyId, revokedAt }: ApiKey, now: number): string | undefined => {
  if (revokedAt !== null) return `the key ${keyId} is revoked`
  return expiresAt !== null && expiresAt.epochMilliseconds <= now
    ? `the key ${keyId} has expired`
    : undefined
}

/** The last uses, until they are written. */
const makeUses = Effect.fnUntraced(function* (): Effect.fn.Return<
  (keyId: string, at: number) => void,
  never,
  ApiKeys | Scope.Scope
> {
  const keys = yield* ApiKeys
  let uses = new Map<string, number>()
  const write = Effect.suspend(() => {
    const written = uses
    uses = new Map()
    const rows = [...written].map(([keyId, at]) => ({ keyId, at: DateTime.makeUnsafe(at) }))
    return Effect.catch(keys.noteUses(rows), () =>
      // Written with the next ones, unless a key was used again by then.
      Effect.sync(() => {
        uses = new Map([...written, ...uses])
      })
    )
  })
  yield* Effect.addFinalizer(() => write)
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(noteMillis), write)))
  return (keyId, at) => {
    uses.set(keyId, at)
  }
})

/** Looks up keys in the table. */
export const makeKeyBearers = Effect.fnUntraced(function* (): Effect.fn.Return<
  Bearers<StoreError>,
  never,
  ApiKeys | Scope.Scope
> {
  const keys = yield* ApiKeys
  const noteUse = yield* makeUses()
  const good = new Map<string, Read>()

  const remember = (hash: string, key: ApiKey | undefined, clock: Clock.Clock) => {
    // The key that was asked for first is at the front, and makes room.
    good.delete(hash)
    if (key === undefined || refusalOf(key, clock.currentTimeMillisUnsafe()) !== undefined) return
    const [first] = good.keys()
    if (good.size >= rememberedMax && first !== undefined) good.delete(first)
    good.set(hash, { key, at: steadyMillis(clock) })
  }

  const look = Effect.fnUntraced(function* (hash: string) {
    const key = yield* keys.find(hash)
    const clock = yield* Clock.Clock
    remember(hash, key, clock)
    return { key, at: steadyMillis(clock) }
  })
  const lookInOutage = (hash: string, error: StoreError) =>
    Effect.flatMap(steadyMillisNow, (now) => {
      const last = good.get(hash)
      return last !== undefined && now - last.at <= outageMillisMax
        ? Effect.succeed({ key: last.key, at: now })
        : Effect.fail(error)
    })

  const cache = yield* Cache.makeWith(
    (hash: string): Effect.Effect<Read<ApiKey | undefined>, StoreError> =>
      Effect.catch(look(hash), (error) => lookInOutage(hash, error)),
    {
      capacity: rememberedMax,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? believedMillis : 0)
    }
  )

  const believed = Effect.fnUntraced(function* (hash: string) {
    const read = yield* Cache.get(cache, hash)
    if ((yield* steadyMillisNow) - read.at < believedMillis) return read.key
    // The cache reckons by the clock of the day, and somebody has set that back.
    yield* Cache.invalidate(cache, hash)
    return (yield* Cache.get(cache, hash)).key
  })

  return Effect.fnUntraced(function* (secret) {
    if (!isSecretForm(secret)) return yield* Effect.fail("it has not the form of a key")
    const key = yield* believed(hashOf(secret))
    if (key === undefined) return yield* Effect.fail("nobody has made this key")
    const now = yield* Clock.currentTimeMillis
    const refused = refusalOf(key, now)
    if (refused !== undefined) return yield* Effect.fail(refused)
    noteUse(key.keyId, now)
    return principalOf(key)
  })
})
