/**
 * The limiter of core over Redis: servers that share it grant together what one would, by the clock of
 * Redis. While Redis is away, each grants its share alone.
 */
import { createHash } from "node:crypto"
import { makeMemoryRateLimiter, type RateDecision, type RateLimiter } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import type { GuardedRedis } from "../guarding/guardRedis.ts"
import { nameOf, tagOf } from "../guarding/places.ts"
import { takeScript } from "./takeScript.ts"

/** Keys are names and addresses of people, and of any length. */
const hidden = (key: string): string =>
  createHash("sha256").update(key).digest("base64url").slice(0, 22)

const decisionOf = (reply: unknown): RateDecision | undefined => {
  if (!Array.isArray(reply) || reply.length < 4) return undefined
  const [isAllowed, remaining, resetMillis, retryMillis] = reply.map(Number)
  return {
    isAllowed: isAllowed === 1,
    remaining: remaining ?? 0,
    resetMillis: resetMillis ?? 0,
    retryMillis: retryMillis ?? 0
  }
}

/** What of a guarded Redis limits need. */
type LimitingRedis = Pick<GuardedRedis, "prefix" | "run"> & {
  readonly connection: Pick<GuardedRedis["connection"], "isCluster">
}

/** Makes the limiter. `nowMillis` stands in for the clock of Redis, in tests. */
export const makeRedisRateLimiter = (
  { connection: { isCluster }, prefix, run }: LimitingRedis,
  localShare: number,
  nowMillis?: () => number
): RateLimiter => {
  const local = makeMemoryRateLimiter()
  return {
    take: (name, limit, key) => {
      const { count, windowMillis } = limit
      const alone = () => {
        const shared = { count: Math.max(1, Math.floor(count * localShare)), windowMillis }
        return local.take(name, shared, key)
      }
      const tag = tagOf(key)
      // A limit of another size counts in buckets of its own: servers of two releases may differ.
      const bucket = nameOf(prefix, "limit", tag, `${name}:${count}:${windowMillis}:${hidden(key)}`)
      const now = nowMillis === undefined ? "" : String(nowMillis())
      return Effect.matchEffect(
        run(isCluster ? tag : 0, takeScript, [bucket], [String(count), String(windowMillis), now]),
        {
          onFailure: alone,
          onSuccess: (reply) => {
            const decision = decisionOf(reply)
            return decision === undefined ? alone() : Effect.succeed(decision)
          }
        }
      )
    }
  }
}
