/**
 * Looks whether all copies that an answer was made of are what their caches have now: then it is the answer
 * that would be made again. What a reader demands, and whether answers may be kept at all, is for the asker.
 */
import * as Effect from "effect/Effect"
import type { CopySource } from "../CopySource.ts"
import type { CachedCopy, ReadCacheService } from "../ReadCache.ts"

/** How old the oldest of the copies is, and how much longer all of them may be answered with. */
export interface SeenAgain {
  readonly ageMillis: number
  readonly leftMillis: number
}

type Copies = ReadonlyArray<CachedCopy | undefined>

/** What is seen of the sources; undefined when one of them is another copy now, or past its life. */
const seenIn = (sources: ReadonlyArray<CopySource>, copies: Copies): SeenAgain | undefined => {
  let ageMillis = 0
  let leftMillis = Number.POSITIVE_INFINITY
  for (let at = 0; at < sources.length; at++) {
    const source = sources[at]
    const copy = copies[at]
    if (source === undefined || copy === undefined) return undefined
    if (copy.value !== source.text || copy.leftMillis <= 0) return undefined
    // A word is there for a day, and says nothing of the age of an answer.
    if (source.kind === undefined) continue
    ageMillis = Math.max(ageMillis, copy.ageMillis)
    leftMillis = Math.min(leftMillis, copy.leftMillis)
  }
  return { ageMillis, leftMillis }
}

const countHits = (sources: ReadonlyArray<CopySource>) => {
  for (const { kind, over, text } of sources) {
    if (kind !== undefined) over.meter.add(kind, text === null ? "unknown" : "hits")
  }
}

const lookIn = (
  cache: ReadCacheService,
  sources: ReadonlyArray<CopySource>,
  run: (effect: Effect.Effect<void>) => void,
  done: (seen: SeenAgain | undefined) => void
) => {
  const keys = sources.map(({ key }) => key)
  const got = (copies: Copies | undefined) => done(copies && seenIn(sources, copies))
  if (cache.look !== undefined) return cache.look(keys, got)
  return run(
    Effect.matchCause(cache.get(keys), { onFailure: () => got(undefined), onSuccess: got })
  )
}

/**
 * Looks at copies of one cache, or of several. `done` gets undefined when one is not as it was, or no cache
 * answers; it is called once, perhaps at once. `run` runs what needs a fiber.
 */
export const lookAgain = (
  sources: ReadonlyArray<CopySource>,
  run: (effect: Effect.Effect<void>) => void,
  done: (seen: SeenAgain | undefined) => void
): void => {
  const [first] = sources
  const isAsked = ({ over }: CopySource) => over.isFollowed() && !over.meter.isAway
  if (first === undefined || !sources.every(isAsked)) return done(undefined)
  const counted = (seen: SeenAgain | undefined) => {
    if (seen !== undefined) countHits(sources)
    done(seen)
  }
  const { cache } = first.over
  if (sources.every(({ over }) => over.cache === cache)) return lookIn(cache, sources, run, counted)
  const byCache = Map.groupBy(sources, ({ over }) => over.cache)
  let missing = byCache.size
  let all: SeenAgain | undefined = { ageMillis: 0, leftMillis: Number.POSITIVE_INFINITY }
  for (const [one, some] of byCache) {
    lookIn(one, some, run, (seen) => {
      all = all &&
        seen && {
          ageMillis: Math.max(all.ageMillis, seen.ageMillis),
          leftMillis: Math.min(all.leftMillis, seen.leftMillis)
        }
      missing -= 1
      if (missing === 0) counted(all)
    })
  }
}
