/**
 * How those who follow a log notice soon that it has grown. In the process that committed they are
 * woken at once. Other processes listen on a connection of their own, and are notified after the
 * commit, not in it: a notification inside a transaction makes commits wait for each other. All of
 * it only saves time. A follower that nobody wakes looks by itself.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import type * as PgPool from "@effect/sql-pg/PgPool"
import { steadyMillisNow } from "@holdfast/core/engine"
import { LogWatchers } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import { runQueries } from "../connection/Session.ts"
import { knownOf, type SessionPool } from "../connection/SessionPool.ts"
import { notifyFollowers } from "./statements/changeCursors.ts"

/** How long a commit waits for others before its notification is sent. */
const notifyMillisMin = 10

/** How long an answer may take: a notification only saves time, and holds a connection. */
const notifyAnswerMillisMax = 2_000

/** How long nobody is notified after nobody was there to hear it. */
const quietMillis = 1_000

/** How long to wait before the connection that listens is opened again. */
const listenAgainMillis = 1_000

/** The signal of one log in one pool. */
export class LogSignal {
  readonly watchers = new LogWatchers()
  /** The leases of cursors that were taken here, by name: the epoch of each. */
  readonly leases = new Map<string, number>()
  private readonly notify: Effect.Effect<boolean>
  private isNotifying = false
  private isPending = false
  /** A process begins quietly: it knows of nobody who follows. */
  private quietUntil: number | undefined

  constructor(pool: PgPool.PgPool, schema: string) {
    const run = runQueries(pool, { silenceMillisMax: notifyAnswerMillisMax })
    const notify = notifyFollowers(schema, channelOf(schema))
    this.notify = Effect.suspend(() =>
      Effect.match(run([notify(this.leases)]), {
        onSuccess: ([rows = []]) => rows.length > 0,
        // Followers look by themselves.
        onFailure: () => false
      })
    )
  }

  /** Says that a batch with events was committed. It does not wait for anything. */
  readonly committed: Effect.Effect<void> = Effect.suspend(() => {
    this.watchers.wake()
    this.isPending = true
    if (this.isNotifying) return Effect.void
    this.isNotifying = true
    return Effect.forkDetach(this.notifyAll)
  })

  /** Notifies until nothing more was committed meanwhile. */
  private readonly notifyAll = Effect.suspend(() =>
    Effect.ensuring(
      Effect.gen({ self: this }, function* () {
        while (this.isPending) {
          // Commits that follow closely share one notification.
          yield* Effect.sleep(notifyMillisMin)
          this.isPending = false
          const now = yield* steadyMillisNow
          this.quietUntil ??= now + quietMillis
          if (now < this.quietUntil) return
          if (!(yield* this.notify)) this.quietUntil = now + quietMillis
        }
      }),
      Effect.sync(() => {
        this.isNotifying = false
      })
    )
  )
}

const channelOf = (schema: string) => `holdfast_${schema}`

const signals = new WeakMap<PgPool.PgPool, Map<string, LogSignal>>()

/** The one signal of a schema in a pool. */
export const signalOf = (pool: PgPool.PgPool, schema: string): LogSignal => {
  const ofPool = signals.get(pool) ?? new Map<string, LogSignal>()
  signals.set(pool, ofPool)
  const signal = ofPool.get(schema) ?? new LogSignal(pool, schema)
  ofPool.set(schema, signal)
  return signal
}

/**
 * Listens on a connection of its own. At the end the connection is cut off, because a network that
 * drops every packet would let nobody take leave of the server.
 */
const listenOn = (
  pool: Partial<SessionPool>,
  connect: Effect.Effect<PgConnection.PgConnection, SqlError, Scope.Scope>,
  schema: string,
  { watchers }: LogSignal
) =>
  Effect.acquireUseRelease(
    Scope.make(),
    (scope) =>
      Effect.gen(function* () {
        const connection = yield* connect
        yield* Effect.gen(function* () {
          const notices = yield* connection.listen(channelOf(schema))
          // What was committed while nobody listened.
          watchers.wake()
          while (true) {
            yield* Queue.take(notices)
            watchers.wake()
          }
        }).pipe(Effect.ensuring(Effect.sync(() => pool.cutOff?.(connection))))
      }).pipe(Scope.provide(scope)),
    (scope, exit) => Effect.asVoid(Effect.forkDetach(Scope.close(scope, exit)))
  )

/**
 * Listens for what other processes commit, for as long as it is not interrupted. It does nothing
 * where nobody can listen: on an embedded database, behind a pooler of transactions without a way
 * around it, in a pool of the host.
 */
export const listening = (pool: PgPool.PgPool, schema: string): Effect.Effect<void> => {
  const known = knownOf(pool)
  const { dedicated, isKept } = known
  if (dedicated === undefined || isKept !== true) return Effect.void
  return Effect.forever(
    Effect.andThen(
      Effect.ignore(listenOn(known, dedicated, schema, signalOf(pool, schema))),
      Effect.sleep(listenAgainMillis)
    )
  )
}
