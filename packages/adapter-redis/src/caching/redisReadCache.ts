/** The cache of core over Redis. */
import type {
  CachedCopy,
  CacheFill,
  CacheUnavailable,
  Invalidation,
  ReadCacheService
} from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import type { Script } from "../clients/RedisConnection.ts"
import type { GuardedRedis } from "../guarding/guardRedis.ts"
import { type KeyUse, nameOf, tagOf } from "../guarding/places.ts"
import {
  claimScript,
  endClaimsScript,
  getScript,
  invalidateScript,
  nowScript,
  putScript
} from "./cacheScripts.ts"
import { readEntry } from "./entries.ts"
import { gatherGets } from "./gatherGets.ts"

/** Keys that one script takes: Redis does nothing else meanwhile. */
const keysMax = 500

/** Names that are remembered. */
const knownMax = 20_000

/** What the cache has met that was not its own, or cannot be read. */
export interface CacheCounts {
  /** Keys of ours that hold something of another type, which is left alone. */
  foreign: number
  /** Entries that cannot be read; they count as missing, and are replaced by the next copy. */
  undecodable: number
}

/** Items whose keys one script may name, with their places in the list that they came from. */
interface Group<Item> {
  readonly place: number
  readonly items: ReadonlyArray<Item>
  readonly indexes: ReadonlyArray<number>
}

interface Keyed {
  readonly key: string
}

/** Items by place, each group no larger than a script may take. */
const groupsOf = <Item extends Keyed>(
  items: ReadonlyArray<Item>,
  isCluster: boolean
): ReadonlyArray<Group<Item>> => {
  const open = new Map<number, { items: Array<Item>; indexes: Array<number> }>()
  const groups: Array<Group<Item>> = []
  for (const [index, item] of items.entries()) {
    const place = isCluster ? tagOf(item.key) : 0
    let group = open.get(place)
    if (group === undefined || group.items.length === keysMax) {
      group = { items: [], indexes: [] }
      open.set(place, group)
      groups.push({ place, ...group })
    }
    group.items.push(item)
    group.indexes.push(index)
  }
  return groups
}

type Reply = ReadonlyArray<string | number | null>

/** The names of keys that were asked for lately: to reckon one takes longer than to look it up. */
const rememberedNames = (nameFor: (key: string) => string): ((key: string) => string) => {
  const known = new Map<string, string>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= knownMax) known.clear()
    const name = nameFor(key)
    known.set(key, name)
    return name
  }
}

const keyed = (keys: ReadonlyArray<string>): ReadonlyArray<Keyed> => keys.map((key) => ({ key }))

/** Makes the cache, and what it counts. */
export const makeRedisReadCache = (
  redis: GuardedRedis,
  remembersMillis: number
): ReadCacheService & { readonly counts: Readonly<CacheCounts> } => {
  const { connection, met, prefix, readThenRun, run, runs } = redis
  const counts: CacheCounts = { foreign: 0, undecodable: 0 }
  const named = (use: KeyUse, { key }: Keyed) => nameOf(prefix, use, tagOf(key), key)
  const names = (items: ReadonlyArray<Keyed>, ...uses: ReadonlyArray<KeyUse>) =>
    uses.flatMap((use) => items.map((item) => named(use, item)))
  const nameOfCopy = rememberedNames((key) => named("copy", { key }))

  /** Runs a script for a group, and notes which run of Redis answered. */
  const ask = (
    { items, place }: Group<Keyed>,
    script: Script,
    uses: ReadonlyArray<KeyUse>,
    args: ReadonlyArray<string>
  ): Effect.Effect<Reply, CacheUnavailable> =>
    Effect.map(run(place, script, names(items, ...uses), args), (reply) => {
      const [, by] = reply as Reply
      met(place, String(by))
      return reply as Reply
    })

  /**
   * The time and the run of Redis, and the entries of a group. What is read before the run is known is of that
   * run, or of one before it, whose entries are none.
   */
  const read = (group: Group<Keyed>): Effect.Effect<Reply, CacheUnavailable> => {
    if (readThenRun === undefined) return ask(group, getScript, ["copy"], [])
    const { items, place } = group
    return Effect.map(
      readThenRun(
        place,
        items.map(({ key }) => nameOfCopy(key)),
        nowScript
      ),
      ([texts, reply]) => {
        const [now, by] = reply as Reply
        met(place, String(by))
        return [now ?? null, by ?? null, ...(texts as Reply)]
      }
    )
  }

  const each = <Item extends Keyed>(
    items: ReadonlyArray<Item>,
    step: (group: Group<Item>) => Effect.Effect<void, CacheUnavailable>
  ): Effect.Effect<void, CacheUnavailable> => {
    const groups = groupsOf(items, connection.isCluster)
    const [only] = groups
    if (only !== undefined && groups.length === 1) return step(only)
    return Effect.forEach(groups, step, { concurrency: "unbounded", discard: true })
  }

  const getNow = (keys: ReadonlyArray<string>) =>
    Effect.suspend(() => {
      const copies: Array<CachedCopy | undefined> = keys.map(() => undefined)
      return Effect.as(
        each(keyed(keys), (group) =>
          Effect.map(read(group), ([now, by, ...entries]) => {
            for (const [nth, text] of entries.entries()) {
              if (typeof text !== "string") continue
              const entry = readEntry(text, String(by), Number(now))
              if (entry === "undecodable") counts.undecodable += 1
              else copies[group.indexes[nth] ?? 0] = entry
            }
          })
        ),
        copies
      )
    })

  const { get, look } = gatherGets(getNow)

  const fillArgs = ({ livesMillis, staleMillis, value, version }: CacheFill) => [
    String(version),
    String(livesMillis + staleMillis + remembersMillis),
    `${livesMillis} ${staleMillis} ${value === null ? "n " : `v ${value}`}`
  ]

  const put = (fills: ReadonlyArray<CacheFill>) =>
    each(fills, (group) =>
      Effect.suspend(() => {
        const { items, place } = group
        if (!runs.mayFill(place, performance.now())) {
          return Effect.asVoid(ask(group, endClaimsScript, ["claim"], []))
        }
        const args = [runs.at(place), ...items.flatMap(fillArgs)]
        return Effect.map(ask(group, putScript, ["copy", "claim"], args), ([, , , foreign]) => {
          counts.foreign += Number(foreign)
        })
      })
    )

  const invalidate = (invalidations: ReadonlyArray<Invalidation>) =>
    each(invalidations, (group) => {
      const versions = group.items.map(({ version }) => String(version))
      return Effect.map(
        ask(group, invalidateScript, ["copy", "claim"], [String(remembersMillis), ...versions]),
        ([, , , foreign]) => {
          counts.foreign += Number(foreign)
        }
      )
    })

  const claimLoads = (keys: ReadonlyArray<string>, forMillis: number) =>
    Effect.suspend(() => {
      const claimed = keys.map(() => false)
      return Effect.as(
        each(keyed(keys), (group) =>
          Effect.map(ask(group, claimScript, ["claim"], [String(forMillis)]), ([, , ...free]) => {
            for (const [nth, isFree] of free.entries()) {
              claimed[group.indexes[nth] ?? 0] = Number(isFree) === 1
            }
          })
        ),
        claimed
      )
    })

  return { isShared: true, get, look, put, invalidate, claimLoads, counts }
}
