/**
 * What a COMMIT is worth where it waits for a synchronous standby. While no such standby answers, COMMIT
 * hangs beyond every time-out of the server, and its locks stay. A cancel ends the wait, and COMMIT then
 * succeeds, with a warning that the driver does not pass on, although no standby has the batch. So:
 *
 * - After a COMMIT without an answer, batches are refused as `Unavailable` while a COMMIT of this user
 *   still waits, so that no more connections and SKUs are lost to the wait.
 * - A COMMIT that took long is not taken at its word, nor is a batch that was found committed: a mark is
 *   committed behind it, and only the quick answer to that mark says that the standbys have it.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import { type Query, query } from "../connection/Query.ts"
import { isRemote, type Session } from "../connection/Session.ts"
import { SqlFailure } from "../connection/SqlFailure.ts"
import { countCommitWaits, markLog } from "./statements/commitWaits.ts"

/** How long a COMMIT may take and still be taken at its word, in milliseconds. */
const quickMillisMax = 1_000

/** How long a COMMIT waits for a standby before others are refused, in milliseconds. */
const waitMillisMax = 2_000

/** How the COMMITs of a pool have gone so far. */
export interface CommitStanding {
  /** Whether the last one that was sent got no answer, or was not confirmed. */
  readonly isSuspected: boolean
  /** How many got no answer, were not confirmed, and were refused, since the pool was opened. */
  readonly unanswered: number
  readonly unconfirmed: number
  readonly refused: number
}

const mark = [query("begin"), markLog, query("commit")]

const waiting = new SqlFailure(
  "Denied",
  Object.assign(new Error("commits wait for a synchronous standby"), { code: "HF002" })
)

const unconfirmed = new SqlFailure(
  "Lost",
  new Error("no synchronous standby has confirmed a COMMIT")
)

/** Watches over the COMMITs of a pool. */
export class Confirming {
  /** Whether the last COMMIT that was sent got no answer, or was not confirmed. */
  isSuspected = false
  private unanswered = 0
  private unconfirmed = 0
  private refused = 0
  private readonly isRemote: boolean

  constructor(pool: PgPool.PgPool) {
    this.isRemote = isRemote(pool)
  }

  /** How they have gone so far. */
  get standing(): CommitStanding {
    const { isSuspected, refused, unanswered, unconfirmed } = this
    return { isSuspected, refused, unanswered, unconfirmed }
  }

  /** Refuses a batch that is new while COMMITs wait. It is asked after one that got no answer. */
  refuseWhileWaiting(session: Session): Effect.Effect<void, SqlFailure> {
    return Effect.flatMap(session.run([countCommitWaits(waitMillisMax)]), ([rows]) => {
      if (Number(rows?.[0]?.["waiting"]) === 0) return Effect.void
      this.refused += 1
      return Effect.fail(waiting)
    })
  }

  /**
   * Runs queries that end with COMMIT. `Lost` when its answer does not arrive, or took so long that it
   * is worth nothing, and a mark behind it is not confirmed either.
   */
  commit(session: Session, queries: ReadonlyArray<Query>): Effect.Effect<void, SqlFailure> {
    return Effect.suspend(() => {
      const sentAt = performance.now()
      return Effect.matchEffect(session.run(queries), {
        onSuccess: () => {
          if (performance.now() - sentAt > quickMillisMax) return this.confirm(session)
          this.isSuspected = false
          return Effect.void
        },
        onFailure: (failure) => {
          if (failure.kind === "Lost") {
            this.unanswered += 1
            this.isSuspected = this.isRemote
          }
          return Effect.fail(failure)
        }
      })
    })
  }

  /** What was found committed while COMMITs are suspected has no answer of its own. */
  ofFound(session: Session): Effect.Effect<void, SqlFailure> {
    return this.isSuspected ? Effect.mapError(this.confirm(session), () => waiting) : Effect.void
  }

  /** Commits a mark. `Lost` when its answer takes long, too. */
  readonly confirm = (session: Session): Effect.Effect<void, SqlFailure> =>
    Effect.suspend(() => {
      if (!this.isRemote) return Effect.void
      const sentAt = performance.now()
      return Effect.matchEffect(session.run(mark), {
        onSuccess: () => {
          if (performance.now() - sentAt <= quickMillisMax) {
            this.isSuspected = false
            return Effect.void
          }
          this.isSuspected = true
          this.unconfirmed += 1
          return Effect.fail(unconfirmed)
        },
        // A server that refuses the mark cannot be asked; its COMMIT was answered.
        onFailure: (failure) => (failure.kind === "Lost" ? Effect.fail(failure) : Effect.void)
      })
    })
}

const known = new WeakMap<PgPool.PgPool, Confirming>()

/** That of a pool. */
export const confirmingOf = (pool: PgPool.PgPool): Confirming => {
  const confirming = known.get(pool) ?? new Confirming(pool)
  known.set(pool, confirming)
  return confirming
}
