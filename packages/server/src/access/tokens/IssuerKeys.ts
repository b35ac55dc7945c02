/**
 * The keys of an issuer that may be away. They are read at start and then every few minutes, beside
 * the requests. The last set that was read serves on while the issuer does not answer, for a day. A
 * key id that is not in the set makes us read again, but not before a while has passed since the last
 * time: who sends made-up ids cannot make us ask the issuer.
 */
import { steadyMillisNow } from "@holdfast/core/engine"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { type CryptoKey, errors, type JWSHeaderParameters } from "jose"
import { type KeySet, readKeySet } from "./KeySet.ts"
import type { KeySource } from "./keySources.ts"

/** How often keys are read, in milliseconds. */
export interface KeyTimes {
  /** Between two times that all went well: 5 minutes. */
  readonly freshMillis: number
  /** Before another try when it did not go well: 10 seconds. */
  readonly retryMillis: number
  /** The least time between a try and one that an unknown key id asks for: 30 seconds. */
  readonly cooldownMillis: number
  /** How long keys serve on that cannot be read again: 24 hours. */
  readonly staleMillisMax: number
}

/** The times of a server. */
export const keyTimesDefault: KeyTimes = {
  freshMillis: 300_000,
  retryMillis: 10_000,
  cooldownMillis: 30_000,
  staleMillisMax: 86_400_000
}

/** How the keys are. */
export interface KeysState {
  /** Where they are read. */
  readonly place: string
  /** How many there are; 0 until they could be read. */
  readonly size: number
  /** Why they could not be read the last time; undefined when they could. */
  readonly problem: string | undefined
}

/** The keys of an issuer. */
export interface IssuerKeys {
  /** The key that a header names, or why there is none. */
  readonly keyFor: (header: JWSHeaderParameters) => Effect.Effect<CryptoKey, string>
  readonly state: Effect.Effect<KeysState>
}

/** What was read, and when, as `steadyMillis` tells the time. */
interface Held {
  readonly set: KeySet
  readonly at: number
}

const unknownKey = "its key is not among those of the issuer"

/** The reads of one source, one at a time, and what they left. */
class Reads {
  held: Held | undefined
  problem: string | undefined = "not read yet"
  triedAt = Number.NEGATIVE_INFINITY
  running: Deferred.Deferred<void> | undefined
  readonly source: KeySource

  constructor(source: KeySource) {
    this.source = source
  }

  /** Notes how a read ended; the lines of log that it is worth. */
  note(read: Result.Result<KeySet, string>, at: number): Effect.Effect<void> {
    const { problem: before, source } = this
    const about = { keys: source.place }
    if (Result.isSuccess(read)) {
      this.held = { set: read.success, at }
      this.problem = undefined
      return before === undefined
        ? Effect.void
        : Effect.annotateLogs(Effect.logInfo("the keys of the issuer were read"), about)
    }
    this.problem = read.failure
    if (before === this.problem) return Effect.void
    const known = this.held?.set.size ?? 0
    const effect =
      known === 0
        ? "no token can be verified until they are"
        : `the ${known} that are known serve on, and tokens of others are refused`
    return Effect.annotateLogs(
      Effect.logWarning(`the keys of the issuer cannot be read; ${effect}`),
      { ...about, problem: read.failure }
    )
  }
}

/** Keeps the keys of a source for the lifetime of the scope. */
export const makeIssuerKeys = Effect.fnUntraced(function* (
  source: KeySource,
  times: KeyTimes = keyTimesDefault
): Effect.fn.Return<IssuerKeys, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const reads = new Reads(source)

  const readOnce = Effect.fnUntraced(function* (ended: Deferred.Deferred<void>) {
    const text = yield* Effect.result(source.read)
    const read = Result.flatMap(text, readKeySet)
    yield* reads.note(read, yield* steadyMillisNow)
    reads.running = undefined
    yield* Deferred.succeed(ended, undefined)
  })

  /** Reads, or waits for the read that is under way. Who waits may be interrupted, the read is not. */
  const refresh: Effect.Effect<void> = Effect.gen(function* () {
    if (reads.running === undefined) {
      const ended = Deferred.makeUnsafe<void>()
      reads.running = ended
      reads.triedAt = yield* steadyMillisNow
      yield* Effect.forkIn(readOnce(ended), scope)
    }
    yield* Deferred.await(reads.running)
  })

  const find = Effect.fnUntraced(function* (header: JWSHeaderParameters) {
    const { held } = reads
    const now = yield* steadyMillisNow
    if (held === undefined || now - held.at > times.staleMillisMax) {
      return yield* Effect.fail({ isUnknown: true, reason: "the keys of the issuer are not known" })
    }
    return yield* Effect.tryPromise({
      try: () => held.set.keyFor(header),
      catch: (error) =>
        error instanceof errors.JWKSNoMatchingKey
          ? { isUnknown: true, reason: unknownKey }
          : { isUnknown: false, reason: `its key cannot be used: ${(error as Error).message}` }
    })
  })

  const mayRead = Effect.map(
    steadyMillisNow,
    (now) => reads.running !== undefined || now - reads.triedAt >= times.cooldownMillis
  )

  const pause = Effect.suspend(() =>
    Effect.sleep(reads.problem === undefined ? times.freshMillis : times.retryMillis)
  )
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(refresh, pause)))

  return {
    keyFor: (header) =>
      find(header).pipe(
        Effect.catch((failure) =>
          Effect.flatMap(mayRead, (may) =>
            failure.isUnknown && may ? Effect.andThen(refresh, find(header)) : Effect.fail(failure)
          )
        ),
        Effect.mapError(({ reason }) => reason)
      ),
    state: Effect.map(steadyMillisNow, (now) => {
      const { held } = reads
      const size = held === undefined || now - held.at > times.staleMillisMax ? 0 : held.set.size
      return { place: source.place, size, problem: reads.problem }
    })
  }
})
