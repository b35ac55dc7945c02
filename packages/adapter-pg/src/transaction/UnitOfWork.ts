/**
 * The store of a context on PostgreSQL and PGlite. One transaction a batch, in two round trips: lock and
 * load, then write and commit. What it does when things break:
 *
 * - A conflict rolls back and runs again, a bounded number of times, with the same ids. A conflict
 *   that comes back the same three times is `Contended`, so that the batch runs in parts.
 * - A lock that is not free in time (60 ms, more under load) rolls back. The next try takes the
 *   free locks, sheds the commands that want others, and commits the rest, in one more round trip.
 * - A connection lost before the commit was sent wrote nothing. The batch is tried once more.
 * - After a connection lost later, the store asks, under the same locks, whether the batch took
 *   effect. If it did, the caller gets the answer that was decided. If the store cannot learn it in
 *   time, the caller gets `OutcomeUnknown`.
 * - What a COMMIT is worth that waits for a standby: see `confirming.ts`.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import {
  type BatchChanges,
  type BatchDecision,
  type BatchStore,
  Contended,
  type Locking,
  type StoreError,
  steadyMillis
} from "@holdfast/core/engine"
import { counter } from "@holdfast/core/metrics"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { refusedInside } from "../connection/PgSessions.ts"
import { type Session, silenceMillisOf, withSession } from "../connection/Session.ts"
import {
  conflictOf,
  isLockTimeout,
  outcomeUnknown,
  type SqlFailure,
  toStoreError
} from "../connection/SqlFailure.ts"
import { signalOf } from "../events/LogSignal.ts"
import { replicasOf } from "../replicas/ReplicaSet.ts"
import type { BatchStatements, Shedding } from "./BatchStatements.ts"
import { batchTrips, begun, commit, millisOf, rollback } from "./batchTrips.ts"
import { confirmingOf } from "./confirming.ts"
import { LockPatience } from "./LockPatience.ts"

/** How the store behaves. */
export interface UnitOfWorkOptions {
  /** What metrics call the context; `other` unless given. */
  readonly context?: string | undefined
  /** The database schema that holds the tables. */
  readonly schema: string
  /** Batches that may run side by side; at most the connections of the pool. */
  readonly lanes: number
  /** How many batches may wait beside the lanes for locks of others. */
  readonly waiters?: number | undefined
  /** The clock of decisions; the database's own when nothing is given. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
  /** How long a batch may be tried, in milliseconds. */
  readonly deadlineMillis?: number | undefined
}

const retries = counter("holdfast_batch_retries_total", "Tries of batches that did not commit", {
  labels: ["context", "reason"]
})

const retryReasons: Readonly<Record<SqlFailure["kind"], string>> = {
  Conflict: "conflict",
  Crowded: "crowded",
  Denied: "denied",
  Lost: "lost",
  Rejected: "rejected",
  TooSlow: "too_slow"
}

/** Counts tries that failed; each reason is shown from the start. */
const countRetries = (services: Context.Context<never>, context: string) => {
  const counted = retries.in(services)
  for (const reason of Object.values(retryReasons)) counted.with(context, reason)
  return ({ kind }: SqlFailure) => counted.with(context, retryReasons[kind]).add()
}

/** Tries of one batch against conflicts, before it is `Busy`. */
const conflictTriesMax = 8

/** How often the same conflict may come back before a command of the batch is to blame. */
const sameConflictsMax = 3

/** Where one batch stands between its tries. */
interface Attempts<Scope, A> {
  /** The scope of the commands left in the batch. It never shrinks after an unanswered COMMIT. */
  scope: Scope
  tries: number
  /** The last conflict of a write, and how often in a row it came. */
  conflict: string | undefined
  sameConflicts: number
  isWriting: boolean
  /** Whether a lock was not free in time, so that the next try takes only the free ones. */
  sheds: boolean
  /**
   * The decisions of the tries whose COMMIT went unanswered, each by its `now`. All are kept to the
   * end: a try may commit after the store has looked for it, if it held no row that the look locks.
   */
  readonly unanswered: Map<number, A>
  /** Whether the last of them may have taken effect, as far as is known. */
  isUnknown: boolean
}

