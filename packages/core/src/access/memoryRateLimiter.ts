/**
 * Counts requests in the memory of one process, and in no more of it than is given. A bucket that
 * nobody has touched for a window is full, which is as good as none, so it is forgotten. While too many
 * others are in use, all newcomers share one bucket: who fills the memory gains nothing by it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { steadyMillis } from "../metrics/steadyMillis.ts"
import {
  type Bucket,
  type RateDecision,
  type RateLimit,
  type RateLimiter,
  takeToken
} from "./RateLimiter.ts"

/** Buckets that one limit keeps: a bucket is about a hundred bytes. */
const bucketsMaxDefault = 100_000

/** The bucket of those for whom there is no room. No key is empty. */
const shared = ""

/** The buckets of one limit: those of the current window, and those of the one before. */
class Buckets {
  private current = new Map<string, Bucket>()

  private previous = new Map<string, Bucket>()

  private turnedAt: number

  private readonly max: number

  constructor(max: number, now: number) {
    this.max = max
    this.turnedAt = now
  }

  take(limit: RateLimit, key: string, now: number): RateDecision {
    this.turn(limit.windowMillis, now)
    const known = this.current.get(key) ?? this.previous.get(key)
    const isRoom = known !== undefined || this.current.size + this.previous.size < this.max
    const name = isRoom ? key : shared
    const bucket = isRoom ? known : (this.current.get(shared) ?? this.previous.get(shared))
    const [decision, next] = takeToken(bucket, limit, now)
    this.previous.delete(name)
    this.current.set(name, next)
    return decision
  }

  get size(): number {
    return this.current.size + this.previous.size
  }

  /** Forgets what was last touched before the window that has ended. */
  private turn(windowMillis: number, now: number): void {
    if (now - this.turnedAt < windowMillis) return
    this.previous = now - this.turnedAt < 2 * windowMillis ? this.current : new Map()
    this.current = new Map()
    this.turnedAt = now
  }
}

/** A limiter of this process, which also tells how many buckets it keeps. */
export const makeMemoryRateLimiter = (
  bucketsMax = bucketsMaxDefault
): RateLimiter & { readonly size: () => number } => {
  const limits = new Map<string, Buckets>()
  return {
    take: (name, limit, key) =>
      Effect.withFiber((fiber) => {
        // Whole numbers, in which a limit is exact.
        const now = Math.floor(steadyMillis(fiber.getRef(Clock.Clock)))
        let buckets = limits.get(name)
        if (buckets === undefined) {
          buckets = new Buckets(bucketsMax, now)
          limits.set(name, buckets)
        }
        return Effect.succeed(buckets.take(limit, key, now))
      }),
    size: () => [...limits.values()].reduce((sum, { size }) => sum + size, 0)
  }
}
