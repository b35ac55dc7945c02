/**
 * Generations of copies. Each kind of copy has one, and a copy says in which it was read. What changes
 * many answers at once, such as a place that closes, begins a new generation, and no copy of an older one is
 * answered with. A generation is a copy itself: a word that nobody can guess, under a key of its own.
 */
import * as Effect from "effect/Effect"
import type { CachedCopy, CacheUnavailable, ReadCacheService } from "../ReadCache.ts"

/** The generations: of stock, of all of the catalog, and of the categories alone. */
export type GenerationName = "stock" | "catalog" | "categories"

/** The longest life that a cache takes, in milliseconds. */
const livesMillis = 86_400_000

/** The key of a generation. */
export const generationKey = (prefix: string, name: GenerationName): string =>
  `${prefix}:generation:${name}`

const newWord = (): string => crypto.randomUUID()

/** The word of a generation, when a cache has it. */
export const wordIn = (found: CachedCopy | undefined): string | undefined =>
  found?.value ?? undefined

/**
 * The word of a generation, which is begun where there is none. Undefined when the cache keeps none now:
 * then nothing that is read can be kept either.
 */
export const generationOf = (
  cache: ReadCacheService,
  key: string
): Effect.Effect<string | undefined, CacheUnavailable> =>
  Effect.gen(function* () {
    const [found] = yield* cache.get([key])
    const word = wordIn(found)
    if (word !== undefined) return word
    // Older than any change. Several may begin one at a time: the word that is there in the end counts.
    yield* cache.put([{ key, version: 0, value: newWord(), livesMillis, staleMillis: 0 }])
    const [begun] = yield* cache.get([key])
    return wordIn(begun)
  })

/**
 * Begins a new generation, for a change at a position of the log. A log that was restored uses positions
 * again, so the version is one more than that of the generation before, if that is higher.
 */
export const beginGeneration = (
  cache: ReadCacheService,
  key: string,
  position: number
): Effect.Effect<void, CacheUnavailable> =>
  Effect.gen(function* () {
    const [found] = yield* cache.get([key])
    const version = Math.max(position, (found?.version ?? 0) + 1)
    yield* cache.invalidate([{ key, version }])
    yield* cache.put([{ key, version, value: newWord(), livesMillis, staleMillis: 0 }])
  })
