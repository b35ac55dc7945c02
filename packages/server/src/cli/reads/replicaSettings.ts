/** Which replicas of the PostgreSQL server questions are asked of, and how old their answers may be. */
import { type ReplicaOptions, replicaUrlsMistake } from "@holdfast/adapter-pg/effect"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import { durationMillis, type Found, namedFlag, secret, setting, variableOf } from "../settings.ts"

const name = "database-replica"

/** The settings of replicas. */
export const replicaFlags = {
  databaseReplica: secret(name, {
    metavar: "<url,url>",
    description: "Replicas of the PostgreSQL server that questions are asked of, by their URLs"
  }),
  replicaLagMax: setting(
    "replica-lag-max",
    {
      metavar: "<time>",
      description: "How old the answers of a replica may be before it is left out (default: 5s)",
      read: durationMillis("100ms", "1h")
    },
    undefined
  )
}

/** The settings of replicas, as read; a command that asks no questions has none. */
export interface ReplicaInput {
  readonly databaseReplica?: Found<Redacted.Redacted> | undefined
  readonly replicaLagMax?: number | undefined
}

/** A comma is between two URLs when another begins after it. */
const urlsIn = (text: string): ReadonlyArray<string> =>
  text
    .split(/,(?=\s*[a-z]+:\/\/)/)
    .map((url) => url.trim())
    .filter((url) => url !== "")

/** The replicas that the settings name, if the database is on a server. */
export const replicasOf = (
  { databaseReplica, replicaLagMax }: ReplicaInput,
  isOnServer: boolean
): Effect.Effect<ReplicaOptions | undefined, CommandFailure> =>
  Effect.suspend(() => {
    if (databaseReplica === undefined) {
      return replicaLagMax === undefined
        ? Effect.succeed(undefined)
        : Effect.fail(usageFailure(`${namedFlag("replica-lag-max")} needs ${namedFlag(name)}`))
    }
    const named = databaseReplica.from === "flag" ? `--${name}` : variableOf(name)
    const urls = urlsIn(Redacted.value(databaseReplica.value))
    if (urls.length === 0) {
      return Effect.fail(usageFailure(`${named} is empty; name a replica, or leave it out`))
    }
    if (!isOnServer) {
      return Effect.fail(usageFailure(`${named} needs --database: a folder has no replicas`))
    }
    const mistake = replicaUrlsMistake(urls)
    if (mistake !== undefined) return Effect.fail(usageFailure(`${named}: ${mistake}`))
    const replicas: ReplicaOptions = {
      urls: urls.map((url) => Redacted.make(url)),
      lagMillisMax: replicaLagMax,
      setting: named
    }
    return Effect.succeed(replicas)
  })
