// One pool of sessions, offered in the three ways that the adapter needs it: `PgPool` (a checkout is
// exclusive and pipelines what is submitted together: the stores' transactions), `PgClient` and
// `SqlClient` (single statements, migrations, LISTEN). All three share the same connections, which
// matters on PGlite, where there is only one.

import * as PgClient from "@effect/sql-pg/PgClient"
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import { StoreError } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { makeSessionPool, type SessionPoolOptions } from "./SessionPool.ts"

/** What a layer of this adapter gives: three views of one pool. */
export type PgSessions = PgPool.PgPool | PgClient.PgClient | SqlClient.SqlClient

/** The connection contract of `effect/sql` over one session. */
const sqlConnection = (session: PgConnection.PgConnection): SqlConnection.Connection => {
  const rows: SqlConnection.Connection["execute"] = (sql, params, transform) =>
    Effect.map(session.query(sql, params), (result) =>
      transform === undefined ? result.rows : transform(result.rows)
    )
  return {
    execute: rows,
    executeRaw: (sql, params) => session.query(sql, params),
    executeStream: (sql, params, transform) =>
      transform === undefined
        ? session.stream(sql, params)
        : Stream.mapArray(
            session.stream(sql, params),
            (chunk) => transform(chunk) as [PgConnection.Row, ...Array<PgConnection.Row>]
          ),
    executeValues: (sql, params) => session.queryValues(sql, params),
    executeValuesUnprepared: (sql, params) => session.queryValues(sql, params, false),
    executeUnprepared: (sql, params, transform) =>
      Effect.map(session.query(sql, params, false), (result) =>
        transform === undefined ? result.rows : transform(result.rows)
      )
  }
}

/** PostgreSQL answers the COMMIT of a failed transaction with success and the tag ROLLBACK. */
const commit = (connection: SqlConnection.Connection): Effect.Effect<void, SqlError> =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    (result as PgConnection.Result).command === "ROLLBACK"
      ? Effect.fail(
          new SqlError({
            reason: new UnknownError({
              cause: new Error("COMMIT rolled back a transaction that had failed"),
              message: "COMMIT rolled back a transaction that had failed",
              operation: "commit"
            })
          })
        )
      : Effect.void
  )

const json = Statement.custom<PgClient.PgCustom>("PgJson")

/**
 * Makes the three views over a pool whose connections pipeline but are lent to one borrower at a
 * time. `PgClient.make` would pin each connection, and a pinned connection waits for every answer.
 */
const clientOver = (
  pool: PgPool.PgPool
): Effect.Effect<PgClient.PgClient, never, Reactivity.Reactivity> =>
  Effect.map(
    SqlClient.make({
      acquirer: Effect.map(pool.get, sqlConnection),
      borrower: (use) => pool.use((session) => use(sqlConnection(session))),
      transactionAcquirer: Effect.map(pool.reserve, sqlConnection),
      compiler: PgClient.makeCompiler(),
      driver: "pg",
      prepareTransactionControls: true,
      commit,
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      spanAttributes: [["db.system.name", "postgresql"]]
    }),
    (client) =>
      Object.assign(client, {
        [PgClient.TypeId]: PgClient.TypeId,
        config: pool.config,
        json: (value: unknown) => Statement.fragment([json(value, undefined, undefined)]),
        listen: (channel: string) =>
          Effect.flatMap(pool.reserve, (session) => session.listen(channel)),
        notify: (channel: string, payload: string) =>
          Effect.asVoid(
            pool.use((session) => session.query("select pg_notify($1, $2)", [channel, payload]))
          )
      })
  )

/** By which service a fiber shows that it is in a transaction of a client, by the pool of the client. */
const transactions = new WeakMap<PgPool.PgPool, SqlClient.SqlClient["transactionService"]>()

const held = new StoreError({
  reason: "TransactionUnusable",
  message:
    "this was called inside a transaction that has the only connection to the database, and " +
    "would wait for it; call it after the commit, or use withinTransaction"
})

/**
 * Fails for a fiber that has the only connection of a pool in a transaction: it would wait for itself, until
 * its time is over. Undefined for a pool of more connections, which gives it another one.
 */
export const refusedInside = (pool: PgPool.PgPool): Effect.Effect<void, StoreError> | undefined => {
  const service = transactions.get(pool)
  return service === undefined
    ? undefined
    : Effect.withFiber((fiber) =>
        Context.getOrUndefined(fiber.context, service) === undefined
          ? Effect.void
          : Effect.fail(held)
      )
}

/**
 * Opens a pool with the given settings until the scope closes. Connections are made on demand. So
 * an unreachable server fails the first statement, not this call, with a retryable
 * `ConnectionError`; and a server that comes back is used again without a restart.
 */
export const openSessions = (
  options: SessionPoolOptions
): Effect.Effect<Context.Context<PgSessions>, SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const pool = yield* makeSessionPool({ preparedStatementCacheSize: 500, ...options })
    const client = yield* clientOver(pool)
    if (options.maxConnections === 1) transactions.set(pool, client.transactionService)
    return Context.make(PgPool.PgPool, pool).pipe(
      Context.add(PgClient.PgClient, client),
      Context.add(SqlClient.SqlClient, client)
    )
  }).pipe(Effect.provide(Reactivity.layer))
