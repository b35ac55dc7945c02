/** What replicas are like, and standbys that COMMITs wait for. The checks are pure. */
import {
  type PgSessions,
  type ReplicaStanding,
  replicaStandings,
  type SynchronousStanding,
  synchronousStanding
} from "@holdfast/adapter-pg/effect"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Check } from "./diagnosisChecks.ts"

/** How a replica stands, as a check. */
export const replicaCheck = (standing: ReplicaStanding): Check => {
  const { lagBytes, lagMillis, place, state, why } = standing
  const name = `replica ${place}`
  switch (state) {
    case "IN":
      return {
        name,
        status: "ok",
        found: `at most ${((lagMillis ?? 0) / 1_000).toFixed(1)} s and ${lagBytes ?? 0} bytes behind`,
        next: ""
      }
    case "LAGGING":
      return {
        name,
        status: "warn",
        found: `${why}: ${lagBytes ?? "nobody knows how many"} bytes`,
        next: "see what delays its replay (pg_is_wal_replay_paused, long reads, its disk), or raise --replica-lag-max"
      }
    case "AWAY":
      return { name, status: "warn", found: why ?? "", next: "bring it back, or name it no more" }
    case "WRONG":
      return { name, status: "fail", found: why ?? "", next: "correct --database-replica" }
  }
}

/** Whom COMMITs wait for, as a check. */
export const synchronousCheck = (standing: SynchronousStanding): Check => {
  const name = "synchronous standbys"
  const { connected, counted, names, needed, setting, waiting, waitingSeconds } = standing
  if (needed === 0) {
    const next = connected.length === 0 ? "" : " (what they have not received is lost with it)"
    return { name, status: "ok", found: `a COMMIT waits for none${next}`, next: "" }
  }
  const wait =
    waiting === 0 ? "" : `; ${waiting} wait, the first for ${Math.round(waitingSeconds)} s`
  const found = `a COMMIT waits for ${needed} of ${setting}, and ${counted.length} of them ${counted.length === 1 ? "is" : "are"} connected${wait}`
  if (counted.length < needed) {
    return {
      name,
      status: "fail",
      found,
      next:
        "every COMMIT hangs until one is back; to go on without: alter system set " +
        "synchronous_standby_names = '', then select pg_reload_conf()"
    }
  }
  if (counted.length === needed || (names.length <= needed && !names.includes("*"))) {
    return {
      name,
      status: "warn",
      found,
      next: "when one of them stops, so do all writes; have one more, as in ANY 1 (a, b)"
    }
  }
  return { name, status: "ok", found, next: "" }
}

/** How long a replica is given to show that it does not lag. */
const lookMillisMax = 3_000

const lookMillis = 100

/** Looks until every replica that answers has shown how far it is, or the time is over. */
const settledStandings = replicaStandings.pipe(
  Effect.repeat({
    until: (all) => all.every(({ state }) => state !== "LAGGING"),
    times: lookMillisMax / lookMillis,
    schedule: Schedule.spaced(lookMillis)
  })
)

/** The checks of a database on a server. */
export const replicationChecks: Effect.Effect<
  ReadonlyArray<Check>,
  StoreError,
  PgSessions
> = Effect.gen(function* () {
  const replicas = yield* settledStandings
  return [synchronousCheck(yield* synchronousStanding), ...replicas.map(replicaCheck)]
})
