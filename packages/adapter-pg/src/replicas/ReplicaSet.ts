/** The replicas of a primary: which of them is read now, and how each of them stands. */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { LsnHistory } from "./LsnHistory.ts"
import { OwnWrites } from "./OwnWrites.ts"
import {
  lagOf,
  leastLagging,
  type Replica,
  type ReplicaState,
  stateOf,
  type Trouble
} from "./Replica.ts"
import { mistakeOf, type ServerStanding } from "./ServerStanding.ts"

/** How a replica stands, for people and for metrics. */
export interface ReplicaStanding {
  readonly place: string
  readonly state: ReplicaState
  /** Why it is not read; null when it is. */
  readonly why: string | null
  /** How old what it shows may be, in milliseconds; null when it is not known. */
  readonly lagMillis: number | null
  /** How many bytes of the primary's log it has not replayed; null when it is not known. */
  readonly lagBytes: number | null
  /** Reads that it answered, and those that the primary answered in its place. */
  readonly answered: number
  readonly passedOn: number
}

/** How long what was written here is remembered beyond the lag of a replica, in milliseconds. */
const ownMillis = 1_000

/** The replicas of a primary. */
export class ReplicaSet {
  readonly replicas: ReadonlyArray<Replica>
  readonly lagMillisMax: number
  /** What this process has written lately. */
  readonly own: OwnWrites
  primary: ServerStanding | undefined
  private readonly history: LsnHistory

  constructor(replicas: ReadonlyArray<Replica>, lagMillisMax: number) {
    this.replicas = replicas
    this.lagMillisMax = lagMillisMax
    this.history = new LsnHistory(lagMillisMax * 2)
    this.own = new OwnWrites(lagMillisMax + ownMillis)
  }

  /** The replica to read; undefined when there is none. */
  pick(): Replica | undefined {
    return leastLagging(this.replicas, performance.now(), this.lagMillisMax)
  }

  /** Notes the answer of the primary, which was asked at a time; undefined when it gave none. */
  notePrimary(at: number, standing: ServerStanding | undefined): void {
    // The history stays: while nobody knows the primary, what replicas show only becomes older.
    this.primary = standing ?? this.primary
    if (standing === undefined) return
    for (const replica of this.replicas) {
      // What a replica of it had replayed before it was asked, it has written itself.
      const replayed = replica.standing?.isReplica === true ? replica.standing.lsn : 0
      if (replica.standingAt < at && replayed > standing.lsn) {
        replica.divergedAt = replayed
        replica.completeUpTo = undefined
      }
    }
    this.history.note(at, standing.lsn)
  }

  /** Notes what a replica says of itself. */
  noteReplica(replica: Replica, standing: ServerStanding): void {
    replica.standing = standing
    replica.standingAt = performance.now()
    replica.isSilent = false
    const mistake = mistakeOf(standing, { primary: this.primary, others: this.before(replica) })
    if (replica.divergedAt !== undefined && standing.lsn > replica.divergedAt) {
      replica.divergedAt = undefined
    }
    const why =
      mistake ??
      (replica.divergedAt === undefined
        ? undefined
        : "has what the primary does not have: it followed another one; rebuild it, or rewind it")
    replica.trouble = why === undefined ? undefined : { state: "WRONG", why }
    replica.completeUpTo = why === undefined ? this.history.completeUpTo(standing.lsn) : undefined
  }

  /** Leaves a replica out until it answers again. */
  leave(replica: Replica, trouble: Trouble): void {
    replica.trouble = trouble
    replica.completeUpTo = undefined
  }

  /** How each replica stands. */
  standings(): ReadonlyArray<ReplicaStanding> {
    const now = performance.now()
    const end = this.history.last?.lsn
    return this.replicas.map((replica) => {
      const state = stateOf(replica, now, this.lagMillisMax)
      const behind = end === undefined ? undefined : end - (replica.standing?.lsn ?? end)
      return {
        place: replica.place,
        state,
        why: replica.trouble?.why ?? (state === "LAGGING" ? "is too far behind" : null),
        lagMillis: lagOf(replica, now) ?? null,
        lagBytes:
          replica.standing === undefined || behind === undefined ? null : Math.max(0, behind),
        answered: replica.answered,
        passedOn: replica.passedOn
      }
    })
  }

  private before(replica: Replica): ReadonlyMap<string, string> {
    const others = this.replicas.slice(0, this.replicas.indexOf(replica))
    return new Map(
      others.flatMap(({ place, standing }) => (standing ? [[standing.instance, place]] : []))
    )
  }
}

const sets = new WeakMap<PgPool.PgPool, ReplicaSet>()

/** The replicas of the primary that a pool leads to; undefined when it has none. */
export const replicasOf = (pool: PgPool.PgPool): ReplicaSet | undefined => sets.get(pool)

/** Gives a pool its replicas. */
export const giveReplicas = (pool: PgPool.PgPool, set: ReplicaSet): void => {
  sets.set(pool, set)
}
