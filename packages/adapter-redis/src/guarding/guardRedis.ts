/**
 * Redis with a time-out for each request and a breaker before it: each request has an answer or a
 * failure within the time-out, and at once while Redis is known to be away. A write is tried once a
 * second: a server that no longer takes invalidations must not be read either.
 */
import { CacheUnavailable } from "@holdfast/core/caching"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RedisConnection, Script } from "../clients/RedisConnection.ts"
import { Breaker, type BreakerChange } from "./Breaker.ts"
import { type Failure, failureOf, lateFailure } from "./failures.ts"
import { nameOf, tagCount } from "./places.ts"
import { probeScript } from "./probeScript.ts"
import { Runs } from "./Runs.ts"

/** How long a well Redis is left before it is tried, and the pauses of one that is away. */
const heartbeatMillis = 1_000
const probeMillisMin = 50
const probeMillisMax = 1_000

/** How long the first contact may take before it is written that there is none. */
const contactMillisMax = 1_000

/** Redis, with its guard. */
export interface GuardedRedis {
  readonly connection: RedisConnection
  readonly breaker: Breaker
  readonly runs: Runs
  readonly prefix: string
  /** Runs a script whose keys are of one place. */
  readonly run: (
    place: number,
    script: Script,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<string>
  ) => Effect.Effect<unknown, CacheUnavailable>
  /** Reads texts of keys of one place, and then runs a script; undefined where a client cannot. */
  readonly readThenRun:
    | ((
        place: number,
        keys: ReadonlyArray<string>,
        script: Script
      ) => Effect.Effect<readonly [texts: unknown, reply: unknown], CacheUnavailable>)
    | undefined
  /** Notes the run of a place, from an answer. */
  readonly met: (place: number, run: string) => void
  /** Ends when it is known whether Redis is there. */
  readonly settled: Effect.Effect<void>
}

/** What a failure is caused by, as others see it: words, and no error of a client. */
export class RedisTrouble extends Error {
  override readonly name = "RedisTrouble"
}

/** Asks as if Redis knew the script, and once more with its text when it does not. */
const orWithText = async <A>(ask: (isKnown: boolean) => Promise<A>): Promise<A> => {
  try {
    return await ask(true)
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error
    return await ask(false)
  }
}

const runScript = (
  { runKnown, runText }: RedisConnection,
  script: Script,
  keys: ReadonlyArray<string>,
  args: ReadonlyArray<string>
): Promise<unknown> =>
  orWithText((isKnown) => (isKnown ? runKnown(script, keys, args) : runText(script, keys, args)))

/** One try, which fails when there is no answer in time. A late answer is ignored. */
const attempt = <A>(
  connection: RedisConnection,
  timeoutMillis: number,
  ask: () => Promise<A>
): Effect.Effect<A, Failure> =>
  Effect.callback((resume) => {
    // When this process was busy, the answer may be here and unread: it is read before the check.
    const late = () => setImmediate(() => resume(Effect.fail(lateFailure(timeoutMillis))))
    const timer = setTimeout(late, timeoutMillis)
    ask().then(
      (reply) => {
        clearTimeout(timer)
        resume(Effect.succeed(reply))
      },
      (error) => {
        clearTimeout(timer)
        resume(Effect.fail(failureOf(error, connection.complaint())))
      }
    )
    return Effect.sync(() => clearTimeout(timer))
  })