const firstAttempt = <Scope, A>(scope: Scope): Attempts<Scope, A> => ({
  scope,
  tries: 0,
  conflict: undefined,
  sameConflicts: 0,
  isWriting: false,
  sheds: false,
  unanswered: new Map(),
  isUnknown: false
})

const noteUnanswered = <Scope, A>(attempts: Attempts<Scope, A>, now: DateTime.Utc, answer: A) => {
  attempts.unanswered.set(now.epochMilliseconds, answer)
  attempts.isUnknown = true
}

/** Takes the free locks, sheds the commands that want others, and loads the rest. */
const freeLoader = <
  Scope extends { readonly batchId: string },
  Loaded extends { readonly now: DateTime.Utc },
  Changes extends BatchChanges,
  Locked,
  Obstacle
>(
  statements: BatchStatements<Scope, Loaded, Changes, Locked, Obstacle>,
  patience: LockPatience
) =>
  Effect.fnUntraced(function* <A>(
    session: Session,
    now: number | null,
    attempts: Attempts<Scope, A>,
    locking: Locking<Scope, Locked, Obstacle>,
    { isAnyLocked, lockWhatIsFree }: Shedding<Scope, Locked, Obstacle>
  ) {
    const waitFor = locking.waitFor ?? undefined
    const free = begun(lockWhatIsFree(attempts.scope, waitFor, patience.lockMillisMax))
    const locked = free.read(yield* session.run(free.queries))
    if (isAnyLocked(locked)) {
      const { metEngines, scope } = locking.shed(locked)
      attempts.scope = scope
      if (metEngines) patience.metEngines()
    }
    const trip = statements.load(attempts.scope, now)
    return trip.read(yield* session.run(trip.queries))
  })

/** Makes the store of a context over a pool whose connections pipeline. */
export const makeUnitOfWork = Effect.fnUntraced(function* <
  Scope extends { readonly batchId: string },
  Loaded extends { readonly now: DateTime.Utc },
  Changes extends BatchChanges,
  Locked,
  Obstacle
>(
  statements: BatchStatements<Scope, Loaded, Changes, Locked, Obstacle>,
  options: UnitOfWorkOptions
): Effect.fn.Return<BatchStore<Scope, Loaded, Changes, Locked, Obstacle>, never, PgPool.PgPool> {
  const pool = yield* PgPool.PgPool
  const { committed } = signalOf(pool, options.schema)
  const clock = yield* Clock.Clock
  const trips = batchTrips(options.schema, statements)
  const lend = withSession(pool, { silenceMillisMax: silenceMillisOf(options.deadlineMillis) })
  const patience = new LockPatience()
  const confirming = confirmingOf(pool)
  const own = replicasOf(pool)?.own
  const nowMillis = millisOf(options.now)
  const retry = countRetries(yield* Effect.context<never>(), options.context ?? "other")

  const loadWhatIsFree = freeLoader(statements, patience)

  /** One try. It records its decision when the answer to COMMIT does not arrive. */
  const attempt = <A>(
    decide: (loaded: Loaded) => BatchDecision<Changes, A>,
    attempts: Attempts<Scope, A>,
    asked: Locking<Scope, Locked, Obstacle> | undefined
  ) =>
    Effect.flatMap(nowMillis, (now) =>
      lend((session: Session) =>
        Effect.gen(function* () {
          const isFrozen = attempts.unanswered.size > 0
          if (confirming.isSuspected && !isFrozen) yield* confirming.refuseWhileWaiting(session)
          // A frozen batch waits for all locks, and so does one whose context cannot shed.
          const locking = isFrozen || statements.shedding === undefined ? undefined : asked
          attempts.isWriting = false
          const lockAndLoad = () => {
            const trip = begun(
              trips.lockAndLoad(attempts.scope, now, {
                isRepeated: isFrozen,
                lockMillisMax: locking === undefined ? undefined : patience.lockMillisMax
              })
            )
            return Effect.map(session.run(trip.queries), trip.read)
          }
          const loaded =
            locking === undefined || !attempts.sheds || statements.shedding === undefined
              ? yield* lockAndLoad()
              : yield* loadWhatIsFree(session, now, attempts, locking, statements.shedding)
          if ("decidedAtMillis" in loaded) {
            yield* session.run([rollback])
            yield* confirming.confirm(session)
            return attempts.unanswered.get(loaded.decidedAtMillis) as A
          }
          attempts.isUnknown = false
          patience.gotLocks()
          const { answer, audit, changes } = decide(loaded)
          if (changes.isEmpty) {
            yield* session.run([rollback])
            yield* confirming.ofFound(session)
            return answer
          }
          const writes = trips.writing(attempts.scope, changes, loaded.now, audit)
          attempts.isWriting = true
          yield* Effect.tapError(confirming.commit(session, [...writes, commit]), (failure) =>
            Effect.sync(() => {
              // Only a lost connection leaves COMMIT unanswered; any other failure is an answer.
              if (failure.kind === "Lost") noteUnanswered(attempts, loaded.now, answer)
            })
          )
          if (changes.events.length > 0) {
            own?.note(changes.events)
            yield* committed
          }
          return answer
        })
      )
    )

  const transact = <A>(
    scope: Scope,
    decide: (loaded: Loaded) => BatchDecision<Changes, A>,
    locking?: Locking<Scope, Locked, Obstacle>
  ): Effect.Effect<A, StoreError | Contended> =>
    Effect.suspend(() => {
      const attempts = firstAttempt<Scope, A>(scope)
      attempts.sheds = locking?.waitFor !== undefined
      const deadline = steadyMillis(clock) + (options.deadlineMillis ?? 10_000)
      const until = locking?.untilMillis ?? deadline
      const loop: Effect.Effect<A, StoreError | Contended> = Effect.catch(
        attempt(decide, attempts, locking),
        (failure) => again(failure)
      )
      const again = (failure: SqlFailure): Effect.Effect<A, StoreError | Contended> => {
        attempts.tries += 1
        retry(failure)
        const now = steadyMillis(clock)
        const isLate = now > deadline || (isWaiting(failure, attempts, locking) && now > until)
        const end = endAfter(failure, attempts, locking, isLate)
        if (end !== undefined) return Effect.fail(end)
        if (!attempts.isUnknown) return loop
        return Effect.andThen(
          Effect.sleep(Math.min(50 * attempts.tries, 500)),
          Effect.suspend(() => loop)
        )
      }
      return loop
    })

  return { lanes: options.lanes, waiters: options.waiters, admit: refusedInside(pool), transact }
})

