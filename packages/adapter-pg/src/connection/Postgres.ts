// The connection to a PostgreSQL server (15 or newer). Opening it needs no server: connections are
// made when they are first used, a lost one is replaced, and a server that was away is used again
// when it is back. Every session has the settings of `sessionSettings`.

import type { ConnectionOptions } from "node:tls"
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { openReplicas, type ReplicaOptions } from "../replicas/openReplicas.ts"
import { openSessions, type PgSessions } from "./PgSessions.ts"
import { describeTargets, portDefault, readPostgresUrl } from "./postgresUrl.ts"
import { makeSessionPool, type SessionPool, type SessionPoolOptions } from "./SessionPool.ts"
import { StoreStartError } from "./StoreStartError.ts"
import { readerSettings, sessionSettings, settingsOfTransactions } from "./sessionSettings.ts"
import { tlsMistake } from "./tls.ts"

/** Where the server is and how many connections it may be asked for. Fields win over the URL. */
export interface PostgresOptions {
  /**
   * `postgres://user:password@host:port/database?sslmode=require`. With several hosts,
   * `host-1:5432,host-2:5432`, the first writable one is taken; `target_session_attrs` may be
   * `read-write`, `primary` or `any`.
   */
  readonly url?: Redacted.Redacted | string
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly username?: string
  readonly password?: Redacted.Redacted | Effect.Effect<Redacted.Redacted>
  /** Wins over `sslmode` of the URL. */
  readonly ssl?: boolean | ConnectionOptions
  /**
   * How many connections at most, to all hosts together; 10 unless given. A lane holds one while it
   * commits, and reads leave the connections of the lanes free. Following the events opens one more,
   * which listens.
   */
  readonly maxConnections?: number
  /** How long a connection attempt may take, in milliseconds; 5,000 unless given. */
  readonly connectTimeoutMillis?: number
  /**
   * `transaction` behind a pooler that lends a session for one transaction, such as PgBouncer with
   * `pool_mode = transaction`. Settings then go with each transaction, and no statement has a name.
   */
  readonly pooler?: "none" | "transaction"
  /**
   * Where the server itself is, when `url` leads to a pooler: for the few connections that are kept, by
   * which followers of events are woken and indexes are built. Without it, followers look by themselves
   * once a second.
   */
  readonly directUrl?: Redacted.Redacted | string | undefined
  /** Server settings of each session, on top of Holdfast's own. */
  readonly settings?: Readonly<Record<string, string>>
  /**
   * Replicas that questions are asked of. Each gets as many connections as the primary, with the same
   * TLS options and the same kind of pooler. One that does not answer keeps nobody from starting.
   */
  readonly replicas?: ReplicaOptions | undefined
}

const invalid = (message: string, cause?: unknown) =>
  new StoreStartError({
    reason: "InvalidOptions",
    message,
    ...(cause === undefined ? {} : { cause })
  })

/** The URL, or why it cannot be read. It holds a password, so no message repeats it. */
const checkedUrl = (url: Redacted.Redacted | string) =>
  Effect.suspend(() => {
    const read = readPostgresUrl(typeof url === "string" ? url : Redacted.value(url))
    return Result.isSuccess(read)
      ? Effect.succeed(read.success)
      : Effect.fail(invalid(read.failure))
  })

/** The driver knows no user by itself: neither PGUSER nor the user of the process. */
const noUser = invalid(
  "the PostgreSQL URL names no user; write postgres://user:password@host:5432/name"
)

/**
 * A pooler of transactions lends another session each time, and no session keeps a setting or a
 * prepared statement.
 */
const pooled = (settings: Readonly<Record<string, string>>): Partial<SessionPoolOptions> => ({
  prepare: false,
  startupParameters: {},
  settings: settingsOfTransactions(settings)
})

/** Opens connections around the pooler: none before one is asked for, and none that are lent. */
const aroundPooler = Effect.fnUntraced(function* (
  { directUrl, pooler, ssl }: PostgresOptions,
  applicationName: string | undefined,
  startupParameters: Readonly<Record<string, string>>
) {
  if (directUrl === undefined) return undefined
  if (pooler !== "transaction") {
    return yield* invalid("a direct URL is for a server behind a pooler: name its mode, too")
  }
  const { driverUrl, namesUser, need, targets } = yield* checkedUrl(directUrl)
  if (!namesUser) return yield* noUser
  return yield* makeSessionPool({
    ...{ url: driverUrl, need, targets, applicationName, startupParameters, maxConnections: 1 },
    ...(ssl === undefined ? {} : { ssl })
  })
})

/**
 * A pool of connections to a PostgreSQL server, for the lifetime of the layer. Fails with
 * `InvalidOptions` for a URL that cannot be read; an unreachable server is not an error at start.
 */
export const layerPostgres = (options: PostgresOptions): Layer.Layer<PgSessions, StoreStartError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const {
        connectTimeoutMillis,
        directUrl: _,
        host,
        pooler,
        port,
        replicas,
        settings,
        ...others
      } = options
      const { url, ...fields } = others
      const read = url === undefined ? undefined : yield* checkedUrl(url)
      if (read?.namesUser !== true && fields.username === undefined) return yield* noUser
      const mistake = tlsMistake(options.ssl)
      if (mistake !== undefined)
        return yield* invalid(`the connection options cannot be used: ${mistake}`)
      const [named] = read?.targets ?? []
      const targets =
        host === undefined && port === undefined
          ? (read?.targets ?? [{ host: "localhost", port: portDefault }])
          : [{ host: host ?? named?.host ?? "localhost", port: port ?? named?.port ?? portDefault }]
      const timeout =
        connectTimeoutMillis === undefined ? {} : { connectTimeout: connectTimeoutMillis }
      const settingsFor = (own: Readonly<Record<string, string>>): SessionPoolOptions => {
        const inForce = { ...own, ...settings }
        return {
          ...timeout,
          ...(pooler === "transaction" ? pooled(inForce) : { startupParameters: inForce })
        }
      }
      const applicationName =
        settings?.["application_name"] ??
        read?.applicationName ??
        sessionSettings["application_name"]
      const direct = yield* Effect.mapError(
        aroundPooler(options, applicationName, { ...sessionSettings, ...settings }),
        (cause) => (cause._tag === "StoreStartError" ? cause : invalid(cause.message, cause))
      )
      const sessions = yield* Effect.mapError(
        openSessions({
          maxConnections: 10,
          ...fields,
          ...(read === undefined ? {} : { url: read.driverUrl, need: read.need }),
          ...{ targets, applicationName, direct },
          ...settingsFor(sessionSettings)
        }),
        (cause) => invalid(cause.message, cause)
      )
      if (replicas !== undefined) {
        yield* openReplicas(replicas, {
          pool: Context.get(sessions, PgPool.PgPool) as SessionPool,
          places: new Set(targets.map((target) => describeTargets([target]))),
          sessions: {
            maxConnections: options.maxConnections ?? 10,
            ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
            applicationName,
            ...settingsFor(readerSettings)
          }
        })
      }
      return sessions
    })
  )
