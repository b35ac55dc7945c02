/**
 * Where a read is asked: what may be a moment old is asked of a replica, when there is one that is
 * near enough, and everything else of the primary. A replica that cannot answer costs nobody a read:
 * the primary is asked in its place, on the seats that it has for reads.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { type MinVersions, RequestIsCurrent, RequestMinVersions } from "@holdfast/core/caching"
import { MayLag } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import type { Query, Row } from "../connection/Query.ts"
import {
  type LendingOptions,
  runQueries,
  type Session,
  withSession
} from "../connection/Session.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import type { Run } from "../events/settledPosition.ts"
import type { Replica } from "./Replica.ts"
import { type ReplicaSet, replicasOf } from "./ReplicaSet.ts"
import { whyOf } from "./whyOf.ts"

/**
 * Asks how many of the versions that a reader has seen a server does not have yet, as `behind`. A
 * context that keeps none of them has nothing to ask.
 */
export type BehindQuery = (seen: MinVersions) => Query | undefined

/** How long a read waits for a replica to have what its reader has seen, in milliseconds. */
const catchUpMillisMax = 50

/** How long to wait before a replica is asked again, in milliseconds. */
const catchUpPauses: ReadonlyArray<number> = [1, 2, 5, 10, 30]

/** How long a read waits for a connection to a replica, in milliseconds. */
const checkoutMillisMax = 1_000

type Answers = ReadonlyArray<ReadonlyArray<Row>>

/** The answers of a replica; undefined when it does not have what the reader has seen. */
type Asked = (
  replica: Replica,
  behind: Query | undefined,
  queries: ReadonlyArray<Query>
) => Effect.Effect<Answers | undefined, SqlFailure>

const askedOf = (options: LendingOptions): Asked => {
  const lenders = new WeakMap<Replica, ReturnType<typeof withSession>>()
  const lenderOf = (replica: Replica) => {
    const known = lenders.get(replica)
    if (known !== undefined) return known
    const lend = withSession(replica.pool, {
      silenceMillisMax: options.silenceMillisMax,
      checkoutMillisMax,
      isGivenUp: () => replica.isSilent
    })
    lenders.set(replica, lend)
    return lend
  }
  return (replica, behind, queries) =>
    lenderOf(replica)((session: Session) =>
      behind === undefined
        ? session.run(queries)
        : // One after another on one session: what comes after the question is not older.
          Effect.map(session.run([behind, ...queries]), ([about, ...answers]) =>
            Number(about?.[0]?.["behind"]) > 0 ? undefined : answers
          )
    )
}

/** Whether the primary would refuse the same, or take as long. */
const isFinal = ({ kind }: SqlFailure): boolean => kind === "Rejected" || kind === "TooSlow"

/** What came of asking a replica: nothing, when the primary is to be asked. */
type Outcome = Answers | "BEHIND" | undefined

const onReplicas = (
  set: ReplicaSet,
  ask: Asked,
  behindOf: BehindQuery | undefined,
  onPrimary: Run
): Run => {
  /** One try; undefined when the primary is to be asked. */
  const tryOnce = (behind: Query | undefined, queries: ReadonlyArray<Query>) =>
    Effect.suspend((): Effect.Effect<Outcome, SqlFailure> => {
      const replica = set.pick()
      if (replica === undefined) return Effect.succeed(undefined)
      replica.reading += 1
      return Effect.matchEffect(ask(replica, behind, queries), {
        onSuccess: (answers): Effect.Effect<Outcome> => {
          if (answers === undefined) return Effect.succeed("BEHIND")
          replica.answered += 1
          return Effect.succeed(answers)
        },
        onFailure: (failure): Effect.Effect<Outcome, SqlFailure> => {
          if (isFinal(failure)) return Effect.fail(failure)
          replica.passedOn += 1
          if (failure.kind === "Lost") set.leave(replica, { state: "AWAY", why: whyOf(failure) })
          return Effect.succeed(undefined)
        }
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            replica.reading -= 1
          })
        )
      )
    })

  const read = (
    behind: Query | undefined,
    queries: ReadonlyArray<Query>,
    since: number,
    tries: number
  ): Effect.Effect<Answers, SqlFailure> =>
    Effect.flatMap(tryOnce(behind, queries), (answers) => {
      if (answers !== "BEHIND") {
        return answers === undefined ? onPrimary(queries) : Effect.succeed(answers)
      }
      const pause = catchUpPauses[tries]
      return pause === undefined || performance.now() + pause - since > catchUpMillisMax
        ? onPrimary(queries)
        : Effect.andThen(Effect.sleep(pause), read(behind, queries, since, tries + 1))
    })

  return (queries) =>
    Effect.withFiber((fiber) => {
      if (!fiber.getRef(MayLag) || fiber.getRef(RequestIsCurrent)) return onPrimary(queries)
      const seen = set.own.seenBy(queries, fiber.getRef(RequestMinVersions))
      const behind = seen.size === 0 ? undefined : behindOf?.(seen)
      return read(behind, queries, performance.now(), 0)
    })
}

/** Runs the queries of reads, in one round trip each. */
export const runReads = (
  pool: PgPool.PgPool,
  options: LendingOptions = {},
  behindOf?: BehindQuery
): Run => {
  const onPrimary = runQueries(pool, options)
  const set = replicasOf(pool)
  return set === undefined ? onPrimary : onReplicas(set, askedOf(options), behindOf, onPrimary)
}