/** Whether a batch still waits for its obstacle: it got no further. */
const isWaiting = <Scope, A, Obstacle>(
  failure: SqlFailure,
  attempts: Attempts<Scope, A>,
  locking: Pick<Locking<Scope, never, Obstacle>, "waitFor"> | undefined
): boolean =>
  locking?.waitFor != null &&
  attempts.unanswered.size === 0 &&
  !attempts.isWriting &&
  isLockTimeout(failure)

/** How a batch ends after a failed try; undefined when it may be tried again. */
const endAfter = <Scope, A, Obstacle>(
  failure: SqlFailure,
  attempts: Attempts<Scope, A>,
  locking: Pick<Locking<Scope, never, Obstacle>, "waitFor"> | undefined,
  isLate: boolean
): StoreError | Contended | undefined => {
  if (attempts.isUnknown) return isLate ? outcomeUnknown(failure.cause) : undefined
  const isConflict = failure.kind === "Conflict"
  const isFrozen = attempts.unanswered.size > 0
  if (isConflict && locking !== undefined && !isFrozen) {
    if (isSameAgain(failure, attempts)) return new Contended(toStoreError(failure))
    const isLocked = !attempts.isWriting && isLockTimeout(failure)
    attempts.sheds = isLocked || locking.waitFor !== undefined
  }
  const mayTryAgain = isConflict
    ? attempts.tries < conflictTriesMax
    : failure.kind === "Lost" && attempts.tries < 2
  return mayTryAgain && !isLate ? undefined : toStoreError(failure)
}

/** Whether a write met the same conflict too often in a row for it to pass by itself. */
const isSameAgain = <Scope, A>(failure: SqlFailure, attempts: Attempts<Scope, A>): boolean => {
  const conflict = attempts.isWriting ? conflictOf(failure) : undefined
  attempts.sameConflicts = conflict === attempts.conflict ? attempts.sameConflicts + 1 : 1
  attempts.conflict = conflict
  return conflict !== undefined && attempts.sameConflicts >= sameConflictsMax
}
