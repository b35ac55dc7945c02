/** A Redis to break, what the adapter has over it, and what was written in the log. */
import type { CacheFill } from "@holdfast/core/caching"
import { type RedisOptions, type RedisServer, scopedRedis } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { expect } from "vitest"
import { openRedis, type RedisServices, type RedisSource } from "../../src/index.ts"

/** Long enough for a busy machine, and far below the faults of these tests. */
export const timeoutMillis = 250

/** What Redis is given beyond its time-out, which is the process' own. */
const slackMillis = 250

/** A copy that lives for an hour. */
export const fillOf = (key: string, version: number): CacheFill => ({
  key,
  version,
  value: `${key}@${version}`,
  livesMillis: 3_600_000,
  staleMillis: 0
})

/** The name of the entry of `a` in Redis, whose tag is 42. */
export const nameOfA = "holdfast:copy:{42}:a"

/** What the adapter has, and the lines of its log. */
export interface Opened extends RedisServices {
  readonly lines: ReadonlyArray<string>
}

/** Opens a source. An invalidation is remembered for two seconds, so that tests see it end. */
export const opened = (source: RedisSource) =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => {
      lines.push(`${logLevel} ${String(message)}`)
    })
    return Effect.map(
      Effect.provide(
        openRedis(source, { timeoutMillis, remembersMillis: 2_000 }),
        Logger.layer([logger])
      ),
      (services): Opened => ({ ...services, lines })
    )
  })

/** A server of its own with the adapter over it. */
export const staged = (options: RedisOptions = {}) =>
  Effect.gen(function* () {
    const server: RedisServer = yield* scopedRedis(options)
    return { server, ...(yield* opened(server.url)) }
  })

/** Sees a request fail within its time, and answers with why. */
export const failsInTime = <A>(request: Effect.Effect<A, { readonly cause: unknown }>) =>
  Effect.gen(function* () {
    const startedAt = performance.now()
    const error = yield* Effect.orDie(Effect.flip(request))
    expect(performance.now() - startedAt).toBeLessThan(timeoutMillis + slackMillis)
    return (error.cause as Error).message
  })

/** Waits until something is so. */
export const until = (what: string, isSo: () => boolean) =>
  Effect.gen(function* () {
    const startedAt = performance.now()
    while (!isSo()) {
      if (performance.now() - startedAt > 20_000) throw new Error(`not within 20 s: ${what}`)
      yield* Effect.sleep("5 millis")
    }
  })

/** Waits until Redis is known to be away. */
export const untilAway = ({ status }: RedisServices) =>
  until("Redis is not asked", () => status().problem !== undefined)

/** Waits until Redis is asked. */
export const untilBack = ({ status }: RedisServices) =>
  until("Redis is asked", () => status().problem === undefined)

/** The values of keys, and nothing for those that are missing. */
export const valuesOf = ({ cache }: RedisServices, ...keys: ReadonlyArray<string>) =>
  Effect.map(cache.get(keys), (copies) => copies.map((copy) => copy?.value))
