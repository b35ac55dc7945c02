/** How the replicas of a database stand, for a person, a check or a metric. */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { type CommitStanding, confirmingOf } from "../transaction/confirming.ts"
import { type ReplicaStanding, replicasOf } from "./ReplicaSet.ts"
import { diagnoseReplication } from "./statements/diagnoseReplication.ts"
import {
  countedAmong,
  readSynchronousStandbys,
  type SynchronousStandbys
} from "./synchronousStandbys.ts"

export type { CommitStanding } from "../transaction/confirming.ts"
export type { ReplicaState } from "./Replica.ts"
export type { ReplicaStanding } from "./ReplicaSet.ts"

/** How each replica stands; none when none is named. It asks nobody: the last probes know. */
export const replicaStandings: Effect.Effect<
  ReadonlyArray<ReplicaStanding>,
  never,
  PgPool.PgPool
> = Effect.map(PgPool.PgPool, (pool) => replicasOf(pool)?.standings() ?? [])

/** How the COMMITs of this process have gone so far. It asks nobody. */
export const commitStanding: Effect.Effect<CommitStanding, never, PgPool.PgPool> = Effect.map(
  PgPool.PgPool,
  (pool) => confirmingOf(pool).standing
)

/** Whom the COMMITs of a server wait for. */
export interface SynchronousStanding extends SynchronousStandbys {
  /** The setting as it is written. */
  readonly setting: string
  /** The connected standbys by name, and those that a COMMIT may wait for. */
  readonly connected: ReadonlyArray<string>
  readonly counted: ReadonlyArray<string>
  /** COMMITs of this user that wait now, and for how long the first of them has, in seconds. */
  readonly waiting: number
  readonly waitingSeconds: number
}

/** Asks the server whom its COMMITs wait for. */
export const synchronousStanding: Effect.Effect<SynchronousStanding, StoreError, PgPool.PgPool> =
  Effect.flatMap(PgPool.PgPool, (pool) =>
    Effect.mapBoth(runQueries(pool)([diagnoseReplication]), {
      onFailure: toStoreError,
      onSuccess: ([rows]) => {
        const row = rows?.[0]
        const isOff = ["off", "local"].includes(String(row?.["synchronous_commit"]))
        const setting = isOff ? "" : String(row?.["names"] ?? "")
        const standbys = readSynchronousStandbys(setting)
        const connected = String(row?.["connected"] ?? "")
          .split("\n")
          .filter((name) => name !== "")
        return {
          ...standbys,
          setting,
          connected,
          counted: countedAmong(standbys, connected),
          waiting: Number(row?.["waiting"] ?? 0),
          waitingSeconds: Number(row?.["waiting_seconds"] ?? 0)
        }
      }
    })
  )