/** Guards a connection until the scope closes. */
export const guardRedis = Effect.fnUntraced(function* (
  connection: RedisConnection,
  options: {
    readonly prefix: string
    readonly timeoutMillis: number
    readonly remembersMillis: number
  }
): Effect.fn.Return<GuardedRedis, never, Scope.Scope> {
  const { prefix, remembersMillis, timeoutMillis } = options
  const { where } = connection
  const breaker = new Breaker(2 * timeoutMillis)
  const runs = new Runs(remembersMillis)
  const unavailable = (problem: string) =>
    new CacheUnavailable({ cause: new RedisTrouble(`Redis at ${where}: ${problem}`) })
  // In one place, wherever the request came from that found it out.
  const loggers = yield* Effect.context<never>()
  const written = (change: BreakerChange): Effect.Effect<void> => {
    if (change === undefined) return Effect.void
    const line =
      change === "opened"
        ? Effect.logWarning(
            `Redis at ${where} is not asked: ${breaker.problem}. Reads go to the store, and limits ` +
              "count in this process alone, until it is well again"
          )
        : Effect.logInfo(`Redis at ${where} is asked again`)
    return Effect.provide(line, loggers)
  }
  const failed = (place: number, failure: Failure) =>
    Effect.flatMap(
      Effect.suspend(() => written(breaker.failed(failure, performance.now(), place))),
      () => Effect.fail(unavailable(failure.problem))
    )
  const met = (place: number, run: string) =>
    runs.met(place, run, performance.now(), breaker.openings > 0)

  const probeOf = (place: number) =>
    Effect.map(
      attempt(connection, timeoutMillis, () =>
        runScript(connection, probeScript, [nameOf(prefix, "probe", place, "")], [])
      ),
      (reply) => {
        const [, run] = Array.isArray(reply) ? reply : []
        met(place, String(run))
      }
    )
  const places = Array.from({ length: connection.isCluster ? tagCount : 1 }, (_, place) => place)
  const probeAll = Effect.forEach(places, probeOf, { concurrency: "unbounded", discard: true })
  let pauseMillis = probeMillisMin
  const startedAt = performance.now()
  /** Tries one place of a Redis that is asked: one that has failed, if there is one. */
  const tryOne = Effect.suspend(() => {
    const place = breaker.suspect ?? Math.floor(Math.random() * places.length)
    return Effect.matchEffect(probeOf(place), {
      onSuccess: () => Effect.sync(() => breaker.answered(place)),
      onFailure: (failure) => written(breaker.failed(failure, performance.now(), place))
    })
  })
  /** Tries all places of one that is not asked: it is asked again once all of them are well. */
  const tryAll = Effect.matchEffect(probeAll, {
    onSuccess: () => {
      pauseMillis = probeMillisMin
      return written(breaker.probed())
    },
    onFailure: (failure) => {
      const now = performance.now()
      pauseMillis = Math.min(2 * pauseMillis, probeMillisMax)
      const change = breaker.failed(failure, now)
      const isMissing = now - startedAt >= contactMillisMax
      return written(change ?? (isMissing ? breaker.missing(failure.problem) : undefined))
    }
  })
  const beat = Effect.suspend(() => (breaker.problem === undefined ? tryOne : tryAll))
  const loop = Effect.forever(
    Effect.flatMap(beat, () =>
      Effect.sleep(Duration.millis(breaker.problem === undefined ? heartbeatMillis : pauseMillis))
    )
  )
  yield* Effect.forkScoped(loop)

  const guarded = <A>(place: number, ask: () => Promise<A>) =>
    Effect.suspend(() => {
      if (breaker.problem !== undefined) return Effect.fail(unavailable(breaker.problem))
      return Effect.matchEffect(attempt(connection, timeoutMillis, ask), {
        onFailure: (failure) => failed(place, failure),
        onSuccess: (reply) => {
          breaker.answered(place)
          return Effect.succeed(reply)
        }
      })
    })
  const { readThenRun } = connection

  return {
    connection,
    breaker,
    runs,
    prefix,
    met,
    run: (place, script, keys, args) =>
      guarded(place, () => runScript(connection, script, keys, args)),
    readThenRun:
      readThenRun &&
      ((place, keys, script) =>
        guarded(place, () => orWithText((isKnown) => readThenRun(keys, script, isKnown)))),
    settled: Effect.gen(function* () {
      while (!breaker.isSettled) yield* Effect.sleep("5 millis")
    })
  }
})
