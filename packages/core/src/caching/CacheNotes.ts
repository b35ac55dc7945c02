/** How the request under way was answered as to caches, for the door that says so. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { CopySources } from "./CopySource.ts"

/** A HIT came from a cache, a MISS from the store, STALE from a cache past its life. */
export type CacheOutcome = "hit" | "miss" | "stale"

const worse: Readonly<Record<CacheOutcome, number>> = { hit: 0, miss: 1, stale: 2 }

/** Notes on one request. Of several parts the worst outcome, the oldest and the shortest life count. */
export class CacheNotes {
  /** Undefined while no cache was asked. */
  outcome: CacheOutcome | undefined = undefined

  /** How long a cache has had the oldest part, in milliseconds. */
  ageMillis = 0

  /** How much longer the answer may be given, in milliseconds. */
  leftMillis = Number.POSITIVE_INFINITY

  /** The copies that the answer is made of, where somebody asks for them. */
  sources: CopySources | undefined = undefined

  /** Adds how a part was read. */
  note(outcome: CacheOutcome, ageMillis: number, leftMillis: number): void {
    if (this.outcome === undefined || worse[outcome] > worse[this.outcome]) this.outcome = outcome
    this.ageMillis = Math.max(this.ageMillis, ageMillis)
    this.leftMillis = Math.min(this.leftMillis, leftMillis)
  }
}

/** The notes of the request under way; none unless a door asks for them. */
export const RequestCacheNotes: Context.Reference<CacheNotes | undefined> = Context.Reference(
  "@holdfast/core/caching/CacheNotes",
  { defaultValue: (): CacheNotes | undefined => undefined }
)

/** Runs a read with notes of its own, and gives both. */
export const noted = <A, E, R>(
  read: Effect.Effect<A, E, R>
): Effect.Effect<readonly [A, CacheNotes], E, R> =>
  Effect.suspend(() => {
    const notes = new CacheNotes()
    return Effect.map(
      Effect.provideService(read, RequestCacheNotes, notes),
      (answer) => [answer, notes] as const
    )
  })
