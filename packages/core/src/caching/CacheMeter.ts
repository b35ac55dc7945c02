/** Counts what the caches of a process do, and notes when a cache is away. */
import * as Effect from "effect/Effect"
import type { CacheUnavailable } from "./ReadCache.ts"

/** What is kept copies of. */
export type CachedKind = "product" | "category" | "tree" | "stock"

/** What was read of one kind since the process began. */
export interface CacheCounts {
  /** Copies that were given. */
  readonly hits: number
  /** What was read from the store. */
  readonly misses: number
  /** Copies past their life that were given. */
  readonly stale: number
  /** Ids that are unknown, according to a copy. */
  readonly unknown: number
  /** Readers that waited for another reader of the same, in this process or another. */
  readonly joined: number
  /** Copies that could not be read, and were replaced. */
  readonly undecodable: number
  /** Copies that were too old for the reader, by the versions that it demanded. */
  readonly tooOld: number
  /** Reads that went to the store since the cache was away. */
  readonly bypassed: number
}

type Counts = { -readonly [Name in keyof CacheCounts]: number }

const none = (): Counts => ({
  ...{ hits: 0, misses: 0, stale: 0, unknown: 0 },
  ...{ joined: 0, undecodable: 0, tooOld: 0, bypassed: 0 }
})

/** What the caches of a process have done. */
export class CacheMeter {
  readonly counts: Readonly<Record<CachedKind, Counts>> = {
    product: none(),
    category: none(),
    tree: none(),
    stock: none()
  }

  /** How often a cache did not answer. */
  failures = 0

  private away = false

  /** Whether the cache did not answer when it was last asked. */
  get isAway(): boolean {
    return this.away
  }

  /** Adds to a count. */
  add(kind: CachedKind, count: keyof CacheCounts, many = 1): void {
    this.counts[kind][count] += many
  }

  /** Notes whether an answer came. The first failure is logged, and so is the first answer after it. */
  readonly watched = <A>(
    asked: Effect.Effect<A, CacheUnavailable>
  ): Effect.Effect<A, CacheUnavailable> =>
    Effect.matchEffect(asked, {
      onSuccess: (answer) => (this.away ? Effect.as(this.back, answer) : Effect.succeed(answer)),
      onFailure: (error) => Effect.andThen(this.lost(error), Effect.fail(error))
    })

  private readonly back = Effect.suspend(() => {
    this.away = false
    return Effect.logInfo("the cache answers again")
  })

  private lost({ cause }: CacheUnavailable): Effect.Effect<void> {
    this.failures += 1
    if (this.away) return Effect.void
    this.away = true
    const problem = cause instanceof Error ? cause.message : String(cause)
    return Effect.annotateLogs(
      Effect.logWarning("the cache does not answer, so reads go to the store"),
      { problem }
    )
  }
}
