/**
 * `StockStore` on PostgreSQL and PGlite. One transaction a batch, in two round trips: lock and
 * load, then write and commit. What it does when things break:
 *
 * - a conflict rolls back and runs again, a bounded number of times, with the same ids;
 * - a connection lost before the commit was sent wrote nothing, and is tried once more;
 * - one lost after it asks, under the same locks, whether the batch took effect: if it did, the
 *   answer that was decided is given; if that cannot be learnt in time, `OutcomeUnknown`.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import {
  type LoadedStock,
  type StockDecision,
  type StockScope,
  StockStore,
  type StoreError
} from "@holdfast/core/effect"
import * as Clock from "effect/Clock"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import { type Session, silenceMillisOf, withSession } from "./Session.ts"
import { outcomeUnknown, type SqlFailure, toStoreError } from "./SqlFailure.ts"
import { commit, rollback, transactionOver } from "./transaction.ts"

/** How the store behaves. */
export interface PgStockStoreOptions {
  /** The database schema that holds the tables. */
  readonly schema: string
  /** Batches that may run side by side; at most the connections of the pool. */
  readonly lanes: number
  /** The clock of decisions; the database's own when nothing is given. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
  /** How long a batch may be tried, in milliseconds. */
  readonly deadlineMillis?: number | undefined
  /** Places for reads, which may not take the connections of the lanes. */
  readonly seats?: Semaphore.Semaphore | undefined
}

/** Tries of one batch against conflicts, before it is `Busy`. */
const conflictTriesMax = 8

/** Where one batch stands between its tries. */
interface Attempts<A> {
  tries: number
  /**
   * What the tries decided whose COMMIT went unanswered, each by its `now`. One of them may commit
   * later than a look for it, when it held no row that the look waits for: they are kept to the end.
   */
  readonly unanswered: Map<number, A>
  /** Whether the last of them may have taken effect, as far as is known. */
  isUnknown: boolean
}

/** Makes the store over a pool whose connections pipeline. */
export const makePgStockStore = Effect.fnUntraced(function* (options: PgStockStoreOptions) {
  const pool = yield* PgPool.PgPool
  const clock = yield* Clock.Clock
  const statements = transactionOver(options.schema)
  const silenceMillisMax = silenceMillisOf(options.deadlineMillis)
  const lend = withSession(pool, { silenceMillisMax })
  const lendToReader = withSession(pool, { silenceMillisMax, seats: options.seats })
  const nowMillis =
    options.now === undefined
      ? Effect.succeed(null)
      : Effect.map(options.now, (now) => now.epochMilliseconds)

  /** One try: true to its word whether or not its answer arrives. */
  const attempt = <A>(
    scope: StockScope,
    decide: (loaded: LoadedStock) => StockDecision<A>,
    attempts: Attempts<A>
  ) =>
    Effect.flatMap(nowMillis, (now) =>
      lend((session: Session) =>
        Effect.gen(function* () {
          const trip = statements.lockAndLoad(scope, now, attempts.unanswered.size > 0)
          const loaded = trip.read(yield* session.run(trip.queries))
          if ("decidedAtMillis" in loaded) {
            yield* session.run([rollback])
            return attempts.unanswered.get(loaded.decidedAtMillis) as A
          }
          attempts.isUnknown = false
          const { answer, changes } = decide(loaded)
          if (changes.isEmpty) {
            yield* session.run([rollback])
            return answer
          }
          const writes = statements.writing(scope, changes, loaded.now)
          yield* Effect.tapError(session.run([...writes, commit]), (failure) =>
            Effect.sync(() => {
              // Only a lost connection leaves COMMIT unanswered; any other failure is an answer.
              if (failure.kind !== "Lost") return
              attempts.unanswered.set(loaded.now.epochMilliseconds, answer)
              attempts.isUnknown = true
            })
          )
          return answer
        })
      )
    )

  const transact = <A>(
    scope: StockScope,
    decide: (loaded: LoadedStock) => StockDecision<A>
  ): Effect.Effect<A, StoreError> =>
    Effect.suspend(() => {
      const attempts: Attempts<A> = { tries: 0, unanswered: new Map(), isUnknown: false }
      const deadline = clock.currentTimeMillisUnsafe() + (options.deadlineMillis ?? 10_000)
      const loop: Effect.Effect<A, StoreError> = Effect.catch(
        attempt(scope, decide, attempts),
        (failure) => again(failure)
      )
      const again = (failure: SqlFailure): Effect.Effect<A, StoreError> => {
        attempts.tries += 1
        const isLate = clock.currentTimeMillisUnsafe() > deadline
        if (attempts.isUnknown) {
          return isLate
            ? Effect.fail(outcomeUnknown(failure.cause))
            : Effect.flatMap(Effect.sleep(Math.min(50 * attempts.tries, 500)), () => loop)
        }
        const mayTryAgain =
          failure.kind === "Conflict"
            ? attempts.tries < conflictTriesMax
            : failure.kind === "Lost" && attempts.tries < 2
        return mayTryAgain && !isLate ? loop : Effect.fail(toStoreError(failure))
      }
      return loop
    })

  const load = (scope: StockScope): Effect.Effect<LoadedStock, StoreError> =>
    Effect.mapError(
      Effect.flatMap(nowMillis, (now) => {
        const trip = statements.loadOnly(scope, now)
        return lendToReader((session) => Effect.map(session.run(trip.queries), trip.read))
      }),
      toStoreError
    )

  return StockStore.of({ lanes: options.lanes, transact, load })
})
