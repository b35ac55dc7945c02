/**
 * Sessions on the connections of a host's own pool. Nothing of a session is changed: the settings go
 * with each transaction, as behind a pooler, and no statement has a name. The host's driver sends
 * one statement a round trip. Each connection goes back as it came, or is closed when it cannot be
 * trusted any more. The pool is the host's, and is never ended.
 */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { ConnectionError, SqlError, UnknownError } from "effect/sql/SqlError"
import type { HostPool, HostPoolClient, HostPoolQuery } from "./HostPool.ts"
import { describeTargets, portDefault, readPostgresUrl } from "./postgresUrl.ts"
import type { SessionPool } from "./SessionPool.ts"
import { sqlStateOf } from "./SqlFailure.ts"
import { sessionSettings, settingsOfTransactions } from "./sessionSettings.ts"

const { OID } = PgTypes
const parsers = new Map<number, (text: string) => unknown>([
  [OID.bool, (text) => text === "t"],
  ...[OID.int2, OID.int4, OID.float4, OID.float8].map(
    (oid) => [oid, Number] as [number, (text: string) => unknown]
  )
])

/** A host may have its own parsers for columns. */
const types: HostPoolQuery["types"] = {
  getTypeParser: (oid) => parsers.get(oid) ?? ((text) => text)
}

const plain = (value: unknown): unknown =>
  PgTypes.isParameter(value)
    ? plain(value.value)
    : value instanceof Date
      ? value.toISOString()
      : Array.isArray(value)
        ? value.map(plain)
        : value

/** A statement that fails without an answer of the server has lost its connection. */
const failure = (operation: string) => (cause: unknown) => {
  const message = cause instanceof Error ? cause.message : String(cause)
  const about = { cause, message, operation }
  const isAnswer = sqlStateOf(cause) !== undefined
  return new SqlError({ reason: isAnswer ? new UnknownError(about) : new ConnectionError(about) })
}

const unused = Effect.die(new Error("a connection of a host's pool runs single statements only"))

/**
 * The part of a connection that the stores use. Statements that are submitted together run one
 * after another. Each runs even if the server refused the one before it, as in a pipeline. After a
 * statement that ended without an answer of the server, such as by `query_timeout`, none is sent
 * any more: the server may know nothing of the failure, and a COMMIT would keep half of a batch.
 */
const connectionOver = (client: HostPoolClient, onLost: () => void): PgConnection.PgConnection => {
  let last: Promise<unknown> = Promise.resolve()
  let lost: { readonly cause: unknown } | undefined
  const inTurn = <A>(ask: () => PromiseLike<A>): Promise<A> => {
    const run = async () => {
      if (lost !== undefined) throw lost.cause
      try {
        return await ask()
      } catch (cause) {
        if (sqlStateOf(cause) === undefined) {
          lost = { cause }
          onLost()
        }
        throw cause
      }
    }
    const answer = last.then(run, run)
    last = answer
    return answer
  }
  return {
    [PgConnection.TypeId]: PgConnection.TypeId,
    config: {},
    processId: 0,
    query: (text, params = []) =>
      Effect.tryPromise({
        try: async () => {
          const values = params.map(plain)
          const { rows } = await inTurn(() => client.query({ text, values, types }))
          return { command: "", rowCount: rows.length, oid: null, rows, fields: [] }
        },
        catch: failure("query")
      }),
    pin: unused,
    queryValues: () => unused,
    stream: () => Stream.unwrap(unused),
    listen: () => unused,
    interrupt: Effect.void
  }
}

const placeOf = ({ options = {} }: HostPool): string | undefined => {
  const { connectionString, host, port = portDefault } = options
  if (connectionString === undefined) {
    return host === undefined ? undefined : describeTargets([{ host, port }])
  }
  const read = readPostgresUrl(connectionString)
  return Result.isSuccess(read) ? describeTargets(read.success.targets) : undefined
}

/** Connections that a pool lends at most when its options do not say. */
const maxDefault = 10

/** How many connections a host's pool lends at most. */
export const connectionsOf = ({ options }: HostPool): number => options?.max ?? maxDefault

interface Lent {
  readonly client: HostPoolClient
  readonly connection: PgConnection.PgConnection
}

// A connection that breaks while it is lent fails its statement. `pg` also emits an error, which
// would end the process without a listener.
const onError = () => undefined

const makeHostSessions = (host: HostPool): SessionPool => {
  const lent = new Set<PgConnection.PgConnection>()
  const untrusted = new WeakSet<PgConnection.PgConnection>()

  /** A connection that arrives after its borrower has left goes straight back. */
  const checkout = Effect.callback<Lent, SqlError>((resume) => {
    let isAwaited = true
    const lend = (client: HostPoolClient) => {
      if (!isAwaited) return client.release()
      client.on("error", onError)
      const connection = connectionOver(client, () => untrusted.add(connection))
      resume(Effect.succeed({ client, connection }))
    }
    Promise.resolve()
      .then(() => host.connect())
      .then(lend, (cause) => resume(Effect.fail(failure("connect")(cause))))
    return Effect.sync(() => {
      isAwaited = false
    })
  })

  const giveBack = ({ client, connection }: Lent) =>
    Effect.sync(() => {
      lent.delete(connection)
      client.off("error", onError)
      client.release(untrusted.has(connection))
    })

  const get: SessionPool["get"] = Effect.map(
    Effect.acquireRelease(checkout, giveBack, { interruptible: true }),
    ({ connection }) => {
      lent.add(connection)
      return connection
    }
  )

  return {
    [PgPool.TypeId]: PgPool.TypeId,
    config: { maxConnections: connectionsOf(host) },
    get,
    reserve: get,
    use: (work) => Effect.scoped(Effect.flatMap(get, work)),
    invalidate: (connection) => Effect.sync(() => void untrusted.add(connection)),
    place: placeOf(host),
    settings: settingsOfTransactions(sessionSettings),
    isKept: false,
    dedicated: undefined,
    cutOff: () => undefined,
    renew: Effect.sync(() => {
      for (const connection of lent) untrusted.add(connection)
    })
  }
}

/** Sessions on the connections of a host's pool. */
export const layerHostPool = (host: HostPool): Layer.Layer<PgPool.PgPool> =>
  Layer.sync(PgPool.PgPool, () => makeHostSessions(host))
