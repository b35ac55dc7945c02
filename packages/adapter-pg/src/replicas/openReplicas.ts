/**
 * Opens the replicas of a primary. A replica that does not answer keeps nobody from starting. What can
 * never be right is refused: a server that is no replica, one of another cluster, a wrong password.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { describeTargets, type PostgresUrl, readPostgresUrl } from "../connection/postgresUrl.ts"
import {
  makeSessionPool,
  type SessionPool,
  type SessionPoolOptions
} from "../connection/SessionPool.ts"
import { StoreStartError } from "../connection/StoreStartError.ts"
import { newReplica } from "./Replica.ts"
import { giveReplicas, ReplicaSet } from "./ReplicaSet.ts"
import { type FirstLook, watchReplicas } from "./watching.ts"
import { isRefused, whyOf } from "./whyOf.ts"

/** Which replicas are read. */
export interface ReplicaOptions {
  /** `postgres://user:password@host:port/database`, of one host each. */
  readonly urls: ReadonlyArray<Redacted.Redacted | string>
  /**
   * A replica is left out while what it shows may be older than that, in milliseconds: 5,000.
   */
  readonly lagMillisMax?: number | undefined
  /** What the replicas are called in messages: `replicas`. */
  readonly setting?: string | undefined
}

/** How old what a replica shows may be, in milliseconds, unless it is set. */
const lagMillisDefault = 5_000

const refuse = (message: string) => new StoreStartError({ reason: "InvalidOptions", message })

/** What is wrong with the URL of a replica, in a sentence that repeats no secret. */
const urlMistake = (read: PostgresUrl): string | undefined => {
  if (read.targets.length !== 1) {
    return "names several hosts; name each replica by a URL of its own"
  }
  if (!read.namesUser) return "names no user; write postgres://user:password@host:5432/name"
  return read.need === "any" ? undefined : "asks for a primary: leave out target_session_attrs"
}

/** A replica by what its URL says, or why it cannot be one. */
const readReplicaUrl = (
  url: Redacted.Redacted | string,
  number: number
): Result.Result<PostgresUrl, string> => {
  const read = readPostgresUrl(typeof url === "string" ? url : Redacted.value(url))
  if (Result.isFailure(read)) return Result.fail(`URL ${number}: ${read.failure}`)
  const mistake = urlMistake(read.success)
  return mistake === undefined ? read : Result.fail(`URL ${number} ${mistake}`)
}

/** What is wrong with the URLs of replicas, in one sentence; undefined when nothing is. */
export const replicaUrlsMistake = (
  urls: ReadonlyArray<Redacted.Redacted | string>
): string | undefined => {
  const places = new Map<string, number>()
  for (const [index, url] of urls.entries()) {
    const read = readReplicaUrl(url, index + 1)
    if (Result.isFailure(read)) return read.failure
    const place = describeTargets(read.success.targets)
    const same = places.get(place)
    if (same !== undefined) return `URL ${index + 1} names the server of URL ${same}: ${place}`
    places.set(place, index + 1)
  }
  return undefined
}

/** What the primary of the replicas is, and how its sessions are opened. */
export interface PrimaryOf {
  readonly pool: SessionPool
  /** Where it may be, for people: `db-1:5432`. */
  readonly places: ReadonlySet<string>
  /** How sessions on a replica are opened, apart from where. */
  readonly sessions: SessionPoolOptions
}

/** Why the first look keeps a process from starting; undefined when it does not. */
const refusalOf = (
  setting: string,
  places: ReadonlySet<string>,
  { failure, replica }: FirstLook
): StoreStartError | undefined => {
  const { place, trouble } = replica
  if (failure !== undefined) {
    return isRefused(failure) ? refuse(`${setting}: ${place} ${whyOf(failure)}`) : undefined
  }
  // One of several hosts that may be the primary is it from time to time.
  if (trouble?.state !== "WRONG" || (places.size > 1 && places.has(place))) return undefined
  return replica.divergedAt === undefined
    ? refuse(`${setting}: ${place} ${trouble.why}`)
    : undefined
}

/** Opens the replicas and looks at each once; they are watched until the scope closes. */
export const openReplicas = Effect.fnUntraced(function* (
  { lagMillisMax = lagMillisDefault, setting = "replicas", urls }: ReplicaOptions,
  { places, pool, sessions }: PrimaryOf
): Effect.fn.Return<void, StoreStartError, Scope.Scope> {
  if (urls.length === 0) return
  const mistake = replicaUrlsMistake(urls)
  if (mistake !== undefined) return yield* refuse(`${setting}: ${mistake}`)
  const replicas = yield* Effect.forEach(urls, (url, index) =>
    Effect.gen(function* () {
      const read = Result.getOrThrow(readReplicaUrl(url, index + 1))
      const made = yield* Effect.mapError(
        makeSessionPool({
          preparedStatementCacheSize: 500,
          ...sessions,
          url: read.driverUrl,
          targets: read.targets
        }),
        ({ message }) => refuse(`${setting}: ${message}`)
      )
      return newReplica(describeTargets(read.targets), made)
    })
  )
  const set = new ReplicaSet(replicas, lagMillisMax)
  const { first, goOn } = yield* watchReplicas(pool, set)
  for (const look of first) {
    const refusal = refusalOf(setting, places, look)
    if (refusal !== undefined) return yield* refusal
  }
  giveReplicas(pool, set)
  yield* goOn
})
