/** A replica as it is known here, and which of several is read. */
import type { SessionPool } from "../connection/SessionPool.ts"
import type { ServerStanding } from "./ServerStanding.ts"

/**
 * How a replica stands. `IN`: it is read. `LAGGING`: it is too far behind. `AWAY`: it does not answer.
 * `WRONG`: it is no replica of this primary, at least now.
 */
export type ReplicaState = "IN" | "LAGGING" | "AWAY" | "WRONG"

/** Why a replica is left out. */
export interface Trouble {
  readonly state: "AWAY" | "WRONG"
  readonly why: string
}

/** A replica, and what is known of it. Times are of the clock of the process, in milliseconds. */
export interface Replica {
  /** Where it is, for people. */
  readonly place: string
  readonly pool: SessionPool
  /** Why it is left out; undefined when only its lag decides. */
  trouble: Trouble | undefined
  standing: ServerStanding | undefined
  /** When it was asked for it. */
  standingAt: number
  /** It shows everything that was committed up to then. */
  completeUpTo: number | undefined
  /** Its log went further than that of the primary: it is left out until it has gone beyond this. */
  divergedAt: number | undefined
  /** Whether it did not answer when it was asked how it stands: nobody waits for it any longer. */
  isSilent: boolean
  /** Reads that are under way, that it answered, and that the primary answered in its place. */
  reading: number
  answered: number
  passedOn: number
}

/** A replica of which nothing is known yet. */
export const newReplica = (place: string, pool: SessionPool): Replica => ({
  place,
  pool,
  trouble: { state: "AWAY", why: "has not been asked yet" },
  standing: undefined,
  standingAt: 0,
  completeUpTo: undefined,
  divergedAt: undefined,
  isSilent: false,
  reading: 0,
  answered: 0,
  passedOn: 0
})

/** How old what a replica shows may be, in milliseconds; undefined when it is not known. */
export const lagOf = ({ completeUpTo }: Replica, now: number): number | undefined =>
  completeUpTo === undefined ? undefined : Math.max(0, now - completeUpTo)

/** How a replica stands. */
export const stateOf = (replica: Replica, now: number, lagMillisMax: number): ReplicaState => {
  if (replica.trouble !== undefined) return replica.trouble.state
  const lag = lagOf(replica, now)
  return lag !== undefined && lag <= lagMillisMax ? "IN" : "LAGGING"
}

/** The replica to read: the one with the least lag, and of those that are alike the least busy. */
export const leastLagging = (
  replicas: ReadonlyArray<Replica>,
  now: number,
  lagMillisMax: number
): Replica | undefined => {
  let best: Replica | undefined
  for (const replica of replicas) {
    if (stateOf(replica, now, lagMillisMax) !== "IN") continue
    const ahead = (replica.completeUpTo ?? 0) - (best?.completeUpTo ?? 0)
    if (best === undefined || ahead > 0 || (ahead === 0 && isLessBusy(replica, best)))
      best = replica
  }
  return best
}

/** Of two that are idle, the one that has answered less. */
const isLessBusy = (a: Replica, b: Replica): boolean =>
  a.reading === b.reading ? a.answered < b.answered : a.reading < b.reading
