/**
 * How many requests somebody may send, as a port: what keeps the counts, in memory or for several
 * servers together, promises the same. A limit is a bucket of `count` tokens that fills evenly over
 * its window. A request takes one, or is refused and takes none.
 */
import type * as Effect from "effect/Effect"

/** So many requests in so long; as many may come at once when none came for a window. */
export interface RateLimit {
  /** 1 to 1,000,000. */
  readonly count: number
  /** 1 millisecond to an hour. */
  readonly windowMillis: number
}

/** Whether a request may go on, and how things stand after it. */
export interface RateDecision {
  readonly isAllowed: boolean
  /** Requests that may come right after it. */
  readonly remaining: number
  /** How long until the bucket is full again, in milliseconds. */
  readonly resetMillis: number
  /** How long until one request may come, in milliseconds: 0 while any may. */
  readonly retryMillis: number
}

/** Counts requests. `key` names the bucket; a limit has buckets of its own under its `name`. */
export interface RateLimiter {
  readonly take: (name: string, limit: RateLimit, key: string) => Effect.Effect<RateDecision>
}

/** A bucket: what of it is used, in tokens times milliseconds of the window, at an instant. */
export interface Bucket {
  readonly used: number
  readonly atMillis: number
}

/** The tokens times milliseconds that are in use at an instant. Whole numbers, so it is exact. */
const usedAt = ({ atMillis, used }: Bucket, { count, windowMillis }: RateLimit, now: number) => {
  const passed = Math.min(Math.max(0, now - atMillis), windowMillis)
  return Math.max(0, used - passed * count)
}

/** Takes a token of a bucket at an instant. Pure, so that every adapter decides alike. */
export const takeToken = (
  bucket: Bucket | undefined,
  limit: RateLimit,
  now: number
): readonly [RateDecision, Bucket] => {
  const { count, windowMillis } = limit
  const before = bucket === undefined ? 0 : usedAt(bucket, limit, now)
  const isAllowed = before + windowMillis <= count * windowMillis
  const used = isAllowed ? before + windowMillis : before
  const free = count * windowMillis - used
  return [
    {
      isAllowed,
      remaining: Math.floor(free / windowMillis),
      resetMillis: Math.ceil(used / count),
      retryMillis: Math.max(0, Math.ceil((windowMillis - free) / count))
    },
    // A clock that was set back takes nothing away, and gives nothing twice.
    { used, atMillis: Math.max(now, bucket?.atMillis ?? now) }
  ]
}
