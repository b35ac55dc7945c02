/** What the caches of a process do, as metrics: read when somebody asks, and free until then. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { counter, gauge } from "../metrics/Meter.ts"
import type { CacheCounts, CachedKind, CacheMeter } from "./CacheMeter.ts"
import type { CacheFollower } from "./following/CacheFollower.ts"

const reads = counter("holdfast_cache_reads_total", "What became of reads through a cache", {
  labels: ["kind", "outcome"]
})

const failures = counter("holdfast_cache_failures_total", "How often a cache did not answer")

const up = gauge("holdfast_cache_up", "Whether the cache answered when it was last asked: 1 or 0")

const lag = gauge(
  "holdfast_cache_follower_lag_seconds",
  "How old a change may be that copies do not show yet",
  { unit: "seconds", labels: ["context"], seriesMax: 10 }
)

const outcomes: { readonly [Name in keyof CacheCounts]: string } = {
  hits: "hit",
  misses: "miss",
  stale: "stale",
  unknown: "unknown",
  joined: "joined",
  undecodable: "undecodable",
  tooOld: "too_old",
  bypassed: "passed"
}

/** Stops readings when the scope closes. */
const whileOpen = (stops: ReadonlyArray<() => void>) =>
  Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const stop of stops) stop()
    })
  )

/** Shows what a meter counts, until the scope closes. */
export const showCache = (meter: CacheMeter): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const counted = reads.in(context)
    const kinds = Object.keys(meter.counts) as ReadonlyArray<CachedKind>
    const names = Object.keys(outcomes) as ReadonlyArray<keyof CacheCounts>
    return whileOpen([
      up.in(context).reading(() => (meter.isAway ? 0 : 1)),
      failures.in(context).reading(() => meter.failures),
      ...kinds.flatMap((kind) =>
        names.map((name) => counted.reading(() => meter.counts[kind][name], kind, outcomes[name]))
      )
    ])
  })

/** Shows how far a follower is behind the log of a context, until the scope closes. */
export const showFollower = (
  { status }: CacheFollower,
  of: string
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const seconds = Effect.map(
      status,
      ({ behindMillis, lagMillis }) => (behindMillis ?? lagMillis) / 1_000
    )
    const read = () => Effect.runSyncWith(context)(seconds)
    return whileOpen([lag.in(context).reading(read, of)])
  })
