/**
 * Watches a primary and its replicas: each is asked in turn of its own, so that one that does not answer
 * delays no other. A change is logged once.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { SessionPool } from "../connection/SessionPool.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { makeProbe, type Probe } from "./probing.ts"
import type { Replica } from "./Replica.ts"
import { stateOf } from "./Replica.ts"
import type { ReplicaSet } from "./ReplicaSet.ts"
import { whyOf } from "./whyOf.ts"

/** How often each server is asked, in milliseconds; more often where little lag is allowed. */
const probeMillisOf = (lagMillisMax: number): number =>
  Math.max(20, Math.min(500, Math.floor(lagMillisMax / 4)))

/** Asks the primary once. Gives why it did not answer; undefined when it did. */
const askPrimary = (set: ReplicaSet, probe: Probe) =>
  Effect.suspend(() => {
    const at = performance.now()
    return Effect.match(probe, {
      onSuccess: (standing) => {
        set.notePrimary(at, standing.isReplica ? undefined : standing)
        return standing.isReplica ? "is read only" : undefined
      },
      onFailure: (failure) => {
        set.notePrimary(at, undefined)
        return whyOf(failure)
      }
    })
  })

/** Logs once that the primary does not say how far it is: replicas lag more and more meanwhile. */
const loggingPrimary = () => {
  let logged = false
  return (why: string | undefined) => {
    if (logged === (why !== undefined)) return Effect.void
    logged = why !== undefined
    return why === undefined
      ? Effect.void
      : Effect.annotateLogs(
          Effect.logWarning(
            "the primary does not say how far it is, so replicas are left out soon"
          ),
          { why }
        )
  }
}

/** Asks a replica once; the failure when it did not answer. */
const askReplica = (set: ReplicaSet, replica: Replica, probe: Probe) =>
  Effect.match(probe, {
    onSuccess: (standing): SqlFailure | undefined => {
      set.noteReplica(replica, standing)
      return undefined
    },
    onFailure: (failure): SqlFailure | undefined => {
      replica.isSilent = true
      set.leave(replica, { state: "AWAY", why: whyOf(failure) })
      return failure
    }
  })

/** What is wrong with a replica, or that it is read: what two looks in a row have found, once. */
const logging = (set: ReplicaSet, replica: Replica) => {
  let found: string | undefined
  let logged: string | undefined
  return Effect.suspend(() => {
    const { lagMillisMax } = set
    const state = stateOf(replica, performance.now(), lagMillisMax)
    const why = replica.trouble?.why ?? (state === "LAGGING" ? "is too far behind" : undefined)
    const isLasting = why === found
    found = why
    if (why === logged || !isLasting) return Effect.void
    logged = why
    const about = { replica: replica.place, lagMillisMax, ...(why === undefined ? {} : { why }) }
    return Effect.annotateLogs(
      why === undefined
        ? Effect.logInfo("a replica is read again")
        : Effect.logWarning("a replica is left out, and what it would be asked is read elsewhere"),
      about
    )
  })
}

/** What the first round found. */
export interface FirstLook {
  readonly replica: Replica
  /** Why it did not answer; undefined when it did. */
  readonly failure: SqlFailure | undefined
}

/** Looks once at all of them, then goes on until the scope closes. */
export const watchReplicas = Effect.fnUntraced(function* (
  primary: SessionPool,
  set: ReplicaSet
): Effect.fn.Return<
  { readonly first: ReadonlyArray<FirstLook>; readonly goOn: Effect.Effect<void> },
  never,
  Scope.Scope
> {
  const scope = yield* Effect.scope
  const primaryProbe = yield* makeProbe(primary)
  const probes = yield* Effect.forEach(set.replicas, (replica) =>
    Effect.map(makeProbe(replica.pool), (probe) => ({ replica, probe }))
  )
  // The primary first: where its log ended is what the replicas are compared with.
  yield* askPrimary(set, primaryProbe)
  const first: Array<FirstLook> = []
  const failures = yield* Effect.forEach(
    probes,
    ({ probe, replica }) => askReplica(set, replica, probe),
    { concurrency: "unbounded" }
  )
  // Which of two that are one server is the other is known when both have answered.
  for (const [index, { replica }] of probes.entries()) {
    if (replica.standing !== undefined && failures[index] === undefined) {
      set.noteReplica(replica, replica.standing)
    }
    first.push({ replica, failure: failures[index] })
  }
  const every = Effect.sleep(probeMillisOf(set.lagMillisMax))
  const again = <A>(work: Effect.Effect<A>) => Effect.forever(Effect.andThen(work, every))
  const goOn = Effect.forEach(
    [
      again(Effect.flatMap(askPrimary(set, primaryProbe), loggingPrimary())),
      ...probes.map(({ probe, replica }) => {
        const log = logging(set, replica)
        return again(Effect.andThen(askReplica(set, replica, probe), log))
      })
    ],
    (work) => Effect.forkIn(work, scope),
    { discard: true }
  )
  return { first, goOn }
})
