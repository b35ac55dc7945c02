/**
 * A bounded cache of this process in front of one that processes share. A copy is kept here for a short
 * time and no longer than the shared cache would keep it. What another process drops is dropped here
 * by its age alone.
 */
import * as Effect from "effect/Effect"
import { makeMemoryCache } from "./memoryCache.ts"
import type { CachedCopy, CacheFill, ReadCacheService } from "./ReadCache.ts"

/** How much is kept in front, and for how long. */
export interface TierOptions {
  readonly nearMillis: number
  readonly entriesMax: number
}

/** A copy as it is kept in front: with the age that it had by then. */
const nearFill = (key: string, copy: CachedCopy, nearMillis: number): CacheFill => ({
  key,
  version: copy.version,
  value: `${Math.round(copy.ageMillis)} ${copy.value === null ? "" : `=${copy.value}`}`,
  livesMillis: Math.max(1, Math.floor(Math.min(nearMillis, copy.leftMillis))),
  staleMillis: 0
})

const fromNear = ({ value, ...copy }: CachedCopy): CachedCopy => {
  const [age = "0"] = (value ?? "").split(" ", 1)
  const kept = (value ?? "").slice(age.length + 1)
  return {
    ...copy,
    ageMillis: copy.ageMillis + Number(age),
    value: kept === "" ? null : kept.slice(1)
  }
}

/** The two of them as one cache. */
export const tieredCache = (
  far: ReadCacheService,
  { entriesMax, nearMillis }: TierOptions
): ReadCacheService => {
  const near = makeMemoryCache({ entriesMax })
  const get: ReadCacheService["get"] = Effect.fnUntraced(function* (keys) {
    const found = (yield* near.get(keys)).map((copy) => copy && fromNear(copy))
    const missing = keys.filter((_, index) => found[index] === undefined)
    if (missing.length === 0) return found
    const fetched = yield* far.get(missing)
    const byKey = new Map(missing.map((key, index) => [key, fetched[index]]))
    yield* near.put(
      [...byKey].flatMap(([key, copy]) =>
        copy === undefined || copy.leftMillis < 1 ? [] : [nearFill(key, copy, nearMillis)]
      )
    )
    return keys.map((key, index) => found[index] ?? byKey.get(key))
  })
  return {
    ...far,
    look: undefined,
    get,
    put: (fills) => far.put(fills),
    invalidate: (invalidations) =>
      Effect.andThen(near.invalidate(invalidations), far.invalidate(invalidations))
  }
}
