/**
 * Reads through a cache: what it has is given, and what it does not have is loaded, once for all who ask
 * at the time, and kept. A cache that is away is passed by, with so many reads of the store at a time.
 *
 * It promises that no copy is older than the version that a reader demands, that none outlives its
 * life or the instant by which its answer changes, and that a copy that cannot be read does no harm.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { StoreError } from "../../kernel/StoreError.ts"
import { clockOf, note as noteOn, notingSpan } from "../../tracing/spans.ts"
import { RequestCacheNotes } from "../CacheNotes.ts"
import { type MinVersions, RequestIsCurrent, RequestMinVersions } from "../MinVersions.ts"
import type { CopyKind } from "./CopyKind.ts"
import { type CachedReadsOver, type Found, KeptCopies } from "./KeptCopies.ts"
import { Loads } from "./Loads.ts"

/** Reads things by their ids; unknown ids are left out. */
export type Load<Id, A> = (ids: ReadonlyArray<Id>) => Effect.Effect<ReadonlyArray<A>, StoreError>

/** What a look into the cache has found: what is good, what is past its life, and what is missing. */
interface Sorted<Id, A> {
  readonly fresh: Array<readonly [Id, Found<A>]>
  readonly expired: Array<readonly [Id, Found<A>]>
  readonly missing: Array<Id>
}

/** The reads of one kind through a cache. */
export const readThrough = <Id extends string, A>(
  kind: CopyKind<Id, A>,
  over: CachedReadsOver,
  load: Load<Id, A>
): Load<Id, A> => {
  const { meter, settings } = over
  const copies = new KeptCopies(kind, over)
  const loads = new Loads(copies, over, load)

  const sort = (
    ids: ReadonlyArray<Id>,
    found: ReadonlyMap<Id, Found<A>>,
    demanded: MinVersions
  ): Sorted<Id, A> => {
    const sorted: Sorted<Id, A> = { fresh: [], expired: [], missing: [] }
    for (const id of ids) {
      const copy = found.get(id)
      const isFresh = copy !== undefined && copy.leftMillis > 0
      if (copy === undefined || (!isFresh && settings.staleMillis === 0)) sorted.missing.push(id)
      else if (!kind.isAsNew(id, copy.value, demanded)) {
        meter.add(kind.name, "tooOld")
        sorted.missing.push(id)
      } else if (isFresh) sorted.fresh.push([id, copy])
      else sorted.expired.push([id, copy])
    }
    return sorted
  }

  /** Looks into the cache, which a span that takes notes hears of. */
  const looked = (ids: ReadonlyArray<Id>): ReturnType<typeof copies.get> => {
    const fiber = Fiber.getCurrent()
    const span = notingSpan(fiber)
    if (fiber === undefined || span === undefined) return copies.get(ids)
    const clock = clockOf(fiber)
    const begun = clock.currentTimeNanosUnsafe()
    return Effect.tap(copies.get(ids), ({ found }) =>
      Effect.sync(() =>
        noteOn(span, clock, begun, "cache", {
          "holdfast.cache.kind": kind.name,
          "holdfast.cache.asked": ids.length,
          "holdfast.cache.found": found.size
        })
      )
    )
  }

  const read = (ids: ReadonlyArray<Id>) =>
    Effect.gen(function* () {
      const notes = yield* RequestCacheNotes
      const demanded = yield* RequestMinVersions
      const answers: Array<A> = []
      const take = (id: Id, { ageMillis, isHit, leftMillis, text, value }: Found<A>) => {
        const isStale = isHit && leftMillis <= 0
        if (isHit)
          meter.add(kind.name, value === undefined ? "unknown" : isStale ? "stale" : "hits")
        notes?.note(isStale ? "stale" : isHit ? "hit" : "miss", ageMillis, leftMillis)
        if (notes?.sources !== undefined) copies.addTo(notes.sources, id, text)
        if (value !== undefined) answers.push(value)
      }
      const { found, word } = yield* looked(ids)
      if (meter.isAway) meter.add(kind.name, "bypassed", ids.length)
      const { expired, fresh, missing } = sort(ids, found, demanded)
      for (const [id, copy] of fresh) take(id, copy)
      // Of those who find a copy past its life, the first loads it again, and the others do not wait.
      for (const [id, copy] of expired) {
        if (loads.isLoading(id, demanded)) take(id, copy)
        else missing.push(id)
      }
      if (missing.length > 0) {
        const loaded = yield* loads.of(missing, demanded, word)
        for (const [at, id] of missing.entries()) {
          const one = loaded[at]
          if (one !== undefined) take(id, one)
        }
      }
      return answers
    })

  return (given) =>
    Effect.gen(function* () {
      if (given.length === 0) return yield* load(given)
      const notes = yield* RequestCacheNotes
      if (kind.livesMillis === 0) {
        notes?.sources?.lack()
        return yield* load(given)
      }
      const ids = [...new Set(given)]
      if (over.isFollowed() && !(yield* RequestIsCurrent)) return yield* read(ids)
      notes?.note("miss", 0, 0)
      notes?.sources?.lack()
      meter.add(kind.name, "bypassed", ids.length)
      return yield* load(ids)
    })
}
