/** How the replicas of a database stand, for whoever asks: a person, a check, a metric. */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import { type ReplicaStanding, replicasOf } from "./ReplicaSet.ts"

export type { ReplicaState } from "./Replica.ts"
export type { ReplicaStanding } from "./ReplicaSet.ts"

/** How each replica stands; none when none is named. It asks nobody: the last probes have said it. */
export const replicaStandings: Effect.Effect<
  ReadonlyArray<ReplicaStanding>,
  never,
  PgPool.PgPool
> = Effect.map(PgPool.PgPool, (pool) => replicasOf(pool)?.standings() ?? [])
